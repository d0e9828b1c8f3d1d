# SPDX-License-Identifier: GPL-3.0-or-later
"""The plain materials that our own meshes wear until the user gives them better ones."""

import bpy


def plain_material(name: str, colour: tuple[float, float, float], roughness: float) -> bpy.types.Material:
    """The file's material of this name, made in this colour (red, green, blue) where there is none yet."""
    material = bpy.data.materials.get(name)
    if material is None:
        material = bpy.data.materials.new(name)
        material.use_nodes = True
        surface = next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
        surface.inputs["Base Color"].default_value = (*colour, 1.0)
        surface.inputs["Roughness"].default_value = roughness
        material.diffuse_color = (*colour, 1.0)  # what the solid view shows
    return material
