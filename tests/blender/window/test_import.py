# SPDX-License-Identifier: GPL-3.0-or-later
"""In a real window: one undo takes an import back whatever the user is doing, and the overlay lies on the pixels."""

import cv2
import numpy as np
import pytest

from tests.blender.synthetic import motion_arrays, source_arrays, write_motion
from tests.blender.window.blender_window import ROOT

FRAMES, SIZE = 30, (640, 480)
POINTS = np.array([[60.5, 60.5], [580.5, 80.5], [320.5, 240.5], [100.5, 420.5], [560.5, 400.5]])

TOOLS = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import blender_addon
blender_addon.register()

def here():
    window = bpy.context.window_manager.windows[0]
    area = facts.area("VIEW_3D")
    region = next(region for region in area.regions if region.type == "WINDOW")
    return bpy.context.temp_override(window=window, area=area, region=region)

def start_again():
    with here():
        bpy.ops.wm.read_homefile(use_factory_startup=True)

def census():
    kinds = ("objects", "actions", "armatures", "meshes", "collections", "cameras", "scenes", "images")
    return {{kind: sorted(item.name for item in getattr(bpy.data, kind)) for kind in kinds}}

def user():
    layer, scene = bpy.context.view_layer, bpy.context.scene
    active = layer.objects.active
    selected = sorted(item.name for item in layer.objects if item.select_get())
    visible = [(each.name, each.exclude, each.hide_viewport) for each in layer.layer_collection.children]
    time = [scene.frame_current, scene.frame_start, scene.frame_end, scene.render.fps, scene.render.fps_base]
    place = [list(scene.cursor.location), layer.active_layer_collection.name, scene.camera and scene.camera.name]
    return [active and [active.name, active.mode], selected, visible[: len(known_collections)], time, place]

def undoable(path, **words):
    with here():
        return list(bpy.ops.lift3d.import_motion("EXEC_DEFAULT", True, filepath=path, **words))
"""

MODES = {
    "OBJECT": "",
    "EDIT": "bpy.ops.object.mode_set('EXEC_DEFAULT', True, mode='EDIT')",
    "SCULPT": "bpy.ops.object.mode_set('EXEC_DEFAULT', True, mode='SCULPT')",
    "WEIGHT_PAINT": "bpy.ops.object.mode_set('EXEC_DEFAULT', True, mode='WEIGHT_PAINT')",
    "VERTEX_PAINT": "bpy.ops.object.mode_set('EXEC_DEFAULT', True, mode='VERTEX_PAINT')",
    "POSE": "bpy.ops.object.armature_add('EXEC_DEFAULT', True)\n"
    "    bpy.ops.object.mode_set('EXEC_DEFAULT', True, mode='POSE')",
    "local view": "bpy.ops.view3d.localview('EXEC_DEFAULT', True)",
    "nothing active": "bpy.context.view_layer.objects.active = None\n    bpy.ops.ed.undo_push(message='none')",
    "collection excluded": "bpy.context.view_layer.layer_collection.children[0].exclude = True\n"
    "    bpy.ops.ed.undo_push(message='excluded')",
}


@pytest.fixture(scope="module")
def scene(blender):
    """The window with the add-on, and a motion whose film has a green disc at each keypoint."""
    arrays = motion_arrays(frames=FRAMES, fps=25.0, size=SIZE)
    points = np.broadcast_to(POINTS, (FRAMES, *POINTS.shape))
    source = {
        "keypoint_names": np.array([f"p{index}" for index in range(len(POINTS))]), "keypoints_2d": points,
        "confidence": np.ones(points.shape[:2]),
    }  # fmt: skip
    source = {**source_arrays(arrays), **source, "keypoints": None}
    write_motion(blender.folder / "m.npz", frames=FRAMES, fps=25.0, size=SIZE, **source)
    picture = np.full((SIZE[1], SIZE[0], 3), 60, np.uint8)
    for x, y in POINTS:
        cv2.circle(picture, (int(x), int(y)), 14, (0, 255, 0), -1)
    cv2.imwrite(str(blender.folder / "film.png"), picture)
    blender.start("--factory-startup")
    blender.run(TOOLS)
    return blender


@pytest.mark.parametrize("mode", MODES)
def test_one_undo_takes_an_import_back_and_the_user_keeps_his_place(scene, mode):
    scene.run("start_again()")
    setting = f"with here():\n    {MODES[mode] or 'pass'}\n"
    scene.run(setting)
    look = "known_collections = list(bpy.context.view_layer.layer_collection.children)\nwith here():\n"
    scene.run(f"{look}    before, place = census(), user()")
    assert scene.run(f"answer = undoable({str(scene.folder / 'm.npz')!r})") == ["FINISHED"]
    assert scene.run("with here():\n    answer = len(census()['objects']) - len(before['objects'])") == 3
    assert scene.run("with here():\n    answer = user() == place or [user(), place]") is True
    scene.run("with here():\n    bpy.ops.ed.undo()")
    assert scene.run("with here():\n    answer = census() == before or [census(), before]") is True
    assert scene.run("with here():\n    answer = user() == place or [user(), place]") is True
    scene.run("with here():\n    bpy.ops.ed.redo()")
    assert scene.run("with here():\n    answer = len(census()['objects']) - len(before['objects'])") == 3


def look_through_camera(window) -> None:
    window.run("start_again()")
    window.run(
        "for item in list(bpy.data.objects):\n    bpy.data.objects.remove(item)\n"
        "scene = bpy.context.window_manager.windows[0].scene\n"
        "scene.render.resolution_x, scene.render.resolution_y, scene.render.fps = 640, 480, 25\n"
    )
    words = f"{str(window.folder / 'm.npz')!r}, footage={str(window.folder / 'film.png')!r}"
    assert window.run(f"answer = undoable({words})") == ["FINISHED"]
    window.run(
        "for item in bpy.data.objects:\n    item.hide_set(item.type != 'CAMERA')\n"
        "scene.frame_set(10)\n"
        "with here():\n"
        "    space = facts.area('VIEW_3D').spaces[0]\n"
        "    space.overlay.show_floor = space.overlay.show_axis_x = space.overlay.show_axis_y = False\n"
        "    space.overlay.show_cursor = space.show_gizmo = False\n"
        "    bpy.ops.view3d.view_camera()\n    bpy.ops.view3d.view_center_camera()\n"
    )


def green(picture: np.ndarray) -> list[np.ndarray]:
    """The middles (x, y) of the green discs on the screen."""
    red, full, blue = (picture[..., index].astype(int) for index in range(3))
    mask = ((full - red > 80) & (full - blue > 80)).astype(np.uint8)
    count, _, stats, middles = cv2.connectedComponentsWithStats(mask)
    return [middles[index] for index in range(1, count) if stats[index, cv2.CC_STAT_AREA] > 60]


def test_the_overlay_lies_on_the_footages_pixels_and_nowhere_else(scene):
    look_through_camera(scene)
    without = scene.redrawn()
    scene.run("scene.lift3d.show_keypoints = True")
    shown = scene.redrawn()
    box = scene.region("WINDOW")
    changed = (np.abs(shown.astype(int) - without.astype(int)).max(axis=-1) > 40).astype(np.uint8)
    outside = changed.copy()
    outside[box["top"] : box["bottom"], box["left"] : box["right"]] = 0
    assert outside.sum() == 0
    count, _, stats, middles = cv2.connectedComponentsWithStats(changed)
    found = sorted(tuple(middles[index]) for index in range(1, count) if stats[index, cv2.CC_STAT_AREA] > 12)
    discs = sorted(tuple(middle) for middle in green(without))
    assert len(discs) == len(POINTS) and len(found) == len(POINTS)
    assert np.abs(np.array(found) - np.array(discs)).max() < 1.0


@pytest.mark.parametrize(
    "change",
    [
        "with here():\n    bpy.ops.view3d.view_camera()",
        "facts.area('VIEW_3D').spaces[0].overlay.show_overlays = False",
        "scene.frame_set(90)",
        "scene.camera = bpy.data.objects.new('Mine', scene.camera.data)\nscene.collection.objects.link(scene.camera)",
    ],
    ids=["another view", "overlays off", "after the clip", "another camera"],
)
def test_the_overlay_is_drawn_through_the_clips_camera_and_over_the_clip_alone(scene, change):
    look_through_camera(scene)
    scene.run(change)
    without = scene.redrawn()
    scene.run("scene.lift3d.show_keypoints = True")
    assert np.abs(scene.redrawn().astype(int) - without.astype(int)).max() < 40
