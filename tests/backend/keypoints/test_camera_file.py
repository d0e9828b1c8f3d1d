# SPDX-License-Identifier: GPL-3.0-or-later
import json

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from backend.keypoints import KeypointClip, KeypointError
from backend.keypoints.camera_file import read_camera
from backend.keypoints.camera_track import CameraTrack, matrices_to_quaternions

SIZE, FRAMES = (640, 480), 30
TURNS = Rotation.from_rotvec(np.linspace(0.5, 1.1, FRAMES)[:, None] * (0.2, 1, 0.1)).as_matrix()
WHOLE = {
    "format": "lift3d-camera",
    "version": 1,
    "image_size": list(SIZE),
    "focal": np.linspace(500, 700, FRAMES).tolist(),
    "centre": [330.0, 235.0],
    "lens": {"model": "DIVISION", "focal": 600, "centre": [330, 235], "coefficients": [0.1, 0.0]},
    "frame_start": 10,
    "scene_start": 1,
    "rotations": matrices_to_quaternions(TURNS).tolist(),
    "positions": np.linspace((0, 0, 1.5), (1, 2, 1.7), FRAMES).tolist(),
    "in_scene": True,
}


def written(tmp_path, **changed):
    document = {name: value for name, value in {**WHOLE, **changed}.items() if value is not None}
    (tmp_path / "camera.json").write_text(json.dumps(document))
    return tmp_path / "camera.json"


def clip(first=15, frames=20, size=SIZE, **more):
    points = np.random.default_rng(0).uniform(50, 400, (frames, 17, 2))
    return KeypointClip(points, np.ones((frames, 17)), 30.0, size, "coco17", first, **more)


def test_a_clip_gets_its_part_of_the_camera_and_the_scenes_numbers(tmp_path):
    seen = clip()
    known = read_camera(written(tmp_path)).of(seen)
    camera, focal = known.camera, np.linspace(500, 700, FRAMES)[5:25]
    assert known.frame_start == camera.frame_start == 6 and camera.centre == (330.0, 235.0)
    np.testing.assert_allclose(camera.zoom * camera.focal, focal)
    np.testing.assert_allclose(camera.rotations @ camera.path.orientation, TURNS[5:25], atol=1e-9)
    np.testing.assert_allclose(camera.path.positions, np.array(WHOLE["positions"])[5:25])
    assert known.focal == camera.focal and known.focal_source == "of the camera file"
    away = np.linalg.norm(known.points - seen.points, axis=-1)
    assert 0.5 < away.max() < 40  # the lens's distortion is gone


def test_without_the_scene_only_the_turns_are_taken(tmp_path):
    camera = read_camera(written(tmp_path, in_scene=None, positions=None, focal=600)).of(clip()).camera
    assert camera.path is None and (camera.zoom == 1).all() and camera.focal == 600
    np.testing.assert_allclose(camera.rotations @ camera.rotations[0].T, TURNS[5:25] @ TURNS[5].T, atol=1e-9)


def test_the_lens_alone_leaves_what_was_found_of_the_cameras_turns(tmp_path):
    camera = read_camera(written(tmp_path, rotations=None, positions=None, in_scene=None, focal=600, scene_start=None))
    assert not camera.tells_motion
    track = CameraTrack(TURNS[5:25], np.ones(20), 500.0, 15)
    known = camera.of(clip(camera=track))
    assert known.frame_start == 15 and known.focal == 600 and known.camera.centre == (330.0, 235.0)
    np.testing.assert_array_equal(known.camera.rotations, track.rotations)
    assert not camera.of(clip()).camera.moves


@pytest.mark.parametrize(
    "changed, sentence",
    [
        ({"format": "lift3d-keypoints"}, "no camera file"),
        ({"version": 2}, "later version"),
        ({"image_size": None}, "no image_size"),
        ({"image_size": [640]}, "image size"),
        ({"focal": None}, "focal length is in pixels"),
        ({"focal": [600.0] * 3}, "one for each of its rotations"),
        ({"focal": True}, "focal length is in pixels"),
        ({"centre": [1]}, "centre of a camera"),
        ({"centre": [1e9, 0]}, "centre of a camera"),
        ({"rotations": [[1, 0, 0]] * FRAMES}, "quaternions"),
        ({"rotations": [[0, 0, 0, 0]] * FRAMES}, "quaternions"),
        ({"rotations": "none"}, "rotations of the camera are"),
        ({"positions": [[0, 0, 1]] * 3}, "one for each of its rotations"),
        ({"positions": None}, "no positions"),
        ({"frame_start": -1}, "frame_start"),
        ({"scene_start": "x"}, "scene_start"),
        ({"lens": 3}, "lens of a camera file"),
        ({"lens": {"model": "FISHEYE", "focal": 600, "coefficients": [0]}}, "POLYNOMIAL, DIVISION, NUKE, BROWN"),
        ({"lens": {"model": "NUKE", "focal": 600, "coefficients": [0]}}, "2 coefficients"),
        ({"lens": {"model": "NUKE", "focal": 600, "coefficients": ["x", 0]}}, "are numbers"),
        ({"lens": {"model": "NUKE", "focal": 600, "coefficients": [1e9, 0]}}, "are no lens's"),
    ],
)
def test_a_broken_file_gets_one_line(tmp_path, changed, sentence):
    with pytest.raises(KeypointError, match=sentence) as caught:
        read_camera(written(tmp_path, **changed))
    assert "\n" not in str(caught.value)


def test_a_camera_of_another_film_gets_one_line(tmp_path):
    camera = read_camera(written(tmp_path))
    with pytest.raises(KeypointError, match="640 x 480, the clip's are 1920 x 1080"):
        camera.of(clip(size=(1920, 1080)))
    with pytest.raises(KeypointError, match="known in the frames 10 to 39, the clip has 25 to 44"):
        camera.of(clip(first=25))
    far = [[0, 0, 1e9]] * FRAMES
    with pytest.raises(KeypointError, match="positions"):
        read_camera(written(tmp_path, positions=far)).of(clip())
