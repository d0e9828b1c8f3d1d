# SPDX-License-Identifier: GPL-3.0-or-later
import json

import numpy as np
import pytest

from backend.keypoints.description import describe
from backend.keypoints.errors import KeypointError
from backend.keypoints.readers.openpose import frame_numbers
from backend.keypoints.reading import read_keypoints


def frame(*poses, key="pose_keypoints_2d", person_id=-1):
    people = [{"person_id": [person_id], key: pose.reshape(-1).tolist(), "face_keypoints_2d": []} for pose in poses]
    return {"version": 1.3, "people": people}


@pytest.fixture
def folder(tmp_path):
    def write(frames, name="video_{:012d}_keypoints.json", start=0):
        for number, document in enumerate(frames, start):
            (tmp_path / name.format(number)).write_text(json.dumps(document))
        return tmp_path

    return write


def test_a_folder_of_body_25(folder, walking, triples):
    poses = triples(walking("body25"))
    poses[7, 4] = 0  # OpenPose's way to say missing
    path = folder([frame(pose) for pose in poses])
    clip = read_keypoints(path, fps=25, image_size=(1280, 720))
    assert (clip.layout, len(clip), clip.fps, clip.image_size, clip.warnings) == ("body25", 40, 25, (1280, 720), ())
    np.testing.assert_allclose(np.delete(clip.points, 4, 1), np.delete(poses[..., :2], 4, 1))
    assert clip.confidence[7, 4] == 0 and clip.present.sum() == 40 * 25 - 1


def test_old_coco_18_files_and_their_key(folder, walking, triples):
    poses = triples(walking("coco18"))
    clip = read_keypoints(folder([frame(pose, key="pose_keypoints") for pose in poses]))
    assert clip.layout == "coco18"
    np.testing.assert_allclose(clip.points, poses[..., :2])


def test_frames_are_ordered_by_number_not_by_name(folder, walking, triples):
    poses = triples(walking("body25"))
    clip = read_keypoints(folder([frame(pose) for pose in poses], name="take2_{}.json", start=95))
    np.testing.assert_allclose(clip.points, poses[..., :2])
    assert clip.frame_start == 95


def test_frames_without_anybody_and_missing_files_are_gaps(folder, walking, triples):
    poses = triples(walking("body25"))
    path = folder([frame() if 10 <= number < 15 else frame(pose) for number, pose in enumerate(poses)])
    (path / "video_000000000020_keypoints.json").unlink()
    clip = read_keypoints(path)
    assert np.nonzero(~clip.present.any(axis=1))[0].tolist() == [10, 11, 12, 13, 14, 20]
    (person,) = describe(path).people
    assert (person.gaps, person.longest_gap, person.frames_seen) == (2, 5, 34)


def test_people_without_identity_are_followed(folder, walking, triples):
    left, right = triples(walking("body25", start=(100, 100))), triples(walking("body25", start=(800, 50)))
    frames = [frame(a, b) if number % 2 else frame(b, a) for number, (a, b) in enumerate(zip(left, right, strict=True))]
    path = folder(frames)
    np.testing.assert_allclose(read_keypoints(path, person=0).points, right[..., :2])  # first in the first frame
    np.testing.assert_allclose(read_keypoints(path, person=1).points, left[..., :2])


def test_a_folder_inside_a_folder(folder, tmp_path, walking, triples):
    (tmp_path / "27").mkdir()
    for number, pose in enumerate(triples(walking("body25"))):
        (tmp_path / "27" / f"{number:03d}.json").write_text(json.dumps(frame(pose)))
    assert len(read_keypoints(tmp_path)) == 40
    (tmp_path / "28").mkdir()
    (tmp_path / "28" / "000.json").write_text("{}")
    with pytest.raises(KeypointError, match="27, 28"):
        read_keypoints(tmp_path)


def test_a_list_of_frames_with_a_canvas_and_fractions(save, walking, triples):
    poses = triples(walking("coco18"))
    poses[..., :2] /= [1000, 800]
    frames = [frame(pose) | {"canvas_width": 1000, "canvas_height": 800} for pose in poses]
    clip = read_keypoints(save(frames))
    assert clip.image_size == (1000, 800)
    np.testing.assert_allclose(clip.points, walking("coco18"))
    for one in frames:
        del one["canvas_width"]
    with pytest.raises(KeypointError, match="give the image size"):
        read_keypoints(save(frames))


def test_alphaposes_forms_keyed_by_image(save, walking, triples):
    poses = triples(walking("coco18"))
    document = {
        f"{number}.jpg": {"version": "AlphaPose v0.3", "bodies": [{"joints": pose.reshape(-1).tolist()}]}
        for number, pose in enumerate(poses)
    }
    clip = read_keypoints(save(document))
    np.testing.assert_allclose(clip.points, poses[..., :2])


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"version": 1.3, "people": []}, "no person"),
        (frame(np.ones((25, 3)) * 50), "1 frame "),
        (frame(np.ones((15, 3)) * 50), "15 points"),
        (frame(np.zeros((25, 3))), "No keypoint is present"),
        (frame(np.ones((25, 3)) * np.nan), "No keypoint is present"),
        ({"people": [{"pose_keypoints_2d": [1, 2, 3, 4]}]}, "x, y, confidence"),
        ({"people": [{"pose_keypoints_2d": None}]}, "keypoints in this file"),
        ({"people": [{"pose_keypoints_2d": []}]}, "no person"),
        ([frame(np.ones((25, 3)) * 50), 5], "frame 1"),
        ([frame(np.ones((25, 3)) * 50), frame(np.ones((18, 3)) * 50)], "18 points"),
    ],
)
def test_wrong_frames_are_named(save, document, says):
    with pytest.raises(KeypointError, match=says):
        read_keypoints(save(document))


def test_a_broken_file_in_a_folder_is_named(folder, walking, triples):
    path = folder([frame(pose) for pose in triples(walking("body25"))])
    (path / "video_000000000020_keypoints.json").write_text('{"version": 1.3, "peo')
    with pytest.raises(KeypointError, match="video_000000000020_keypoints.json is not valid JSON"):
        read_keypoints(path)
    (path / "video_000000000020_keypoints.json").write_text("[]")
    with pytest.raises(KeypointError, match="not an OpenPose frame"):
        read_keypoints(path)


def test_frame_numbers():
    assert frame_numbers(["v2_10_keypoints.json", "v2_9_keypoints.json"]) == [10, 9]
    assert frame_numbers(["007_v2.json", "008_v2.json"]) == [7, 8]
    assert frame_numbers(["b.json", "a.json"]) == [1, 0]
    assert frame_numbers([]) == []
