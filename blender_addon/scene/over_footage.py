# SPDX-License-Identifier: GPL-3.0-or-later
"""A render with the character over its film: by the compositor, whose tree keeps what the user has in it."""

import bpy

from ..core import CoreError
from .camera import film, relative_width
from .character_facts import KEY, character_of, read_facts
from .find_character import parts
from .footage_timing import time_alike

_FILM, _SIZE, _OVER = "Lift to 3D Film", "Lift to 3D Film's Size", "Lift to 3D Over Film"
_NAMES = (_FILM, _SIZE, _OVER)
_SINCE_5 = bpy.app.version >= (5, 0, 0)


class OverFootageError(CoreError):
    """A character that cannot be rendered over a film."""


def render_over_footage(
    scene: bpy.types.Scene, armature: bpy.types.Object, size: tuple[int, int] | None = None
) -> None:
    """Set the scene's render up so that the character is seen by its own camera, over the film behind that.

    size: width and height of the picture in pixels, None: the clip's. The background becomes transparent and the
    colours those of the film (view transform Standard); what the compositor did before it still does, to the character
    alone. Again: the film is placed again. Raises OverFootageError, before anything is changed.
    """
    facts, camera = read_facts(armature), parts(armature).get("camera")
    shown = background(armature)
    if shown is None:
        raise OverFootageError(f"{armature.name} has no film behind its camera: choose one as Footage first")
    render = scene.render
    before = _kept(scene) or {
        "film_transparent": render.film_transparent, "view_transform": scene.view_settings.view_transform
    }  # fmt: skip
    remove_footage(scene)
    film(scene, camera, size or facts.image_size or tuple(shown.image.size))
    render.film_transparent, render.use_compositing = True, True
    scene.view_settings.view_transform = "Standard"
    tree = _tree(scene)
    end = _end(tree)
    source = end.links[0].from_socket if end.links else _layers(scene, tree).outputs["Image"]
    node, scale, over = (tree.nodes.new(f"CompositorNode{kind}") for kind in ("Image", "Scale", "AlphaOver"))
    for each, name in zip((node, scale, over), _NAMES, strict=True):
        each.name = each.label = name
    _lay_out(end.node, source.node, node, scale, over)
    node.image = shown.image
    _fill_render(scene, scale, facts.image_size or tuple(shown.image.size))
    # Named in 5.0, before that the first and the second picture.
    pictures = [socket for socket in over.inputs if socket.type == "RGBA"]
    tree.links.new(node.outputs["Image"], scale.inputs["Image"])
    tree.links.new(scale.outputs["Image"], pictures[0])
    tree.links.new(source, pictures[1])
    tree.links.new(over.outputs["Image"], end)
    node[KEY] = {"character": character_of(shown.image), **before}
    time_alike(node, shown.image_user)


def remove_footage(scene: bpy.types.Scene) -> bool:
    """Take the film out of the scene's render again, and put back what that had set; whether there was one."""
    tree = _held_tree(scene)
    node = tree.nodes.get(_FILM) if tree else None
    if node is None:
        return False
    kept, over = _kept(scene), tree.nodes.get(_OVER)
    if over is not None:
        picture = [socket for socket in over.inputs if socket.type == "RGBA"][1]
        sources = [link.from_socket for link in picture.links]
        ends = [link.to_socket for link in over.outputs["Image"].links]
        for end in ends if sources else ():
            tree.links.new(sources[0], end)
    node.driver_remove("frame_offset")
    for name in _NAMES:
        if name in tree.nodes:
            tree.nodes.remove(tree.nodes[name])
    scene.render.film_transparent = bool(kept["film_transparent"])
    scene.view_settings.view_transform = kept["view_transform"]
    return True


def is_over_footage(scene: bpy.types.Scene, armature: bpy.types.Object) -> bool:
    """Whether the scene's render shows this character over its film. Cheap: panels ask."""
    tree = _held_tree(scene)
    node, shown = tree.nodes.get(_FILM) if tree else None, background(armature)
    return node is not None and shown is not None and character_of(node) == character_of(shown.image)


def place_again(scene: bpy.types.Scene, armature: bpy.types.Object) -> None:
    """Follow a film that was placed anew behind the character's camera, if the render shows it."""
    if is_over_footage(scene, armature):
        node, shown = _held_tree(scene).nodes[_FILM], background(armature)
        before, node.image = node.image, shown.image
        time_alike(node, shown.image_user)
        if before is not None and not before.users:
            bpy.data.images.remove(before)


def background(armature: bpy.types.Object) -> bpy.types.CameraBackgroundImage | None:
    """The film behind the character's camera, which may be others' too; None without one."""
    camera = parts(armature).get("camera")
    for each in camera.data.background_images if camera else ():
        if character_of(each.image) and each.image[KEY].get("part") == "footage":
            return each
    return None


def _kept(scene: bpy.types.Scene) -> dict:
    """What the render was set to before; {} where nothing of ours is in the tree."""
    tree = _held_tree(scene)
    node = tree.nodes.get(_FILM) if tree else None
    held = node.get(KEY) if node is not None else None
    return {name: held[name] for name in ("film_transparent", "view_transform")} if held else {}


def _held_tree(scene: bpy.types.Scene) -> bpy.types.NodeTree | None:
    """The compositor's tree of a scene, which since 5.0 is a datablock of its own; None if it has none."""
    return scene.compositing_node_group if _SINCE_5 else scene.node_tree


def _tree(scene: bpy.types.Scene) -> bpy.types.NodeTree:
    """The same, made if there is none."""
    if not _SINCE_5:
        scene.use_nodes = True
        return scene.node_tree
    if scene.compositing_node_group is None:
        scene.compositing_node_group = bpy.data.node_groups.new("Compositing", "CompositorNodeTree")
    return scene.compositing_node_group


def _end(tree: bpy.types.NodeTree) -> bpy.types.NodeSocket:
    """What is rendered goes in here."""
    kind = "NodeGroupOutput" if _SINCE_5 else "CompositorNodeComposite"
    found = [node for node in tree.nodes if node.bl_idname == kind]
    ends = [node for node in found if not _SINCE_5 or node.is_active_output] or found
    if _SINCE_5 and not any(item.in_out == "OUTPUT" for item in tree.interface.items_tree if hasattr(item, "in_out")):
        tree.interface.new_socket("Image", in_out="OUTPUT", socket_type="NodeSocketColor")
    return (ends[0] if ends else tree.nodes.new(kind)).inputs[0]


def _layers(scene: bpy.types.Scene, tree: bpy.types.NodeTree) -> bpy.types.Node:
    found = [node for node in tree.nodes if node.bl_idname == "CompositorNodeRLayers" and node.scene == scene]
    if found:
        return found[0]
    node = tree.nodes.new("CompositorNodeRLayers")
    node.scene = scene
    return node


def _fill_render(scene: bpy.types.Scene, size: bpy.types.Node, clip_size: tuple[int, int]) -> None:
    """Let the film be as wide as the picture, as it is behind the camera."""
    wider = relative_width(scene, clip_size) > 1
    if _SINCE_5:
        size.inputs["Type"].default_value = "Render Size"
        size.inputs["Frame Type"].default_value = "Crop" if wider else "Fit"
    else:
        size.space, size.frame_method = "RENDER_SIZE", "CROP" if wider else "FIT"


def _lay_out(end: bpy.types.Node, source: bpy.types.Node, film: bpy.types.Node, size, over) -> None:
    """Put our nodes where they can be seen to be."""
    over.location = end.location
    end.location.x += 220
    size.location = over.location.x - 220, source.location.y + 260
    film.location = size.location.x - 320, size.location.y
