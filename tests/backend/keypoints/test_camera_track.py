# SPDX-License-Identifier: GPL-3.0-or-later
import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from backend.keypoints import KeypointClip, KeypointError, read_keypoints, write_keypoints
from backend.keypoints.camera_track import CameraTrack

SIZE, FOCAL, MIDDLE = (640, 480), 700.0, np.array([320.0, 240.0])


def track(frames=30, start=0, zoom=None):
    turns = Rotation.from_rotvec(np.linspace(-0.3, 0.3, frames)[:, None] * (0.2, 1, 0.1)).as_matrix()
    return CameraTrack(turns, np.ones(frames) if zoom is None else zoom, FOCAL, start)


def filmed(camera, points):
    """Pixels (T, K, 2) of points (T, K, 3) in the reference view's camera frame, through the turning camera."""
    seen = points @ camera.rotations.transpose(0, 2, 1)
    return FOCAL * camera.zoom[:, None, None] * seen[..., :2] / seen[..., 2:] + MIDDLE


def clip_of(camera, frames=30):
    points = np.random.default_rng(0).uniform((-1, -1, 4), (1, 1, 5), (frames, 17, 3))
    clip = KeypointClip(
        filmed(camera, points), np.full((frames, 17), 0.9), 30.0, SIZE, "coco17", camera.frame_start, camera=camera
    )
    return clip, FOCAL * points[..., :2] / points[..., 2:] + MIDDLE


def test_a_steadied_clip_is_what_a_camera_at_rest_would_have_seen():
    clip, truth = clip_of(track(zoom=np.linspace(0.8, 1.5, 30)))
    steady = clip.steadied(FOCAL)
    np.testing.assert_allclose(steady.points, truth, atol=1e-6)
    assert steady.camera is None


def test_what_a_camera_at_rest_could_not_see_is_missing():
    behind = Rotation.from_rotvec(np.linspace(0, 2.5, 30)[:, None] * (0, 1, 0)).as_matrix()
    camera = CameraTrack(behind, np.ones(30), FOCAL)
    clip = KeypointClip(np.full((30, 17, 2), 320.0), np.ones((30, 17)), 30.0, SIZE, "coco17", camera=camera)
    seen = clip.steadied(FOCAL).present.all(1)
    assert seen[:15].all() and not seen[-10:].any()


def test_a_part_of_a_clip_has_its_part_of_the_camera():
    clip, _ = clip_of(track(start=100))
    part = clip.subclip(10, 20)
    assert part.camera.frame_start == part.frame_start == 110
    np.testing.assert_array_equal(part.camera.rotations, clip.camera.rotations[10:20])
    with pytest.raises(KeypointError, match="not known in all"):
        clip.camera.part(95, 10)


def test_a_file_keeps_the_camera(tmp_path):
    clip, truth = clip_of(track(start=7, zoom=np.linspace(1, 1.2, 30)))
    write_keypoints(clip, tmp_path / "clip.json")
    again = read_keypoints(tmp_path / "clip.json")
    assert again.camera.focal == FOCAL
    np.testing.assert_allclose(again.steadied(FOCAL).points, truth, atol=2e-3)
    part = read_keypoints(tmp_path / "clip.json", first_frame=12, last_frame=30)
    np.testing.assert_allclose(part.steadied(FOCAL).points, truth[5:24], atol=2e-3)


def test_a_file_keeps_the_focal_length_and_who_told_it(tmp_path):
    clip = replace(clip_of(track())[0], camera=None, focal=650.0, focal_source="metadata")
    write_keypoints(clip, tmp_path / "clip.json")
    again = read_keypoints(tmp_path / "clip.json")
    assert (again.focal, again.focal_source) == (650.0, "metadata")
    document = json.loads((tmp_path / "clip.json").read_text())
    (tmp_path / "clip.json").write_text(json.dumps({**document, "focal": [650]}))
    with pytest.raises(KeypointError, match="focal length"):
        read_keypoints(tmp_path / "clip.json")


def test_people_of_two_shots_have_their_own_cameras(tmp_path):
    first, one = clip_of(track())
    second, two = clip_of(track(start=40))
    write_keypoints([first, second], tmp_path / "clip.json")
    for person, truth in ((0, one), (1, two)):
        clip = read_keypoints(tmp_path / "clip.json", person=person)
        np.testing.assert_allclose(clip.steadied(FOCAL).points, truth, atol=2e-3)


@pytest.mark.parametrize(
    "change, sentence",
    [
        ({"rotations": [[1, 0, 0, 0]] * 3}, "one for each frame"),
        ({"rotations": [[0, 0, 0, 0]] * 30}, "quaternions"),
        ({"rotations": [[1, 0, 0]] * 30}, "quaternions"),
        ({"zoom": [0.0] * 30}, "zoom is a number"),
        ({"zoom": ["x"] * 30}, "not lists of numbers"),
        ({"focal": "long"}, "focal length"),
        ({"focal": -3}, "focal length"),
        ({"rotations": "none"}, "one for each frame"),
    ],
)
def test_a_broken_camera_gets_one_line(tmp_path, change, sentence):
    clip, _ = clip_of(track())
    write_keypoints(clip, tmp_path / "clip.json")
    document = json.loads((tmp_path / "clip.json").read_text())
    document["camera"].update(change)
    (tmp_path / "clip.json").write_text(json.dumps(document))
    with pytest.raises(KeypointError, match=sentence):
        read_keypoints(tmp_path / "clip.json")


def test_a_camera_of_other_frames_is_refused():
    with pytest.raises(KeypointError, match="of others"):
        KeypointClip(np.zeros((30, 17, 2)), np.ones((30, 17)), 30.0, SIZE, "coco17", camera=track(20))
    with pytest.raises(KeypointError, match="are none"):
        CameraTrack(np.ones((3, 3, 3)), np.ones(3))
