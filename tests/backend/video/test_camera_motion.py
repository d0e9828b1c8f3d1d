# SPDX-License-Identifier: GPL-3.0-or-later
import cv2
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from backend.keypoints.lens import Lens
from backend.video import camera_motion
from backend.video.camera_motion import CameraTracker
from backend.video.pose import Box

SIZE, FOCAL = (480, 270), 450.0
MIDDLE = np.array(SIZE) / 2


def matrix(focal):
    return np.array([[focal, 0, MIDDLE[0]], [0, focal, MIDDLE[1]], [0, 0, 1]])


def wallpaper():
    """A far wall, as a view of 140 degrees sees it: blotches of all sizes."""
    random = np.random.default_rng(3)
    layers = [cv2.resize(random.uniform(0, 255, (20 * n, 40 * n, 3)), (1600, 1100)) / n**0.5 for n in (1, 3, 8)]
    image = sum(layers)
    return (255 * (image - image.min()) / np.ptp(image)).astype(np.uint8)


WALL = wallpaper()
WALL_MATRIX = np.array([[360.0, 0, 800], [0, 360.0, 550], [0, 0, 1]])


def seen(rotation, zoom=1.0, person=None):
    """What a camera turned like this sees of the wall, with a box of stripes before it that goes its own way."""
    to_image = matrix(FOCAL * zoom) @ rotation @ np.linalg.inv(WALL_MATRIX)
    image = cv2.warpPerspective(WALL, to_image, SIZE, flags=cv2.INTER_AREA)
    if person is not None:
        stripes = np.random.default_rng(0).integers(0, 255, (170, 15, 3)).repeat(5, 1).astype(np.uint8)
        image[70:240, person : person + 75] = stripes
    return image


def shake(frames, size, seed=0):
    random = np.random.default_rng(seed)
    walk = cv2.GaussianBlur(random.standard_normal((frames, 3)), (1, 9), 0)
    return Rotation.from_rotvec(size * walk)


def tracked(turns, zooms=None, person=False, focal=FOCAL):
    tracker = CameraTracker(SIZE, focal)
    for number, turn in enumerate(turns):
        at = 40 + 6 * number if person else None
        boxes = [Box(at, 70, at + 75, 240)] if person else []
        zoom = 1.0 if zooms is None else zooms[number]
        tracker.add(number / 30, seen(turn.as_matrix(), zoom, at), boxes)
    return tracker


def degrees_off(track, turns):
    """Of the turns between frames, however the reference view was chosen."""
    found = Rotation.from_matrix(track.rotations)
    relative = found * found[0].inv()
    return np.degrees((relative * (turns * turns[0].inv()).inv()).magnitude()).max()


def test_a_pan_with_shake_is_followed_behind_a_person():
    pan = Rotation.from_rotvec(np.linspace(-0.4, 0.4, 36)[:, None] * (0, 1, 0))
    turns = shake(36, 0.01) * pan
    tracker = tracked(turns, person=True)
    track = tracker.track(30.0)
    assert len(track) == 36 and tracker.lost == 0 and (track.zoom == 1).all() and track.focal == FOCAL
    assert degrees_off(track, turns) < 0.4


def test_the_reference_looks_where_the_camera_looks_on_average():
    turns = Rotation.from_rotvec(np.linspace(0, 0.6, 30)[:, None] * (0, 1, 0))
    track = tracked(turns).track(30.0)
    ends = Rotation.from_matrix(track.rotations[[0, -1]]).magnitude()
    np.testing.assert_allclose(ends, 0.3, atol=0.01)


def test_a_zoom_is_told_from_a_turn():
    zooms = np.geomspace(1.0, 1.8, 30)
    turns = shake(30, 0.005)
    track = tracked(turns, zooms).track(30.0)
    np.testing.assert_allclose(track.zoom / track.zoom[0], zooms, rtol=0.02)
    assert degrees_off(track, turns) < 0.4


@pytest.mark.parametrize("zoomed", [False, True])
def test_a_pan_tells_the_focal_length_that_nobody_gave(zoomed):
    pan = Rotation.from_rotvec(np.linspace(-0.15, 0.15, 30)[:, None] * (0, 1, 0))
    turns = shake(30, 0.005) * pan
    zooms = np.geomspace(1.0, 1.5, 30) if zoomed else np.ones(30)
    tracker = tracked(turns, zooms, focal=None)
    track = tracker.track(30.0)
    np.testing.assert_allclose(track.focal * track.zoom, FOCAL * zooms, rtol=0.03)
    assert degrees_off(track, turns) < 0.4


def test_a_film_longer_than_what_is_kept_goes_on_with_what_it_told(monkeypatch):
    monkeypatch.setattr(camera_motion, "MOST_KEPT", 25)
    turns = Rotation.from_rotvec(np.linspace(-0.3, 0.3, 45)[:, None] * (0, 1, 0))
    tracker = tracked(turns, focal=None)
    assert tracker.found == pytest.approx(FOCAL, rel=0.03) and not tracker._kept
    track = tracker.track(30.0)
    assert degrees_off(track, turns) < 0.4 and track.focal == tracker.found


def test_a_lens_that_bends_the_picture_does_not_bend_the_turns():
    lens = Lens("NUKE", FOCAL, (240, 135), (0.12, 0), SIZE)
    places = np.stack(np.meshgrid(np.arange(SIZE[0]) + 0.0, np.arange(SIZE[1]) + 0.0), -1)
    turns, found = Rotation.from_rotvec(np.linspace(-0.2, 0.2, 12)[:, None] * (0, 1, 0)), []
    where = lens.undistorted(places).astype(np.float32)
    for given in (lens, None):
        tracker = CameraTracker(SIZE, FOCAL, given)
        for number, turn in enumerate(turns):
            tracker.add(number / 30, cv2.remap(seen(turn.as_matrix()), where, None, cv2.INTER_LINEAR), [])
        found.append(degrees_off(tracker.track(30.0), turns))
    assert found[0] < 0.4 and found[0] < 0.5 * found[1]


def test_a_camera_on_a_tripod_does_not_move():
    still = Rotation.from_rotvec(np.zeros((20, 3)))
    assert tracked(still, person=True).track(30.0) is None


def test_a_blank_wall_tells_nothing():
    tracker = CameraTracker(SIZE)
    for number in range(10):
        tracker.add(number / 30, np.full((SIZE[1], SIZE[0], 3), 128, np.uint8), [])
    assert tracker.track(30.0) is None and tracker.lost == 9


@pytest.mark.parametrize("fps, every", [(60.0, 2), (30.0, 1)])
def test_frames_between_two_looks_lie_between_them(fps, every):
    turns = Rotation.from_rotvec(np.linspace(0, 0.4, 41)[:, None] * (0, 1, 0))
    tracker = CameraTracker(SIZE, FOCAL)
    for number in range(0, 41, every):
        tracker.add(number / fps, seen(turns[number].as_matrix()), [])
    track = tracker.track(fps)
    assert len(track) == 41 and degrees_off(track, turns) < 0.3
