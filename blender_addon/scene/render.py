# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of the character without a display: Cycles on the processor, from fixed sides."""

import math
from collections.abc import Iterable, Sequence
from pathlib import Path

import bpy
from mathutils import Matrix, Vector

from ..core import CoreError
from .blend_file import quiet
from .find_character import characters
from .over_footage import background, render_over_footage

# Turns of the view about the vertical, from where the character looks.
SIDES = {"front": 0.0, "side": 90.0, "back": 180.0, "other": 270.0}
CAMERA = "camera"  # through the scene's own camera, at any size of the clip's shape
VIEWS = (*SIDES, CAMERA)


# The sides look down a little, so that the floor is a floor and not a line.
_ELEVATION = math.radians(8)
_LEAST = 0.1  # metres: the least height that a picture is made for


class RenderError(CoreError):
    """A scene or a wish that cannot be rendered."""


def render_over_film(
    frames: Sequence[int], size: tuple[int, int] | None, folder: Path, samples: int = 12
) -> list[Path]:
    """Render the open scene's characters over the film behind one's camera: folder/film_FRAME.png for each frame.

    size: None means the clip's own; else as in `render_frames`, as are frames. Raises CoreError without a film.
    """
    scene = bpy.context.scene
    found = characters(scene)
    if not found:
        raise RenderError("there is no lifted character in the scene to render")
    armature = next((each for each in found if background(each) is not None), found[0])
    frames = list(frames) or _spread(scene.frame_start, scene.frame_end, 5)
    render_over_footage(scene, armature, size)
    folder.mkdir(parents=True, exist_ok=True)
    _set_up(scene, (scene.render.resolution_x, scene.render.resolution_y), samples)
    return [_render(scene, frame, folder / f"film_{frame:04d}.png") for frame in frames]


def render_frames(
    frames: Sequence[int], views: Iterable[str], size: tuple[int, int], folder: Path, samples: int = 12
) -> list[Path]:
    """Render the open scene's character: folder/VIEW_FRAME.png for each view and frame; the paths, view by view.

    frames: scene frames; none means five spread over the scene's range. size: width and height in pixels. The views
    from the sides are without perspective, one scale for all, and turn with the character's mean facing
    over the frames, so a turn on the spot is seen as one. The scene is changed; do not save it.
    """
    scene = bpy.context.scene
    armature = next((item for item in scene.objects if item.type == "ARMATURE"), None)
    if armature is None:
        raise RenderError("there is no armature in the scene to render")
    frames = list(frames) or _spread(scene.frame_start, scene.frame_end, 5)
    views = list(views)
    if unknown := [view for view in views if view not in VIEWS]:
        raise RenderError(f"there is no view {unknown[0]!r}; there are {', '.join(VIEWS)}")
    if CAMERA in views and scene.camera is None:
        raise RenderError("there is no camera in the scene to look through")
    folder.mkdir(parents=True, exist_ok=True)
    _set_up(scene, size, samples)
    own = scene.camera
    facing, height, reach = _facing_and_reach(scene, armature, frames)
    camera = _orthographic_camera(scene, reach, size)
    _add_floor(scene)
    paths = []
    for view in views:
        for frame in frames:
            scene.frame_set(frame)  # the sides look at where the character is then
            if view == CAMERA:
                scene.camera = own
            else:
                scene.camera = camera
                _look(camera, armature, facing + math.radians(SIDES[view]), 0.48 * height)
            paths.append(_render(scene, frame, folder / f"{view}_{frame:04d}.png"))
    return paths


def _render(scene: bpy.types.Scene, frame: int, path: Path) -> Path:
    scene.frame_set(frame)
    scene.render.filepath = str(path)
    with quiet():
        bpy.ops.render.render(write_still=True)
    return path


def _spread(first: int, last: int, count: int) -> list[int]:
    """Up to `count` frames, evenly over a range, ends left out a little."""
    steps = min(count, last - first + 1)
    return [first + int((index + 0.5) * (last - first + 1) / steps) for index in range(steps)]


def _set_up(scene: bpy.types.Scene, size: tuple[int, int], samples: int) -> None:
    render = scene.render
    render.engine = "CYCLES"
    scene.cycles.device, scene.cycles.samples = "CPU", samples
    scene.cycles.use_denoising = False
    scene.cycles.max_bounces = 2
    render.use_persistent_data = True  # the body's mesh changes, the rest need not be built again for each picture
    render.resolution_x, render.resolution_y = size
    render.resolution_percentage = 100
    render.image_settings.file_format = "PNG"
    render.image_settings.color_mode = "RGB"
    scene.view_settings.view_transform = "Standard"


def _facing_and_reach(scene, armature, frames: Sequence[int]) -> tuple[float, float, float]:
    """Angle about the vertical that the character faces (0 is -Y), over all frames; its largest height and its largest
    extent in metres."""
    root = next(bone.name for bone in armature.data.bones if bone.parent is None)
    direction, height, width = Vector((0.0, 0.0)), _LEAST, 0.0
    for frame in frames:
        scene.frame_set(frame)
        bone = armature.pose.bones[root]
        turned = bone.matrix.to_3x3() @ bone.bone.matrix_local.to_3x3().inverted() @ Vector((0.0, -1.0, 0.0))
        direction += turned.xy
        points = [point for item in armature.pose.bones for point in (item.head, item.tail)]
        height = max(height, max(point.z for point in points) - min(0.0, min(point.z for point in points)))
        width = max(width, max((point.xy - bone.head.xy).length for point in points))
    if direction.length < 0.2 * len(frames) and scene.camera:  # it turned all round: as the clip's camera saw it
        direction = -(scene.camera.matrix_world.to_3x3() @ Vector((0.0, 0.0, -1.0))).xy
    return math.atan2(direction.x, -direction.y), height, max(height, 2 * width)


def _orthographic_camera(scene, reach: float, size: tuple[int, int]) -> bpy.types.Object:
    data = bpy.data.cameras.new("Side")
    data.type, data.sensor_fit = "ORTHO", "VERTICAL"
    data.ortho_scale = 1.15 * reach * max(1.0, size[1] / size[0])
    camera = bpy.data.objects.new("Side", data)
    scene.collection.objects.link(camera)
    return camera


def _look(camera, armature, angle: float, level: float) -> None:
    """Stand before the character's root, at the angle about the vertical, and look so many metres over the floor."""
    root = next(bone for bone in armature.pose.bones if bone.parent is None)
    middle = armature.matrix_world @ root.head
    turn = Matrix.Rotation(angle, 4, "Z")
    place = Matrix.Translation((middle.x, middle.y, level))
    tilt = Matrix.Rotation(-_ELEVATION, 4, "X") @ Matrix.Translation((0.0, -10.0, 0.0))
    camera.matrix_world = place @ turn @ tilt @ Matrix.Rotation(math.pi / 2, 4, "X")


def _add_floor(scene: bpy.types.Scene) -> None:
    """A large floor at z = 0 in squares of half a metre, so that pictures show where the feet stand and what moves."""
    mesh = bpy.data.meshes.new("Floor")
    far = 200.0
    mesh.from_pydata([(-far, -far, 0), (far, -far, 0), (far, far, 0), (-far, far, 0)], [], [(0, 1, 2, 3)])
    material = bpy.data.materials.new("Floor")
    material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    surface = next(node for node in nodes if node.type == "BSDF_PRINCIPLED")
    surface.inputs["Roughness"].default_value = 0.9
    squares, place = nodes.new("ShaderNodeTexChecker"), nodes.new("ShaderNodeTexCoord")
    squares.inputs["Color1"].default_value = (0.20, 0.22, 0.25, 1.0)
    squares.inputs["Color2"].default_value = (0.26, 0.28, 0.31, 1.0)
    squares.inputs["Scale"].default_value = 2.0
    links.new(place.outputs["Object"], squares.inputs["Vector"])
    links.new(squares.outputs["Color"], surface.inputs["Base Color"])
    mesh.materials.append(material)
    scene.collection.objects.link(bpy.data.objects.new("Floor", mesh))
