# SPDX-License-Identifier: GPL-3.0-or-later
"""Animals in the formats that people come in too: COCO, MMPose, ViTPose."""

import json

import numpy as np
import pytest

from backend.keypoints.description import describe
from backend.keypoints.errors import KeypointError
from backend.keypoints.layouts import get_layout
from backend.keypoints.point_map import PointMap
from backend.keypoints.reading import read_keypoints

AP_10K = ["L_Eye", "R_Eye", "Nose", "Neck", "Root of tail", "L_Shoulder", "L_Elbow", "L_F_Paw", "R_Shoulder", "R_Elbow",
          "R_F_Paw", "L_Hip", "L_Knee", "L_B_Paw", "R_Hip", "R_Knee", "R_B_Paw"]  # fmt: skip


@pytest.fixture
def poses(walking, triples):
    return triples(walking("ap10k", start=(400.0, 200.0)))


def coco(poses, names, category=4, **more):
    return {
        "images": [{"id": 100 - number, "file_name": f"cat_{number:04d}.png", "width": 1280, "height": 720}
                   for number in range(len(poses))],
        "annotations": [{"id": number, "image_id": 100 - number, "category_id": category, "track_id": 3,
                         "keypoints": pose.reshape(-1).tolist()} for number, pose in enumerate(poses)],
        "categories": [{"id": 1, "name": "bird", "keypoints": ["beak", "wing"]},
                       {"id": category, "name": "cat", "keypoints": names}],
    } | more  # fmt: skip


def test_coco_names_its_points_and_images_are_frames_by_their_names(save, poses):
    clip = read_keypoints(save(coco(poses, ["left_eye", "right_eye", "nose", "neck", "root_of_tail", *AP_10K[5:]])))
    assert (clip.layout, clip.image_size, clip.frame_start, len(clip)) == ("ap10k", (1280, 720), 0, 40)
    np.testing.assert_allclose(clip.points, poses[..., :2])
    assert describe(save(coco(poses, AP_10K))).subject == "cat"


def test_several_animals_are_told_apart(save, poses):
    document = coco(poses, AP_10K)
    for row in list(document["annotations"]):
        other = np.array(row["keypoints"]).reshape(-1, 3) + [30, 150, 0]
        document["annotations"].append(row | {"track_id": 9, "keypoints": other.reshape(-1).tolist()})
    path = save(document)
    assert [person.frames_seen for person in describe(path).people] == [40, 40]
    np.testing.assert_allclose(read_keypoints(path, person=1).points, poses[..., :2] + [30, 150])


def test_coco_results_without_names_take_a_map(save, poses):
    results = [{"image_id": number, "category_id": 26, "keypoints": pose.reshape(-1).tolist(), "score": 1}
               for number, pose in enumerate(poses)]  # fmt: skip
    with pytest.raises(KeypointError, match="category 26"):
        read_keypoints(save(results))
    clip = read_keypoints(save(results), mapping=PointMap("ap10k", None, "m.json"))
    np.testing.assert_allclose(clip.points, poses[..., :2])
    (save(results).parent / "clip.map.json").write_text(json.dumps({"layout": "ap10k"}))
    assert read_keypoints(save(results)).layout == "ap10k"


def test_a_coco_file_of_other_creatures_says_of_which(save, poses):
    with pytest.raises(KeypointError, match="keypoints of 'cat'.*not known are a, b"):
        read_keypoints(save(coco(poses, list("abcdefghijklmnopq"))))


def test_mmpose_and_vitpose_with_an_animals_names(save, poses):
    names = {str(number): name for number, name in enumerate(AP_10K)}
    document = {
        "meta_info": {"keypoint_id2name": names},
        "instance_info": [
            {"frame_id": number, "instances": [{"keypoints": pose[:, :2].tolist(), "keypoint_scores": [0.9] * 17}]}
            for number, pose in enumerate(poses)
        ],
    }
    clip = read_keypoints(save(document))
    assert clip.layout == "ap10k"
    np.testing.assert_allclose(clip.points, poses[..., :2])
    vitpose = {"keypoints": [{"0": pose[:, [1, 0, 2]].tolist()} for pose in poses], "skeleton": names}
    np.testing.assert_allclose(read_keypoints(save(vitpose)).points, poses[..., :2])


def test_a_map_for_a_format_of_its_own_order_is_refused(save, poses):
    people = [{"people": [{"pose_keypoints_2d": [1.0] * 75}]}] * 20
    with pytest.raises(KeypointError, match="takes no map"):
        read_keypoints(save(people), mapping=PointMap("ap10k", None, "m.json"))


def test_the_real_pictures_are_no_film(shared_data):
    with pytest.raises(KeypointError, match="differ in size"):
        read_keypoints(shared_data / "keypoints" / "coco_ap10k.json")
    document = json.loads((shared_data / "keypoints" / "coco_ap10k.json").read_text())
    assert document["categories"][0]["keypoints"][4] == "root_of_tail" and len(get_layout("ap10k")) == 17
