# SPDX-License-Identifier: GPL-3.0-or-later
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from backend.keypoints.box import CORNERS
from backend.training.boxes import make_box_clips
from backend.training.boxes.points import ANKLES, ELBOWS, HIPS, KNEES, SHOULDERS, WRISTS
from backend.training.mocap import MocapClip, TrainingError, read_mocap

from .people import walking

COUNT = 20


@pytest.fixture(scope="module")
def refused():
    return Counter()


@pytest.fixture(scope="module")
def made(refused):
    return make_box_clips([walking()], 3, count=COUNT, refused=refused)


def kind(clip):
    return clip.name.split("_")[0]


def box_of(clip):
    """Centre (T, 3), rotation (T, 3, 3) and size (3,) from the five points alone."""
    points = clip.keypoints[:, 18:].astype(float)
    edges = np.stack([points[:, 1] - points[:, 0], points[:, 3] - points[:, 0], points[:, 0] - points[:, 4]], -1)
    size = np.linalg.norm(edges, axis=1)
    centre = points[:, 0] + (edges * [0.5, 0.5, -0.5]).sum(-1)
    return centre, edges / size[:, None], size.mean(0)


def corners_of(clip):
    centre, rotation, size = box_of(clip)
    return centre[:, None] + (CORNERS * size) @ rotation.transpose(0, 2, 1)


def wrists_off(clip):
    """How far (T, 2) the wrists are from the box's surface, negative inside."""
    centre, rotation, size = box_of(clip)
    inside = (clip.keypoints[:, WRISTS] - centre[:, None]) @ rotation
    over = abs(inside) - size / 2
    return np.linalg.norm(over.clip(0), axis=-1) + over.max(-1).clip(max=0)


def test_most_of_what_is_asked_for_is_made(made, refused):
    assert len(made) >= 0.8 * COUNT
    kinds = Counter(map(kind, made))
    assert kinds["push"] + kinds["drag"] >= 0.3 * len(made) and kinds["carry"] >= 0.25 * len(made)
    assert all(isinstance(clip, MocapClip) and clip.licence == "CC0" and clip.fps == 30 for clip in made)
    assert all(clip.keypoints.shape[1:] == (23, 3) and clip.keypoints.dtype == np.float32 for clip in made)
    assert all(90 <= len(clip.keypoints) <= 240 for clip in made)
    assert sum(refused.values()) > 0


def test_the_same_seed_makes_the_same_motion(made):
    again = make_box_clips([walking()], 3, count=3)
    assert [clip.name for clip in again] == [clip.name for clip in made[: len(again)]]
    np.testing.assert_array_equal(again[0].keypoints, made[0].keypoints)
    other = make_box_clips([walking()], 4, count=1)
    assert other[0].keypoints.shape != made[0].keypoints.shape or (other[0].keypoints != made[0].keypoints).any()


def test_bones_keep_their_length(made):
    source = walking().keypoints
    for upper, lower in ((HIPS, KNEES), (KNEES, ANKLES), (SHOULDERS, ELBOWS), (ELBOWS, WRISTS)):
        length = np.linalg.norm(source[0, upper] - source[0, lower], axis=-1)
        for clip in made:
            now = np.linalg.norm(clip.keypoints[:, upper] - clip.keypoints[:, lower], axis=-1)
            np.testing.assert_allclose(now, np.broadcast_to(length, now.shape), atol=1.5e-3)


def test_the_box_is_rigid_and_right_handed_and_above_the_floor(made):
    for clip in made:
        points = clip.keypoints[:, 18:]
        between = np.linalg.norm(points[:, :, None] - points[:, None], axis=-1)
        assert np.ptp(between, axis=0).max() < 1e-5
        _, rotation, size = box_of(clip)
        np.testing.assert_allclose(
            rotation.transpose(0, 2, 1) @ rotation, np.broadcast_to(np.eye(3), rotation.shape), atol=1e-4
        )
        assert (np.linalg.det(rotation) > 0.99).all() and (size > 0.19).all() and (size < 0.71).all()
        assert corners_of(clip)[..., 2].min() > -0.006


def test_a_box_moves_only_with_hands_on_it(made):
    for clip in made:
        moves = np.linalg.norm(np.diff(corners_of(clip), axis=0), axis=-1).max(1) > 1e-4
        if kind(clip) == "idle":
            assert not moves.any()
        else:
            assert moves.any() and wrists_off(clip)[1:][moves].max() < 0.2


def test_who_pushes_or_drags_moves_the_box_along_the_floor(made):
    floor = [clip for clip in made if kind(clip) in ("push", "drag")]
    for clip in floor:
        assert abs(corners_of(clip)[..., 2].min(1)).max() < 1e-4
        centre, forward = box_of(clip)[0], facing(clip)
        way = centre[-1, :2] - centre[0, :2]
        assert np.linalg.norm(way) > 0.15
        assert (way @ forward > 0) == (kind(clip) == "push")


def facing(clip):
    """Where the person looks (2,), on the whole."""
    left, right = HIPS
    across = (clip.keypoints[:, right] - clip.keypoints[:, left]).mean(0)
    return np.array([-across[1], across[0]])


def test_who_carries_has_the_box_in_the_air(made):
    carried = [clip for clip in made if kind(clip) == "carry"]
    assert carried and all(corners_of(clip)[..., 2].min(1).max() > 0.07 for clip in carried)


def test_feet_that_stand_still_do_so(made):
    for clip in made:
        ankles = clip.keypoints[:, ANKLES]
        low = (ankles[1:, :, 2] < 0.081) & (ankles[:-1, :, 2] < 0.081)
        assert np.linalg.norm(np.diff(ankles, axis=0), axis=-1)[low].max() < 0.01


def test_most_boxes_are_marked_on_their_top(made):
    upright = [box_of(clip)[1][:, 2, 2].min() > 0.8 for clip in made]
    assert 0.6 < np.mean(upright) < 1


def test_without_anybody_on_their_feet_nothing_is_made():
    lying = walking()
    lying = replace(lying, keypoints=lying.keypoints[..., [0, 2, 1]])
    with pytest.raises(TrainingError, match="stand or walk"):
        make_box_clips([lying], 0, count=2)


def test_captured_people_move_boxes(shared_data):
    paths = [shared_data / "human" / "train" / f"{name}.npz" for name in ("35_28", "13_09", "07_01", "14_14")]
    clips = [read_mocap(path) for path in paths if path.exists()]
    made = make_box_clips(clips, 0, count=12)
    assert len(made) >= 9 and {clip.licence for clip in made} <= {clip.licence for clip in clips}
    for clip in made:
        assert np.linalg.norm(np.diff(clip.keypoints, axis=0), axis=-1).max() * 30 < 6.1
