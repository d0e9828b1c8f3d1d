# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest

from backend.keypoints.detections import DetectionList, identity, triples, whole_number
from backend.keypoints.errors import KeypointError


def finish(poses, frames=None):
    detections = DetectionList("test")
    for number, pose in enumerate(poses):
        detections.add(number if frames is None else frames[number], pose)
    return detections.finish("coco17")


def poses(count=3):
    random = np.random.default_rng(0)
    return [np.c_[random.uniform(10, 600, (17, 2)), random.uniform(0.2, 0.9, 17)] for _ in range(count)]


def test_confidences_in_0_to_1_are_kept_exactly():
    raw = poses()
    found = finish(raw)
    np.testing.assert_array_equal(found.confidence, np.stack(raw)[..., 2])
    assert found.warnings == ()


def test_confidences_beyond_1_are_brought_back_and_said_so():
    raw = poses()
    raw[0][0, 2] = 1.06
    found = finish(raw)
    assert found.confidence.max() == 1 and found.confidence[1, 0] == raw[1][0, 2]
    assert "cut to 1" in found.warnings[0]
    raw = poses()
    for pose in raw:
        pose[:, 2] *= 6
    found = finish(raw)
    assert 0.9 < found.confidence.max() <= 1 and "divided" in found.warnings[0]


@pytest.mark.parametrize("point", [(0, 0, 0.9), (5, 5, 0), (np.nan, 5, 0.9), (5, 5, np.nan), (5, 5, -1)])
def test_the_ways_to_say_missing(point):
    raw = poses()
    raw[1][4] = point
    found = finish(raw)
    assert found.confidence[1, 4] == 0 and np.isnan(found.points[1, 4]).all()
    assert (np.delete(found.confidence[1], 4) > 0).all()


@pytest.mark.parametrize("point", [(np.inf, 5, 0.9), (5, -1e9, 0.9), (5, 5, np.inf)])
def test_broken_numbers_name_their_frame(point):
    raw = poses()
    raw[1][4] = point
    with pytest.raises(KeypointError, match="Frame 1 has a number far out of range"):
        finish(raw)


def test_frames_are_sorted_empty_poses_dropped_and_ids_of_data_sets_renumbered():
    raw = poses()
    raw[1][:, 2] = 0
    found = finish(raw, [5, 4, 3])
    assert found.frames.tolist() == [3, 5]
    assert finish(poses(), [10**10 + 7, 10**10 + 5, 10**10 + 6]).frames.tolist() == [0, 1, 2]
    with pytest.raises(KeypointError, match="at most 1,000,000"):
        finish(poses(), [0, 1, 10**6])


def test_whole_numbers_and_identities():
    assert whole_number(7.0, "frame") == 7
    for wrong in (-1, 1.5, True, None, "7", float("nan"), float("inf"), 10**30, [7]):
        with pytest.raises(KeypointError, match="frame"):
            whole_number(wrong, "frame")
    assert [identity(value) for value in (7, 7.0, "7", [7], [[7.0]])] == [7] * 5
    assert [identity(value) for value in (-1, [-1], None, "x", [], {}, 10**30, float("inf"))] == [-1] * 8


def test_triples_take_flat_and_nested_lists_only():
    np.testing.assert_array_equal(triples([1, 2, 0.5, 3, 4, None], "x"), [[1, 2, 0.5], [3, 4, np.nan]])
    np.testing.assert_array_equal(triples([[1, 2, 0.5]], "x"), [[1, 2, 0.5]])
    for wrong in ([1, 2], [[1, 2]], 5, None, "abc", {"a": 1}, [[1, 2, 3], [4]], [10**400] * 3):
        with pytest.raises(KeypointError):
            triples(wrong, "x")
