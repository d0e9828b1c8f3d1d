# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a point is from a box, when a hand holds one, and the keys that follow."""

import numpy as np
import pytest

from blender_addon.core.box import CORNERS, FACES, corners, distance, inside
from blender_addon.core.hold import grip, held
from blender_addon.core.retarget.source import read_source
from blender_addon.core.retarget.turns import about
from tests.blender.synthetic_box import HELD, SIZE, box_arrays, write_box

FPS = 25.0


def test_the_corners_are_the_backends():
    backend = pytest.importorskip("backend.keypoints.box")
    np.testing.assert_array_equal(CORNERS, np.sign(backend.CORNERS))
    np.testing.assert_allclose(corners(SIZE), backend.CORNERS * SIZE)


def test_faces_are_seen_from_outside_and_each_corner_is_in_three():
    for face in FACES:
        a, b, c, d = corners(SIZE)[face]
        assert np.cross(b - a, c - b) @ (a + c) > 0 and (b - a) @ (c - d) > 0
    assert np.bincount(FACES.ravel()).tolist() == [3] * 8


@pytest.mark.parametrize(("point", "far"), [
    ((0.25, 0, 0), 0.1), ((0, 0, 0), -0.1), ((0.14, 0, 0), -0.01), ((0.18, 0.16, 0), 0.05), ((0, 0, -0.3), 0.2),
])  # fmt: skip
def test_the_distance_is_to_the_nearest_point_of_the_surface(point, far):
    assert distance(np.array(point), np.array([0.3, 0.24, 0.2])) == pytest.approx(far)


def test_points_of_the_world_in_the_boxs_frame_are_where_they_were_put():
    rotations, places = (
        about(np.array([[0, 0, 1.0], [0.6, 0, 0.8]]), np.array([0.5, 2.0])),
        np.array([[1, 2, 3], [0, 1, 0.0]]),
    )
    world = np.einsum("tab,nb->tna", rotations, CORNERS) + places[:, None]
    np.testing.assert_allclose(inside(world, places, rotations), [CORNERS, CORNERS], atol=1e-12)
    np.testing.assert_allclose(inside(world[:, 3], places, rotations), CORNERS[[3, 3]], atol=1e-12)


def palms(near: list[tuple[int, int]], frames: int = 60) -> np.ndarray:
    """A palm (T, 3) 3 cm beside a box in these frames, and 30 cm in all others."""
    away = np.full(frames, 0.30)
    for begin, end in near:
        away[begin:end] = 0.03
    return np.stack([SIZE[0] / 2 + away, np.zeros(frames), np.zeros(frames)], axis=-1)


def test_a_hold_lasts_and_a_short_gap_is_none():
    assert np.flatnonzero(held(palms([(10, 30)]), SIZE, FPS)).tolist() == list(range(10, 30))
    assert np.flatnonzero(held(palms([(10, 20), (25, 30)]), SIZE, FPS)).tolist() == list(range(10, 30))
    assert not held(palms([(10, 13)]), SIZE, FPS).any()
    assert held(palms([(10, 20), (40, 60)]), SIZE, FPS).sum() == 30


def test_the_hand_is_let_go_of_between_two_holds_and_each_has_a_place_of_its_own():
    holding = held(palms([(10, 20), (40, 60)]), SIZE, FPS)
    places = np.linspace(0, 1, 60)[:, None] * np.ones(3)
    found = grip(holding, places, np.tile(np.eye(3), (60, 1, 1)), FPS)
    assert np.interp([0, 7, 14, 15, 22, 30, 37, 43, 59], found.frames, found.influence) == pytest.approx(
        [0, 0, 1, 1, 0, 0, 0, 1, 1]
    )
    assert (np.diff(found.frames) > 0).all() and found.frames[-1] <= 59
    assert found.at == pytest.approx([7, 22, 37, 59])
    np.testing.assert_allclose(found.places[0], found.places[1])
    assert found.places[2, 0] - found.places[0, 0] > 0.4


def test_a_hand_that_holds_nothing_never_counts():
    found = grip(np.zeros(60, bool), np.zeros((60, 3)), np.tile(np.eye(3), (60, 1, 1)), FPS)
    assert found.influence.tolist() == [0.0] and len(found.places) == 1


def test_a_hold_over_the_whole_clip_counts_from_its_first_frame_to_its_last():
    found = grip(np.ones(60, bool), np.ones((60, 3)), np.tile(np.eye(3), (60, 1, 1)), FPS)
    assert (found.influence == 1).all() and found.at.tolist() == [0, 59]


def test_a_motion_to_retarget_has_its_box_and_the_hands_hold_it_when_they_were_made_to(tmp_path):
    source, size = read_source(write_box(tmp_path / "a.npz")), box_arrays()["box_size"]
    np.testing.assert_allclose(source.box.size, size)
    for side in "LR":
        palm = source.positions[:, source.joints(f"fore.{side}.toes")[0]]
        holding = held(inside(palm, source.box.places, source.box.rotations), source.box.size, source.fps)
        frames = np.flatnonzero(holding)
        assert (
            abs(frames[0] - HELD[0]) <= 3 and abs(frames[-1] + 1 - HELD[1]) <= 3 and np.ptp(frames) + 1 == len(frames)
        )
