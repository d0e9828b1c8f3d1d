# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest
import torch

from backend.bodies.open_quadruped.proportions import rest_joints
from backend.bodies.smal_skeleton import PARENTS, forward_kinematics, joint
from backend.keypoints.layouts import LAYOUTS
from backend.training.gaits import KINDS, MotionError, draw_body, make_motion

PAWS = [joint(name) for name in ("LFoot", "RFoot", "LFootBack", "RFootBack")]
CAT_LEG = 0.186  # metres, hip over paw
SHIFTING = ("walk", "gallop", "change_gait", "sit", "lie", "turn", "bow")


def _motion(kind, seed=0, family=None, seconds=6.0):
    generator = np.random.default_rng(seed)
    rest = draw_body(generator, family) if family else rest_joints()
    return make_motion(generator, rest, seconds, kind=kind)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_moves_every_animal_over_its_floor(kind):
    for family in ("cat", "dog", "horse"):
        motion = _motion(kind, 5, family)
        leg = motion.rest[joint("LLegBack1"), 2]
        assert motion.joints.shape == (180, 35, 3) and motion.keypoints.shape == (180, 17, 3)
        assert np.isfinite(motion.joints).all() and np.isfinite(motion.rotations).all()
        lowest = motion.rest[PAWS, 2].min()
        assert motion.joints[:, PAWS, 2].min() > lowest - 0.002 * leg, family
        assert motion.joints[..., 2].min() > -0.01 * leg, family
        assert motion.keypoints[..., 2].min() > 0, family


@pytest.mark.parametrize("kind", SHIFTING)
def test_joints_are_the_forward_kinematics_of_the_rotations(kind):
    motion = _motion(kind)
    rotations = torch.as_tensor(motion.rotations)
    identity = rotations @ rotations.transpose(-1, -2)
    torch.testing.assert_close(identity, torch.eye(3, dtype=torch.float64).expand_as(identity))
    assert (torch.linalg.det(rotations) > 0).all()
    _, places = forward_kinematics(rotations, torch.as_tensor(motion.rest))
    np.testing.assert_allclose(places.numpy() + motion.translation[:, None], motion.joints, atol=1e-9)


@pytest.mark.parametrize("kind", SHIFTING)
def test_planted_paws_do_not_slide_and_bones_keep_their_lengths(kind):
    for family in ("cat", "dog", "horse"):
        motion = _motion(kind, 3, family)
        leg = motion.rest[joint("LLegBack1"), 2]
        for index, paw in enumerate(PAWS):
            planted = motion.planted[:, index]
            both = planted[1:] & planted[:-1]
            stride = np.linalg.norm(np.diff(motion.joints[:, paw], axis=0), axis=-1)[both]
            assert both.any() and stride.max() < 0.005 / CAT_LEG * leg / 10
            np.testing.assert_allclose(motion.joints[planted, paw, 2], motion.rest[paw, 2], atol=0.01 * leg)
        bones = motion.joints[:, 1:] - motion.joints[:, list(PARENTS[1:])]
        expected = np.linalg.norm(motion.rest[1:] - motion.rest[list(PARENTS[1:])], axis=-1)
        np.testing.assert_allclose(
            np.linalg.norm(bones, axis=-1), np.broadcast_to(expected, bones.shape[:2]), rtol=1e-6
        )


def test_keypoints_are_joints_where_the_body_has_them_and_the_face_is_ahead():
    motion = _motion("walk")
    names = LAYOUTS["ap10k"].names
    np.testing.assert_array_equal(
        motion.keypoints[:, names.index("left_back_paw")], motion.joints[:, joint("LFootBack")]
    )
    np.testing.assert_array_equal(motion.keypoints[:, names.index("right_elbow")], motion.joints[:, joint("RLeg2")])
    left, right = (motion.keypoints[:, names.index(f"{side}_eye")] for side in ("left", "right"))
    nose, head = motion.keypoints[:, names.index("nose")], motion.joints[:, joint("Head")]
    ahead = motion.joints[:, joint("spine3")] - motion.joints[:, 0]
    assert (((nose - head) * ahead).sum(-1) > 0).mean() > 0.9
    apart = np.linalg.norm(left - right, axis=-1)
    np.testing.assert_allclose(apart, apart[0])
    assert apart[0] > 0.015


def test_the_same_generator_gives_the_same_clip_and_another_one_does_not():
    one, same, other = (make_motion(np.random.default_rng(seed), rest_joints(), 4) for seed in (4, 4, 5))
    assert one.kind == same.kind
    # Not to the bit: in which order a matrix product sums depends on where its numbers lie in memory.
    np.testing.assert_allclose(one.rotations, same.rotations, rtol=0, atol=1e-12)
    np.testing.assert_allclose(one.joints, same.joints, rtol=0, atol=1e-12)
    assert np.abs(one.joints - other.joints).max() > 0.01


def test_a_clip_has_the_length_and_rate_asked_for():
    motion = make_motion(np.random.default_rng(0), rest_joints(), 2.5, fps=60, kind="trot")
    assert len(motion.joints) == 150 and motion.fps == 60
    np.testing.assert_allclose(motion.joints[0, 0, :2], 0)


@pytest.mark.parametrize(
    "arguments, said",
    [
        ({"kind": "flight"}, "expected a kind of motion"),
        ({"seconds": 0.0}, "seconds"),
        ({"fps": 1000}, "frames a second"),
        ({"rest": np.zeros((24, 3))}, r"rest joints \(35, 3\)"),
        ({"rest": np.full((35, 3), np.nan)}, "finite"),
        ({"rest": rest_joints() * [-1, 1, 1]}, "head towards"),
    ],
)
def test_what_cannot_be_made_is_said(arguments, said):
    with pytest.raises(MotionError, match=said):
        make_motion(np.random.default_rng(0), **({"rest": rest_joints(), "seconds": 4.0} | arguments))
