# SPDX-License-Identifier: GPL-3.0-or-later
import time

import numpy as np
import pytest

from backend.keypoints.clip import KeypointClip
from backend.keypoints.description import describe
from backend.keypoints.errors import KeypointError
from backend.keypoints.gaps import fill_gaps
from backend.keypoints.readers.ours import write_keypoints
from backend.keypoints.reading import read_keypoints


def mmpose(points):
    return [
        {"frame_id": n, "instances": [{"keypoints": p.tolist(), "keypoint_scores": [0.8] * len(p)}]}
        for n, p in enumerate(points)
    ]


def test_the_format_is_told_by_content_not_by_name(save, walking, tmp_path):
    path = save(mmpose(walking()), name="clip.npz")
    assert describe(path).format == "MMPose JSON"
    np.savez(tmp_path / "x.npz", points=walking())
    (tmp_path / "x.npz").rename(tmp_path / "clip.json")
    assert describe(tmp_path / "clip.json").format == "npz"


@pytest.mark.parametrize(
    "document",
    [{}, [], 5, None, "text", True, {"people": 5}, {"data": []}, {"keypoints": []}, [[]], [{}], [None],
     {"a": {"b": []}}, {"data": [5]}, {"keypoints": [5]}, {"annotations": [], "images": []}, {"instance_info": []},
     {"a\nb": 1}],
)  # fmt: skip
def test_json_of_another_kind_gets_one_line(save, document):
    for read in (read_keypoints, describe):
        with pytest.raises(KeypointError) as error:
            read(save(document))
        assert "\n" not in str(error.value) and len(str(error.value)) < 400


def test_what_the_file_does_not_tell_is_assumed_aloud_and_the_user_overrides(save, walking):
    path = save(mmpose(walking(start=(700, 100))))
    clip = read_keypoints(path)
    assert (clip.fps, clip.image_size) == (30, (1280, 720))
    assert any("30 frames a second are assumed" in warning for warning in clip.warnings)
    assert any("1280 x 720 is guessed" in warning for warning in clip.warnings)
    clip = read_keypoints(path, fps=24, image_size=(1920, 1080))
    assert (clip.fps, clip.image_size, clip.warnings) == (24, (1920, 1080), ())
    with pytest.raises(KeypointError, match="frame rate"):
        read_keypoints(path, fps=-1)
    with pytest.raises(KeypointError, match="image size"):
        read_keypoints(path, image_size=(0, 5))


def test_a_person_that_is_not_there(save, walking):
    path = save(mmpose(walking()))
    with pytest.raises(KeypointError, match="no person number 3: the file has one person, number 0"):
        read_keypoints(path, person=3)


@pytest.mark.parametrize(("fps", "least"), [(30, 15), (60, 15), (1000, 151), (10, 6)])
def test_clips_that_are_too_short(save, walking, fps, least):
    assert len(read_keypoints(save(mmpose(walking(frames=least))), fps=fps)) == least
    with pytest.raises(KeypointError, match=f"in {least - 1} frames of clip.json: at least {least} at {fps} frames"):
        read_keypoints(save(mmpose(walking(frames=least - 1))), fps=fps)


def test_a_clip_runs_from_the_first_to_the_last_frame_with_the_person(save, walking):
    document = mmpose(walking())
    for number in (0, 1, 20, 39):
        document[number]["instances"] = []
    clip = read_keypoints(save(document))
    assert (clip.frame_start, len(clip)) == (2, 37)
    assert describe(save(document)).frames == 37


def test_folders_without_keypoints(tmp_path):
    with pytest.raises(KeypointError, match="no keypoint files"):
        read_keypoints(tmp_path)
    (tmp_path / "sub").mkdir()
    (tmp_path / "readme.txt").write_text("x")
    with pytest.raises(KeypointError, match="no keypoint files"):
        read_keypoints(tmp_path)
    with pytest.raises(KeypointError, match="No such file"):
        read_keypoints(tmp_path / "nowhere")


def test_ten_thousand_frames_are_read_and_filled_in_seconds(walking, tmp_path):
    points = walking("openpose18", frames=10_000, step=(0.1, 0.0))
    confidence = np.full(points.shape[:2], 0.9)
    confidence[np.random.default_rng(0).uniform(size=confidence.shape) < 0.1] = 0
    write_keypoints(KeypointClip(points, confidence, 30, (1920, 1080), "openpose18"), tmp_path / "long.json")
    start = time.process_time()
    clip = read_keypoints(tmp_path / "long.json")
    filled = fill_gaps(clip)
    assert len(clip) == 10_000 and np.isfinite(filled.points).all()
    assert time.process_time() - start < 15  # about 1 s on an idle core


def test_thousands_of_frames_of_two_people_are_followed_in_seconds(walking, save):
    document = mmpose(walking(frames=4_000, step=(0.02, 0.0)))
    for frame, other in zip(document, mmpose(walking(frames=4_000, start=(900, 100), step=(0.02, 0))), strict=True):
        frame["instances"] += other["instances"]
    path = save(document)
    start = time.process_time()
    assert [person.frames_seen for person in describe(path).people] == [4_000, 4_000]
    assert time.process_time() - start < 10  # about 1 s on an idle core


def test_the_real_openpose_folder(shared_data):
    path = shared_data / "keypoints" / "openpose_body25"
    description = describe(path)
    assert description.format == "OpenPose JSON" and description.layout == "body25"
    # one man all the time; what comes and goes in the background are others
    assert description.people[description.chosen].frames_seen == 90
    clip = read_keypoints(path)
    assert len(clip) == 90 and np.abs(np.diff(np.nanmean(clip.points, axis=1), axis=0)).max() < 20
    filled = fill_gaps(clip.to_layout("openpose18"))
    assert np.isfinite(filled.points).all() and 0.03 < filled.missing < 0.1
