# SPDX-License-Identifier: GPL-3.0-or-later
"""That Blender's solve and lens arrive as they are is seen in tests/blender/test_film_camera.py."""

import json

import numpy as np
import pytest

from blender_addon.core.camera import Camera
from blender_addon.core.camera_document import (
    COEFFICIENTS,
    FilmError,
    FilmLens,
    FilmMotion,
    camera_text,
    centre_in_pixels,
    rotations_of,
)  # fmt: skip

SIZE = (1920, 1080)
LENS = FilmLens(1400.0, (960.0, 540.0), "DIVISION", (0.1, 0.0))


def matrices(count=3, scale=1.0):
    """Cameras in Blender's axes, level, looking along +Y, side by side."""
    made = np.tile(np.eye(4), (count, 1, 1))
    made[:, :3, :3] = scale * np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])
    made[:, :3, 3] = np.arange(count)[:, None] * (1, 0, 0) + (0, -4, 1.5)
    return made


def motion(**changed):
    told = {
        "frame_start": 10,
        "matrices": matrices(),
        "focal": np.array([1400.0]),
        "centre": (960, 540),
        "in_scene": True,
    }
    return FilmMotion(**{**told, **changed})


@pytest.mark.parametrize("scale", [1.0, 0.02, 37.0])
def test_a_camera_of_any_scale_looks_where_it_looks(scale):
    expected = [[1, 0, 0], [0, 0, -1], [0, 1, 0]]  # x right, y down, z along the world's Y
    np.testing.assert_allclose(rotations_of(matrices(scale=scale)), [expected] * 3, atol=1e-12)


@pytest.mark.parametrize("broken", [np.diag([1, 1, -1]), np.diag([1, 0, 1]), [[1, 0.5, 0], [0, 1, 0], [0, 0, 1]]])
def test_a_camera_that_is_none_gets_one_line(broken):
    made = matrices()
    made[1, :3, :3] = broken
    with pytest.raises(FilmError, match="mirrored or sheared"):
        rotations_of(made)


def test_the_file_says_what_is_known_and_no_more():
    lens = json.loads(camera_text(SIZE, LENS, None, 1))
    assert lens["lens"]["model"] == "DIVISION" and lens["focal"] == 1400 and lens["scene_start"] == 1
    assert not {"rotations", "positions", "in_scene"} & set(lens)
    moved = json.loads(camera_text(SIZE, None, motion(), -3))
    assert "lens" not in moved and moved["in_scene"] and (moved["frame_start"], moved["scene_start"]) == (10, 7)
    assert len(moved["rotations"]) == 3 and moved["positions"][2] == [2, -4, 1.5]
    zooming = json.loads(camera_text(SIZE, None, motion(focal=np.array([1400.0, 1500, 1600]))))
    assert zooming["focal"] == [1400, 1500, 1600]
    straight = FilmLens(1400.0, (960.0, 540.0), "BROWN", (0.0,) * len(COEFFICIENTS["BROWN"]))
    assert "lens" not in json.loads(camera_text(SIZE, straight, None))


def test_a_film_before_the_scenes_first_frame_and_a_camera_without_a_place_get_one_line():
    with pytest.raises(FilmError, match="before frame 0"):
        camera_text(SIZE, LENS, motion(), -11)
    nowhere = matrices()
    nowhere[2, 0, 3] = np.nan
    with pytest.raises(FilmError, match="no numbers"):
        camera_text(SIZE, None, motion(matrices=nowhere))


@pytest.mark.parametrize("size, fit", [(SIZE, "HORIZONTAL"), (SIZE, "AUTO"), (SIZE[::-1], "AUTO"), (SIZE, "VERTICAL")])
def test_a_shifted_lens_has_its_centre_where_blender_has_it(size, fit):
    across, down = centre_in_pixels((0.1, -0.05), fit, size)
    unit = {"HORIZONTAL": size[0], "VERTICAL": size[1], "AUTO": max(size)}[fit]
    assert (across, down) == pytest.approx((size[0] / 2 - 0.1 * unit, size[1] / 2 - 0.05 * unit))


def test_the_centre_goes_there_and_back_again():
    matrix = np.array([[1400.0, 0, 1000], [0, 1400.0, 500], [0, 0, 1]])
    lens = Camera(matrix, np.eye(3)[None], np.zeros((1, 3)), SIZE).blender_lens()
    assert centre_in_pixels((lens["shift_x"], lens["shift_y"]), "HORIZONTAL", SIZE) == pytest.approx((1000, 500))
