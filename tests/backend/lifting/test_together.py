# SPDX-License-Identifier: GPL-3.0-or-later
"""Two people in one world filmed by one camera are lifted into one world, before one camera, onto one floor."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from backend.geometry.cameras import Camera, intrinsics, look_at
from backend.keypoints import KeypointClip
from backend.lifting import lift
from backend.lifting.lift import lift_keypoints
from backend.lifting.models import load_models
from backend.lifting.motion_file import MotionError
from backend.lifting.options import ALL, LiftOptions
from backend.lifting.together import lift_together

from .clips import SIZE, filmed_walk, save_untrained, walk
from .test_lift import check, soles

FRAMES = 45
OPTIONS = LiftOptions(person=ALL, focal=1000.0, device="cpu")
HIPS = [8, 11]


def two_walks():
    """Keypoints (T, 18, 3) of two who walk: the second turned by 70 degrees, 1.9 m aside and 1.7 m farther away."""
    one = walk(FRAMES).keypoints
    turn = math.radians(70)
    cos, sin = math.cos(turn), math.sin(turn)
    other = one @ torch.tensor([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1.0]]).T
    return one, other + torch.tensor([1.9, 1.7, 0.0])


def camera():
    """From 5 m away and 1.7 m above the floor, 8 degrees downwards."""
    target = torch.tensor([0.8, 0.7, 1.0])
    rotation, shift = look_at(target + torch.tensor([0.0, -5.0, 0.7]), target)
    return Camera(intrinsics(torch.tensor(1000.0), torch.tensor([960.0, 540.0])), rotation, shift)


def filmed(person, keypoints, start=0):
    pixels = camera().project(keypoints).double().numpy()
    return KeypointClip(pixels, np.full(pixels.shape[:2], 0.9), 30.0, SIZE, "openpose18", start, "two.json", person)


@pytest.fixture(scope="module")
def clips():
    one, other = two_walks()
    return [filmed(0, one), filmed(1, other[5:40], start=5)]


@pytest.fixture(scope="module")
def models():
    return load_models(LiftOptions(device="cpu"))


@pytest.fixture(scope="module")
def together(clips, models):
    return lift_together(clips, OPTIONS, models)


@pytest.fixture
def hasty(monkeypatch):
    monkeypatch.setattr(lift, "FIT_ITERATIONS", 2)


def way(one, other):
    """From the hips (T, 2) of the one to those of the other, seen from above, while both are there."""
    return (np.asarray(other)[:, HIPS] - np.asarray(one)[:, HIPS]).mean(1)[:, :2]


def test_they_stand_to_one_another_as_they_did(together):
    """Within 0.3 m and six degrees, 2.6 m from one another; the camera looked along +Y."""
    one, other = two_walks()
    true = way(one[5:40], other[5:40])
    found = way(together[0].keypoints[5:40], together[1].keypoints)
    assert np.linalg.norm(found - true, axis=1).mean() < 0.3
    lengths = np.linalg.norm(found, axis=1) / np.linalg.norm(true, axis=1)
    assert abs(lengths.mean() - 1) < 0.1
    turned = np.angle(found @ [1, 1j] / (true @ [1, 1j]))
    assert np.degrees(np.abs(turned)).max() < 6


def test_worlds_of_their_own_say_nothing_of_where_they_stand(clips, models, together):
    alone = [lift_keypoints(clip, replace(OPTIONS, person=None), models) for clip in clips]
    one, other = two_walks()
    true = way(one[5:40], other[5:40])
    off, mine = (
        np.linalg.norm(way(pair[0].keypoints[5:40], pair[1].keypoints) - true, axis=1).mean()
        for pair in (alone, together)
    )
    assert off > 2 and mine < off / 10


def test_one_camera_filmed_both_and_sees_them_where_they_were_seen(together, clips):
    one, other = (motion.camera for motion in together)
    for name in ("matrix", "rotation", "translation"):
        torch.testing.assert_close(getattr(one, name), getattr(other, name), atol=0, rtol=0)
    assert float(one.centre[2]) == pytest.approx(1.7, abs=0.25)
    check(together[0], clips[0])
    for motion in together:
        height = np.median(np.ptp(motion.keypoints_2d, axis=1).max(1))
        assert motion.reprojection_error() < 0.02 * height
    assert [motion.frame_start for motion in together] == [0, 5] and together[1].source == "two.json"
    assert together[0].world == together[1].world != ""


def test_both_stand_on_one_floor(together):
    for motion in together:
        assert float(soles(motion).quantile(0.05)) == pytest.approx(0, abs=0.015)


def test_heights_that_are_given_are_kept(clips, models, hasty):
    tall, short = lift_together(clips, replace(OPTIONS, height=(1.8, 1.6)), models)
    assert (tall.height, short.height) == (1.8, 1.6)
    body = models.body
    for motion in (tall, short):
        assert float(body.stature(torch.as_tensor(motion.betas))) == pytest.approx(motion.height, abs=0.01)
    with pytest.raises(MotionError, match="one by one"):
        lift_together(clips, replace(OPTIONS, betas=(0.0,) * 10), models)


def test_one_alone_is_lifted_as_ever(tmp_path, hasty):
    models = load_models(LiftOptions(model=save_untrained(tmp_path), device="cpu"))
    clip = filmed_walk(20)
    options = LiftOptions(focal=1000.0, device="cpu", height=1.8)
    (mine,) = lift_together([clip], replace(options, person=ALL), models)
    alone = lift_keypoints(clip, options, models)
    for name in ("poses", "trans", "betas", "keypoints"):
        np.testing.assert_array_equal(getattr(mine, name), getattr(alone, name))
    assert mine.world == "" and torch.equal(mine.camera.translation, alone.camera.translation)
