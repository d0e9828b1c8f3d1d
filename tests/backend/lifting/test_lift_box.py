# SPDX-License-Identifier: GPL-3.0-or-later
"""A person with a box from a clip to a motion file, by networks that know the truth."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from backend.bodies.skeleton import joint
from backend.diffusion.canonical import limb_lengths, limb_sum
from backend.errors import UserError
from backend.geometry.rotations import axis_angle_to_matrix
from backend.keypoints import KeypointClip
from backend.lifting import lift, ways
from backend.lifting.box_pose import corners, in_box, marked, to_surface
from backend.lifting.box_scale import TOWARDS_MEAN, at_box_size
from backend.lifting.input_view import prepare
from backend.lifting.lift import lift_keypoints
from backend.lifting.motion_file import MotionError, read_motion, write_motion
from backend.lifting.options import LiftOptions
from backend.lifting.space import SpacePoints
from backend.lifting.ways import Way

from .carrying import bystander, camera, carrier
from .clips import SIZE, KnowingModels, Walk, body, filmed_walk, walk

HIDDEN = slice(15, 45)


@pytest.fixture(scope="module")
def scene():
    return carrier(body())


@pytest.fixture(scope="module")
def models(scene):
    return KnowingModels(Walk(None, scene.points[0], camera()))


def filmed(scene, hidden: slice = slice(0, 0)) -> KeypointClip:
    points = scene.view(camera())[1][0].double().numpy()
    confidence = np.full(points.shape[:2], 0.9)
    points[hidden, 18:], confidence[hidden, 18:] = np.nan, 0
    return KeypointClip(points, confidence, 30.0, SIZE, "openpose18_box", 0, "carries.json")


def box_of(motion):
    rotation = axis_angle_to_matrix(torch.as_tensor(motion.box_rotation))
    return rotation, torch.as_tensor(motion.box_translation), torch.as_tensor(motion.box_size)


def same(points, others):
    return torch.allclose(points, torch.as_tensor(others), atol=1e-4)


def palms_apart(motion):
    """Metres (T, 2) from the palms to the box's surface."""
    rotation, place, size = box_of(motion)
    palms = torch.as_tensor(motion.joints)[:, [joint("left_hand"), joint("right_hand")]]
    return to_surface(in_box(palms, rotation, place), size)


@pytest.fixture(autouse=True, scope="module")
def quicker():
    """A third as long a fit as users get; the views' stand-in knows the clip in one way only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ways, "WAYS", (Way(0, False),))
        patch.setattr(lift, "BOX_ITERATIONS", 60)
        yield


@pytest.fixture(scope="module")
def lifted(scene, models):
    options = LiftOptions(focal=1000.0, box_size=tuple(scene.size.tolist()))
    return lift_keypoints(filmed(scene), options, models, "stage4")


def test_the_box_is_rigid_in_the_hands_and_over_the_floor(lifted, scene):
    frames = len(scene.rotation)
    rotation, place, size = box_of(lifted)
    assert lifted.model_type == "smpl_box" and lifted.box_size_source == "given"
    assert lifted.keypoints.shape == (frames, 23, 3) and lifted.joints.shape == (frames, 24, 3)
    assert lifted.box_rotation.shape == lifted.box_translation.shape == (frames, 3)
    torch.testing.assert_close(size, scene.size)
    torch.testing.assert_close(
        marked(rotation, place, size), torch.as_tensor(lifted.keypoints)[:, 18:], atol=1e-4, rtol=0
    )
    assert palms_apart(lifted).abs().max() < 0.04
    assert corners(rotation, place, size)[..., 2].min() > -0.01
    assert lifted.reprojection_error() < 8


def test_a_known_box_tells_how_large_the_person_is(lifted, scene, models):
    larger = LiftOptions(focal=1000.0, box_size=tuple((1.12 * scene.size).tolist()))
    other = lift_keypoints(filmed(scene), larger, models, "stage4")
    true = float(body().stature(torch.zeros(10)))
    assert lifted.height == pytest.approx(true, rel=0.04)
    assert other.height / lifted.height == pytest.approx(1.12 ** (1 - TOWARDS_MEAN), abs=0.03)
    tall = lift_keypoints(filmed(scene), replace(larger, height=1.5), models, "stage4")
    assert float(body().stature(torch.as_tensor(tall.betas))) == pytest.approx(1.5, abs=0.01)


def test_the_distance_is_the_one_at_which_the_box_looks_as_large(scene):
    view = prepare(filmed(scene), 1000.0, box_size=tuple(scene.size.tolist()))
    local = camera().to_camera(scene.points[0])
    limbs = limb_sum(limb_lengths(local)).median().item()
    space = at_box_size(SpacePoints(0.8 * local, torch.tensor([0.0, -1, 0])), view, limbs)
    assert (space.points - local).norm(dim=-1).max() < 0.01


def test_a_person_who_seems_too_large_beside_the_box_is_nearer_a_mean_one(scene):
    view = prepare(filmed(scene), 1000.0, box_size=tuple(scene.size.tolist()))
    local = camera().to_camera(scene.points[0])
    limbs = limb_sum(limb_lengths(local)).median().item()
    apart = torch.cat([1.2 * local[:, :18], local[:, 18:]], 1)
    space = at_box_size(SpacePoints(apart, torch.tensor([0.0, -1, 0])), view, limbs)
    assert (space.points[:, 18:] - local[:, 18:]).norm(dim=-1).max() < 0.01
    size = limb_sum(limb_lengths(space.points)).median().item()
    assert size / limbs == pytest.approx(1.2 ** (1 - TOWARDS_MEAN), abs=0.005)
    in_image, seen = (points[..., :2] / points[..., 2:] for points in (space.points, local))
    torch.testing.assert_close(in_image, seen, atol=5e-3, rtol=0)


def test_a_box_hidden_for_a_second_makes_no_jump(scene, models):
    motion = lift_keypoints(filmed(scene, HIDDEN), LiftOptions(focal=1000.0), models, "stage4")
    assert motion.box_size_source == "estimated" and any("estimated" in each for each in motion.warnings)
    steps = np.linalg.norm(np.diff(motion.box_translation, axis=0), axis=-1)
    true = scene.translation.diff(dim=0).norm(dim=-1).max().item()
    assert steps.max() < 1.6 * true
    assert np.abs(motion.box_size - scene.size.numpy()).max() < 0.06
    assert palms_apart(motion).abs().max() < 0.04


@pytest.mark.parametrize("fps", [25.0, 60.0])
def test_other_rates_keep_the_box_rigid(scene, models, fps, monkeypatch):
    monkeypatch.setattr(lift, "BOX_ITERATIONS", 2)
    clip = filmed(scene)
    clip = replace(clip, fps=fps)
    monkeypatch.setattr(lift, "lift_points", lambda view, *rest: SpacePoints(
        torch.cat([torch.cat([view.rays, torch.ones_like(view.rays[..., :1])], -1) * 4.0]), torch.tensor([0.0, -1, 0])
    ))  # fmt: skip
    motion = lift_keypoints(clip, LiftOptions(focal=1000.0), models, "stage4")
    rotation, place, size = box_of(motion)
    assert len(motion.box_translation) == len(clip) == len(motion.poses)
    torch.testing.assert_close(
        marked(rotation, place, size), torch.as_tensor(motion.keypoints)[:, 18:], atol=1e-4, rtol=0
    )


def test_the_file_keeps_the_box(lifted, tmp_path):
    write_motion(lifted, tmp_path / "out.npz")
    fields = read_motion(tmp_path / "out.npz")
    assert str(fields["model_type"]) == "smpl_box" and str(fields["box_size_source"]) == "given"
    for name in ("box_rotation", "box_translation", "box_size", "keypoints"):
        np.testing.assert_array_equal(fields[name], getattr(lifted, name))
    assert fields["keypoint_names"].tolist()[18:] == ["box_1", "box_2", "box_3", "box_4", "box_5"]
    np.savez(tmp_path / "half.npz", **{name: value for name, value in fields.items() if name != "box_size"})
    with pytest.raises(MotionError, match="it has no box_size"):
        read_motion(tmp_path / "half.npz")


@pytest.mark.parametrize("size", [(0.4, 0.4), (0.4, 0.4, 9.0), (0.4, 0.4, "wide"), 0.4, (0.4, 0.4, float("nan"))])
def test_what_is_no_box_is_refused(models, scene, size):
    with pytest.raises(UserError, match="three edges"):
        lift_keypoints(filmed(scene), LiftOptions(box_size=size), models)


def test_a_person_alone_has_no_box():
    with pytest.raises(UserError, match="not a person with a box"):
        lift_keypoints(filmed_walk(20), LiftOptions(box_size=(0.4, 0.4, 0.4)), KnowingModels(walk(20)))


def test_a_box_seen_to_stand_well_below_the_feet_is_told():
    scene = bystander(body())
    points = scene.points.clone()
    points[..., 18:, 2] -= 0.15
    scene = replace(scene, points=points)
    knowing = KnowingModels(Walk(None, points[0], camera()))
    options = LiftOptions(focal=1000.0, box_size=tuple(scene.size.tolist()))
    motion = lift_keypoints(filmed(scene), options, knowing, "stage4")
    assert any("lower than the feet" in warning for warning in motion.warnings)
    assert motion.reprojection_error() < 8
    assert corners(*box_of(motion))[..., 2].min() > -0.01
