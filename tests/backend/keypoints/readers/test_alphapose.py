# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest

from backend.keypoints.description import describe
from backend.keypoints.errors import KeypointError
from backend.keypoints.reading import read_keypoints


def results(poses, idx=None, scale=1.0):
    rows = []
    for number, pose in enumerate(poses):
        pose = pose * [1, 1, scale]
        row = {"image_id": f"{number}.jpg", "category_id": 1, "keypoints": pose.reshape(-1).tolist(), "score": 2.9}
        rows.append(row if idx is None else row | {"idx": idx})
    return rows


def test_image_names_are_frame_numbers(save, walking, triples):
    poses = triples(walking())
    clip = read_keypoints(save(results(poses)[::-1]))
    np.testing.assert_allclose(clip.points, poses[..., :2])
    assert clip.layout == "coco17"


def test_scores_beyond_one_are_brought_back_and_said_so(save, walking, triples):
    clip = read_keypoints(save(results(triples(walking()), scale=6)))
    np.testing.assert_allclose(clip.confidence, 1)
    assert any("divided by 5.4" in warning for warning in clip.warnings)


def test_its_tracks(save, walking, triples):
    rows = results(triples(walking()), idx=[3.0]) + results(triples(walking(start=(900, 50))), idx=1)
    assert [person.frames_seen for person in describe(save(rows)).people] == [40, 40]


def test_wrong_rows(save, walking, triples):
    for wrong in (5, {"image_id": 7}, {"image_id": "4.jpg"}, {"image_id": "4.jpg", "keypoints": [1, 2, 3]}):
        rows = results(triples(walking()))
        rows[4] = wrong
        with pytest.raises(KeypointError):
            read_keypoints(save(rows))
