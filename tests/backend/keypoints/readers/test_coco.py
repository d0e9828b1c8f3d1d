# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest

from backend.keypoints.errors import KeypointError
from backend.keypoints.layouts import get_layout
from backend.keypoints.reading import read_keypoints


def results(poses, step=1, **more):
    return [
        {"image_id": number * step, "category_id": 1, "keypoints": pose.reshape(-1).tolist(), "score": 0.9} | more
        for number, pose in enumerate(poses)
    ]


def annotations(poses, names=None):
    return {
        "images": [
            {"id": 900 + number, "file_name": f"clip/{number:06d}.jpg", "width": 1280, "height": 720}
            for number in range(len(poses))
        ],
        "annotations": [
            {"id": number, "image_id": 900 + number, "category_id": 1, "keypoints": pose.reshape(-1).tolist()}
            for number, pose in enumerate(poses)
        ],
        "categories": [{"id": 1, "name": "person", "keypoints": names or list(get_layout("coco17").names)}],
    }


def test_results_of_a_video(save, walking, triples):
    poses = triples(walking())
    clip = read_keypoints(save(results(poses)))
    np.testing.assert_allclose(clip.points, poses[..., :2])
    tracked = results(poses, track_id=5) + results(triples(walking(start=(900, 50)))[:20], track_id=6)
    clip = read_keypoints(save(tracked), person=1)
    np.testing.assert_allclose(clip.points, walking(start=(900, 50))[:20])


def test_every_second_frame_keeps_its_time(save, walking, triples):
    clip = read_keypoints(save(results(triples(walking()), step=2)))
    assert len(clip) == 79 and clip.present.any(axis=1).sum() == 40


def test_whole_body_results_are_cut_to_the_body(save, walking, triples):
    poses = np.concatenate([triples(walking()), np.full((40, 116, 3), 5.0)], axis=1)
    np.testing.assert_allclose(read_keypoints(save(results(poses)), image_size=(1280, 720)).points, walking())


def test_photographs_are_no_video(save, walking, triples):
    with pytest.raises(KeypointError, match="still images"):
        read_keypoints(save(results(triples(walking()), step=137)))


def test_annotated_frames_of_a_video_with_visibility_as_confidence(save, walking, triples):
    poses = triples(walking(), 2)
    poses[4, 9, 2] = 1  # labelled, but hidden
    poses[5, 9] = 0
    clip = read_keypoints(save(annotations(poses)))
    assert clip.image_size == (1280, 720) and clip.frame_start == 0
    assert clip.confidence[4, 9] == 0.5 and clip.confidence[5, 9] == 0 and clip.confidence[6, 9] == 1


def test_annotations_of_other_creatures_or_images(save, walking, triples):
    poses = triples(walking(), 2)
    with pytest.raises(KeypointError, match="'person'"):
        read_keypoints(save(annotations(poses, names=["tail"] * 17)))
    document = annotations(poses)
    document["images"][3]["width"] = 640
    with pytest.raises(KeypointError, match="differ in size"):
        read_keypoints(save(document))
    document = annotations(poses)
    document["annotations"][3]["image_id"] = 5
    with pytest.raises(KeypointError, match="not in the file"):
        read_keypoints(save(document))
    document = annotations(poses)
    document["annotations"][3]["category_id"] = {"a": 1}
    assert len(read_keypoints(save(document))) == 40  # the frame becomes a gap
    with pytest.raises(KeypointError, match="category 26"):
        read_keypoints(save(results(poses, category_id=26)))


@pytest.mark.parametrize("name", ["coco_human.json", "coco_ap10k.json"])
def test_the_real_files_of_photographs_are_refused(shared_data, name):
    with pytest.raises(KeypointError, match="differ in size|'antelope'"):
        read_keypoints(shared_data / "keypoints" / name)
