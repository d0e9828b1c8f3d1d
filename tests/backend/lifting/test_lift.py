# SPDX-License-Identifier: GPL-3.0-or-later
import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from backend.diffusion.canonical import mid_hip
from backend.errors import UserError
from backend.geometry.cameras import Camera
from backend.geometry.rotations import axis_angle_to_matrix
from backend.keypoints import KeypointClip
from backend.lifting import lift
from backend.lifting.fit_skeleton import FitSkeleton
from backend.lifting.input_view import prepare
from backend.lifting.lift import body_limbs, lift_keypoints
from backend.lifting.models import load_models
from backend.lifting.motion_file import MotionError
from backend.lifting.options import LiftOptions
from backend.lifting.space import lift_points

from .clips import SIZE, KnowingModels, body, filmed_walk, save_untrained, walk

QUICK = {"steps": 2, "samples": 1, "focal": 1000.0, "device": "cpu"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_untrained(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def models(folder):
    return load_models(LiftOptions(model=folder, device="cpu"))


@pytest.fixture
def hasty(monkeypatch):
    """A fit that hardly begins: for what holds whatever comes out."""
    monkeypatch.setattr(lift, "FIT_ITERATIONS", 2)


def matrices(motion):
    return axis_angle_to_matrix(torch.as_tensor(motion.poses).view(-1, 24, 3))


def check(motion, clip):
    """What holds for every motion, good or bad."""
    frames = len(clip)
    shapes = {"poses": (frames, 72), "trans": (frames, 3), "joints": (frames, 24, 3), "keypoints": (frames, 18, 3),
              "keypoints_2d": (frames, 18, 2), "confidence": (frames, 18)}  # fmt: skip
    for name, shape in shapes.items():
        values = getattr(motion, name)
        assert values.shape == shape
        assert name == "keypoints_2d" or np.isfinite(values).all()
    assert motion.fps == clip.fps and motion.image_size == clip.image_size
    # the first frame's mid-hip over the origin, the camera's horizon kept
    np.testing.assert_allclose(mid_hip(torch.as_tensor(motion.keypoints[0])).numpy()[:2], 0, atol=1e-5)
    rotation = motion.camera.rotation
    torch.testing.assert_close(rotation @ rotation.T, torch.eye(3), atol=1e-5, rtol=0)
    assert abs(float(rotation[0, 1])) < 1e-5 and torch.det(rotation) > 0  # image x has no part along world Y
    # joints and keypoints are those that smplx makes of the stored pose
    posed = body().forward(matrices(motion), torch.as_tensor(motion.betas), torch.as_tensor(motion.trans))
    np.testing.assert_allclose(posed.joints.numpy(), motion.joints, atol=2e-4)
    np.testing.assert_allclose(posed.keypoints.numpy(), motion.keypoints, atol=2e-4)
    # and the stored camera sees them where the stored error says, by the pinhole's plain formula
    local = motion.keypoints.astype(float) @ rotation.double().numpy().T + motion.camera.translation.double().numpy()
    pixels = local @ motion.camera.matrix.double().numpy().T
    pixels = pixels[..., :2] / pixels[..., 2:]
    distance = np.linalg.norm(pixels - motion.keypoints_2d, axis=-1)[motion.confidence > 0].mean()
    assert motion.reprojection_error() == pytest.approx(distance, rel=1e-2, abs=1e-2)


def soles(motion):
    skeleton = FitSkeleton(body())
    rest = skeleton.rest(torch.as_tensor(motion.betas))
    return skeleton.pose(matrices(motion), rest, torch.as_tensor(motion.trans))[2][..., 2].amin(-1)


@pytest.mark.parametrize("method", ["full", "stage2", "stage1", "plane"])
def test_every_method_makes_a_motion(models, hasty, method):
    clip = filmed_walk(20, frame_start=12)
    motion = lift_keypoints(clip, LiftOptions(**QUICK), models, method)
    check(motion, clip)
    assert float(soles(motion).quantile(0.05)) == pytest.approx(0, abs=0.01)
    assert motion.frame_start == 12 and motion.source == "walk.json" and motion.focal_source == "given"
    assert motion.body_file == "" and motion.height == pytest.approx(float(body().stature(torch.zeros(10))), abs=1e-4)


@pytest.mark.parametrize(("frames", "fps"), [(15, 30.0), (20, 25.0), (24, 29.97), (40, 60.0), (300, 30.0)])
def test_every_length_and_rate_is_kept(models, hasty, frames, fps):
    clip = filmed_walk(frames, fps)
    check(lift_keypoints(clip, LiftOptions(**QUICK), models), clip)


@pytest.fixture(scope="module")
def knowing():
    return lift_keypoints(filmed_walk(30), LiftOptions(focal=1000.0, samples=1), KnowingModels(walk(30)))


def test_with_a_network_that_knows_the_truth_the_motion_is_the_true_one(knowing):
    clip = filmed_walk(30)
    check(knowing, clip)
    assert knowing.reprojection_error() < 6
    truth, found = walk(30).joints.double(), torch.as_tensor(knowing.joints).double()
    # the world's heading and origin are the camera's choice: turn about the vertical, shift level
    a, b = truth - truth.mean((0, 1)), found - found.mean((0, 1))
    u, _, v = torch.linalg.svd(torch.einsum("tji,tjk->ik", b[..., :2], a[..., :2]))
    turned = torch.cat([a[..., :2] @ (u @ v).T, a[..., 2:]], -1)
    body_joints = [j for j in range(24) if j not in (10, 11, 20, 21, 22, 23)]  # no keypoint shows toes and hands
    assert (turned - b)[:, body_joints].norm(dim=-1).mean() < 0.04
    heights = found[..., 2].mean(0) - truth[..., 2].mean(0)
    assert (heights - heights.mean()).abs().max() < 0.06


def test_the_camera_stands_and_looks_as_it_did(knowing):
    camera, true = knowing.camera, walk(30).camera
    assert float(camera.matrix[0, 0]) == 1000 and camera.matrix[:2, 2].tolist() == [960, 540]
    pitch, expected = (math.degrees(math.asin(-c.rotation[2, 2])) for c in (camera, true))
    assert pitch == pytest.approx(expected, abs=2)  # the heels lift in a second's walk, and the floor follows the feet
    distance, expected = (
        float((c.centre - mid_hip(torch.as_tensor(points)).mean(0)).norm())
        for c, points in ((camera, knowing.keypoints), (true, walk(30).keypoints))
    )
    assert distance == pytest.approx(expected, rel=0.03)


def test_feet_stand_on_the_floor(knowing):
    lowest = soles(knowing)
    assert float(lowest.quantile(0.05)) == pytest.approx(0, abs=0.01) and lowest.max() < 0.12
    assert knowing.joints[:, [10, 11], 2].min() > -0.05


def test_a_height_sets_the_size(knowing):
    models = KnowingModels(walk(30))
    tall = lift_keypoints(filmed_walk(30), LiftOptions(focal=1000.0, samples=1, height=1.9), models)
    stature = float(body().stature(torch.as_tensor(tall.betas)))
    assert tall.height == 1.9 and stature == pytest.approx(1.9, abs=0.01)
    farther = float(tall.camera.centre[:2].norm() / knowing.camera.centre[:2].norm())
    assert farther == pytest.approx(1.9 / knowing.height, rel=0.03)
    assert body_limbs(body(), 1.9) == pytest.approx(1.9 / 1.7 * body_limbs(body(), 1.7))


def test_wherever_the_fit_stands_the_first_frame_comes_over_the_origin_with_its_camera(models, hasty):
    clip = filmed_walk(20)
    view = prepare(clip, 1000.0)
    space = lift_points(view, models, "plane", 1.3, 1, 1, 0, lambda *args: None)
    fit, camera = lift.fit_in_world(view, space, models, None, lambda *args: None)
    aside = torch.tensor([1.0, -2.0, 0.0])
    moved = replace(fit, translation=fit.translation + aside)
    along = Camera(camera.matrix, camera.rotation, camera.translation - camera.rotation @ aside)
    rest = (models, 1.7, LiftOptions())
    first, second = (lift.motion_of(clip, view, f, c, *rest) for f, c in ((fit, camera), (moved, along)))
    np.testing.assert_allclose(first.joints, second.joints, atol=1e-5)
    torch.testing.assert_close(first.camera.translation, second.camera.translation, atol=1e-5, rtol=0)


def test_the_seed_alone_decides(models, hasty):
    clip = filmed_walk(20)
    first, again, other = (lift_keypoints(clip, LiftOptions(**QUICK, seed=s), models) for s in (1, 1, 2))
    for name in ("poses", "trans", "joints"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
    assert not np.allclose(first.joints, other.joints, atol=1e-4)


def test_what_the_source_misses_is_not_invented_in_its_own_points(models, hasty):
    clip = filmed_walk(20)
    points, confidence = clip.points.copy(), clip.confidence.copy()
    points[5:9, 4], confidence[5:9, 4] = np.nan, 0
    clip = KeypointClip(points, confidence, 30.0, SIZE, "openpose18")
    motion = lift_keypoints(clip, LiftOptions(**QUICK), models)
    check(motion, clip)
    assert np.isnan(motion.keypoints_2d[5:9, 4]).all() and (motion.confidence[5:9, 4] == 0).all()


@pytest.mark.parametrize(
    ("option", "line"),
    [
        ({"steps": 0}, "1 to 1000 denoising steps, got 0"), ({"steps": 1001}, "denoising steps"),
        ({"samples": 0}, "1 to 100 samples, got 0"), ({"samples": -3}, "samples"), ({"seed": 2**70}, "seed"),
        ({"height": 0.1}, "standing height"), ({"height": float("nan")}, "standing height"),
        ({"focal": -1.0}, "focal length"), ({"seed": "7"}, "whole number as seed"), ({"steps": 1.5}, "as steps"),
        ({"focal": "wide"}, "number as focal"), ({"device": None}, "text as device"), ({"model": 3}, "text as model"),
        ({"betas": (1.0, "a")}, "list of numbers as betas"), ({"betas": (float("nan"),) * 10}, "no body's shape"),
    ],
)  # fmt: skip
def test_numbers_that_no_lift_can_use_get_one_line(models, option, line):
    with pytest.raises(UserError, match=line):
        lift_keypoints(filmed_walk(20), LiftOptions(**(QUICK | option)), models)


@pytest.mark.parametrize("length", [3, 11, 0])
def test_a_shape_of_another_body_gets_one_line(models, length):
    with pytest.raises(MotionError, match=f"expected 10 betas for the body human.npz, got {length}"):
        lift_keypoints(filmed_walk(20), LiftOptions(**QUICK, betas=(0.5,) * length), models)


def test_a_shape_is_kept_to_the_number_and_sets_the_height(models, hasty):
    betas, clip = tuple(np.linspace(-1, 1, 10).round(2).tolist()), filmed_walk(20)
    motion = lift_keypoints(clip, LiftOptions(**QUICK, betas=betas), models)
    check(motion, clip)
    np.testing.assert_allclose(motion.betas, betas, atol=1e-6)
    stature = float(body().stature(torch.tensor(betas)))
    assert motion.height == pytest.approx(stature, abs=1e-4) and motion.warnings == ()
    # what the body is: a lift of the same clip with a height of that shape stands about as far away
    tall = lift_keypoints(clip, LiftOptions(**QUICK, height=stature), models)
    distances = [float(m.camera.centre.norm()) for m in (motion, tall)]
    assert distances[0] == pytest.approx(distances[1], rel=0.06)
    both = lift_keypoints(clip, LiftOptions(**QUICK, betas=betas, height=1.9), models)
    np.testing.assert_array_equal(both.poses, motion.poses)
    assert both.warnings == (f"the shape to keep is {stature:.2f} m tall, so the height of 1.9 m is not used",)


def test_going_back_to_the_sources_rate_keeps_the_times():
    """A second of steady turning and moving, at the models' 30 frames, asked for at other rates."""
    time = torch.arange(31) / 30
    turns = torch.zeros(31, 24, 3)
    turns[:, 5, 1] = time
    translation = time[:, None] * torch.tensor([1.0, -2.0, 0.5])
    rotations = axis_angle_to_matrix(turns)
    same = lift._at_source_rate(rotations, translation, 31, 30.0)
    assert same[0] is rotations and same[1] is translation
    for frames, fps in ((26, 25.0), (61, 60.0), (24, 23.976)):
        turned, moved = lift._at_source_rate(rotations, translation, frames, fps)
        at = torch.arange(frames) / fps
        torch.testing.assert_close(moved, at[:, None] * torch.tensor([1.0, -2.0, 0.5]), atol=1e-5, rtol=0)
        expected = torch.zeros(frames, 24, 3)
        expected[:, 5, 1] = at
        torch.testing.assert_close(turned, axis_angle_to_matrix(expected), atol=1e-5, rtol=0)
