# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest

from backend.keypoints.errors import KeypointError
from backend.keypoints.layouts import get_layout
from backend.keypoints.reading import read_keypoints


def frames(points, start=0, **more):
    return [
        {
            "frame_id": number,
            "instances": [
                {
                    "keypoints": pose.tolist(),
                    "keypoint_scores": [0.8] * len(pose),
                    "bbox": [[0, 0, 9, 9]],
                    "bbox_score": 1,
                }
                | more
            ],
        }
        for number, pose in enumerate(points, start)
    ]


def test_the_inferencers_list_and_the_demos_object(save, walking):
    points = walking()
    clip = read_keypoints(save(frames(points)))
    np.testing.assert_allclose(clip.points, points)
    np.testing.assert_allclose(clip.confidence, 0.8)
    names = {str(k): name for k, name in enumerate(get_layout("coco17").names)}
    clip = read_keypoints(save({"meta_info": {"keypoint_id2name": names}, "instance_info": frames(points, start=1)}))
    np.testing.assert_allclose(clip.points, points)
    assert clip.frame_start == 1


def test_points_are_found_by_name_in_another_order(save, walking):
    order = np.random.default_rng(0).permutation(17)
    names = {str(place): get_layout("coco17").names[k] for place, k in enumerate(order)}
    document = {"meta_info": {"keypoint_id2name": names}, "instance_info": frames(walking()[:, order])}
    np.testing.assert_allclose(read_keypoints(save(document)).points, walking())


def test_an_animal_is_refused(save, walking):
    names = {str(k): f"paw {k}" for k in range(17)}
    with pytest.raises(KeypointError, match="paw 0"):
        read_keypoints(save({"meta_info": {"keypoint_id2name": names}, "instance_info": frames(walking())}))


def test_frames_without_anybody_are_gaps(save, walking):
    document = frames(walking())
    document[7]["instances"] = []
    assert np.nonzero(~read_keypoints(save(document)).present.any(axis=1))[0].tolist() == [7]


def test_one_image_is_no_clip_and_3d_points_are_refused(save, walking):
    with pytest.raises(KeypointError, match="1 frame "):
        read_keypoints(save(frames(walking())[0]["instances"]))
    with pytest.raises(KeypointError, match="expected 2D points"):
        read_keypoints(save(frames(np.ones((20, 17, 3)))))
    for wrong in (5, {"instances": 5}, {"instances": [5]}, {"frame_id": -1, "instances": [{}]}):
        document = frames(walking())
        document[4] = wrong
        with pytest.raises(KeypointError):
            read_keypoints(save(document))
