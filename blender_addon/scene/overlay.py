# SPDX-License-Identifier: GPL-3.0-or-later
"""The source's 2D keypoints drawn over the picture, when one looks through the clip's camera and has asked for it.

Where the camera filmed several people, each has the number that the clip gives to it over its head.
"""

import bpy
import numpy as np
from bpy_extras.view3d_utils import location_3d_to_region_2d

from ..core.keypoint_drawing import COLOURS, figure, over_head, place
from ..core.source_keypoints import MIDDLE, SourceKeypoints
from .action import scene_frame
from .character_facts import KEY, character_of
from .find_character import characters, parts
from .kept_keypoints import kept_keypoints

_DISC, _LINE, _EDGE = 3.5, 2.5, 2.0  # radius, width, and the dark edge's width beyond: in pixels at a scale of 1
_DARK = 0.55  # opacity of the edge
_NUMBER, _GAP = 20, 10  # size of a person's number, and how far above the head it is

_handle = None
_known: dict[tuple[str, str], SourceKeypoints] = {}  # of the last takes drawn, by character and fingerprint


def register() -> None:
    """Draw in every 3D viewport. In background mode there is none."""
    global _handle
    if _handle is None and not bpy.app.background:
        _handle = bpy.types.SpaceView3D.draw_handler_add(_draw, (), "WINDOW", "POST_PIXEL")


def unregister() -> None:
    """Stop to draw, and forget what was drawn."""
    global _handle
    if _handle is not None:
        bpy.types.SpaceView3D.draw_handler_remove(_handle, "WINDOW")
        _handle = None
    _known.clear()


def _draw() -> None:
    context = bpy.context
    scene, space, view = context.scene, context.space_data, context.region_data
    if not scene.lift3d.show_keypoints or view.view_perspective != "CAMERA" or not space.overlay.show_overlays:
        return
    camera = space.camera if space.use_local_camera else scene.camera
    found = takes_through(scene, camera)
    for take in found:
        _draw_take(context, camera, take, numbered=len(found) > 1)


def take_through(scene: bpy.types.Scene, camera: bpy.types.Object | None) -> bpy.types.Action | None:
    """The first of `takes_through`; None if there is none."""
    return next(iter(takes_through(scene, camera)), None)


def takes_through(scene: bpy.types.Scene, camera: bpy.types.Object | None) -> list[bpy.types.Action]:
    """The takes whose clip was filmed by this camera and that their characters play now."""
    character = character_of(camera)
    if not character:
        return []
    known = characters(scene)
    filmed = [item for item in known if character_of(item) == character or parts(item).get("camera") == camera]
    playing = [(item, item.animation_data.action) for item in filmed if item.animation_data]
    return [action for item, action in playing if character_of(action) == character_of(item)]


def frame_index(take: bpy.types.Action, frame: float) -> int | None:
    """Index of the clip's frame that a scene frame shows; None before and after the clip."""
    facts = take[KEY]
    start = scene_frame(facts["first_frame"], facts["fps"], facts["keyed_fps"])
    index = round((frame - start) * facts["fps"] / facts["keyed_fps"])
    return index if 0 <= index < facts["frames"] else None


def frame_on_screen(context: bpy.types.Context, camera: bpy.types.Object) -> np.ndarray | None:
    """The corners (4, 2) of the camera's frame in the region, in pixels, y up; None if they are not in view."""
    world = camera.matrix_world.normalized()
    corners = [world @ corner for corner in camera.data.view_frame(scene=context.scene)]
    found = [location_3d_to_region_2d(context.region, context.region_data, corner) for corner in corners]
    return None if None in found else np.array(found)


def _draw_take(
    context: bpy.types.Context, camera: bpy.types.Object, take: bpy.types.Action, numbered: bool
) -> None:  # fmt: skip
    keypoints, index = _keypoints(take), frame_index(take, context.scene.frame_current_final)
    frame = frame_on_screen(context, camera)
    if keypoints is None or index is None or frame is None or "image_size" not in take[KEY]:
        return
    scale = context.preferences.system.ui_scale
    screen = place(keypoints.points[index], tuple(take[KEY]["image_size"]), frame)
    drawn = figure(keypoints, index, screen, _DISC * scale)
    edges = figure(keypoints, index, screen, (_DISC + _EDGE / 2) * scale)
    _draw_lines(drawn.lines, _dark(drawn.line_colours), (_LINE + _EDGE) * scale)
    _draw_triangles(edges.discs, _dark(edges.disc_colours))
    _draw_lines(drawn.lines, drawn.line_colours, _LINE * scale)
    _draw_triangles(drawn.discs, drawn.disc_colours)
    at = over_head(screen, _GAP * scale)
    if numbered and at is not None and "person" in take[KEY]:
        _draw_number(str(take[KEY]["person"]), at, scale)


def _draw_number(words: str, at: tuple[float, float], scale: float) -> None:
    import blf

    blf.size(0, _NUMBER * scale)
    blf.enable(0, blf.SHADOW)
    blf.shadow(0, 5, 0.0, 0.0, 0.0, 1.0)
    blf.color(0, *COLOURS[MIDDLE], 1.0)
    blf.position(0, at[0] - blf.dimensions(0, words)[0] / 2, at[1], 0)
    blf.draw(0, words)
    blf.disable(0, blf.SHADOW)


def _keypoints(take: bpy.types.Action) -> SourceKeypoints | None:
    key = take[KEY]["character"], take[KEY].get("fingerprint", "")
    if key not in _known:
        keypoints = kept_keypoints(take)
        if keypoints is None:
            return None
        while len(_known) > 3:
            del _known[next(iter(_known))]
        _known[key] = keypoints
    return _known[key]


def _dark(colours: np.ndarray) -> np.ndarray:
    return colours * np.array([0, 0, 0, _DARK], np.float32)


def _draw_lines(points: np.ndarray, colours: np.ndarray, width: float) -> None:
    import gpu

    shader = gpu.shader.from_builtin("POLYLINE_SMOOTH_COLOR")
    shader.bind()
    shader.uniform_float("viewportSize", gpu.state.viewport_get()[2:])
    shader.uniform_float("lineWidth", width)
    _draw_batch(shader, "LINES", points, colours)


def _draw_triangles(points: np.ndarray, colours: np.ndarray) -> None:
    import gpu

    _draw_batch(gpu.shader.from_builtin("SMOOTH_COLOR"), "TRIS", points, colours)


def _draw_batch(shader, kind: str, points: np.ndarray, colours: np.ndarray) -> None:
    import gpu
    from gpu_extras.batch import batch_for_shader

    if not len(points):
        return
    flat = np.zeros((len(points), 3), np.float32)
    flat[:, :2] = points
    gpu.state.blend_set("ALPHA")
    batch_for_shader(shader, kind, {"pos": flat, "color": np.ascontiguousarray(colours, np.float32)}).draw(shader)
    gpu.state.blend_set("NONE")
