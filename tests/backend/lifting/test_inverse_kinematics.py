# SPDX-License-Identifier: GPL-3.0-or-later
import pytest
import torch

from backend.bodies.skeleton import joint
from backend.bodies.smpl import load_body
from backend.geometry.rotations import axis_angle_to_matrix, geodesic, matrix_to_axis_angle
from backend.lifting.fit_skeleton import FitSkeleton
from backend.lifting.inverse_kinematics import initial_pose
from backend.training.mocap_rotations import UPRIGHT

BENDS = {  # joint: axis-angle that a person can do
    "left_hip": (-0.9, 0.0, 0.1), "left_knee": (1.2, 0.0, 0.0), "right_knee": (0.7, 0.0, 0.0),
    "left_shoulder": (0.0, 0.0, -1.1), "left_elbow": (0.0, -1.3, 0.0), "right_shoulder": (0.0, 0.2, 0.9),
    "right_elbow": (0.0, 0.8, 0.0), "neck": (0.1, 0.3, 0.0), "head": (0.1, 0.3, 0.0),
}  # fmt: skip


@pytest.fixture(scope="module")
def skeleton() -> FitSkeleton:
    return FitSkeleton(load_body())


def posed(skeleton: FitSkeleton, bends: dict):
    rotations = torch.eye(3).repeat(1, 24, 1, 1)
    for name, turn in bends.items():
        rotations[:, joint(name)] = axis_angle_to_matrix(torch.tensor(turn))
    rotations[:, 0] = axis_angle_to_matrix(torch.tensor([0.0, 0.0, 0.7])) @ UPRIGHT
    rest = skeleton.rest(torch.zeros(len(skeleton.stature_shapes)))
    keypoints = skeleton.pose(rotations, rest, torch.tensor([[0.3, -1.0, 1.1]]))[1]
    return rotations, rest, keypoints


def solve(keypoints, rest):
    return initial_pose(keypoints, rest[:24], rest[24:29])


def test_limbs_and_head_are_found_again(skeleton):
    rotations, rest, keypoints = posed(skeleton, BENDS)
    found, translation = solve(keypoints, rest)
    again = skeleton.pose(found, rest, translation)[1]
    limbs = list(range(2, 14))
    assert (again - keypoints)[:, limbs].norm(dim=-1).max() < 0.02
    assert (again - keypoints).norm(dim=-1).max() < 0.04  # the face: half of its turn goes to the neck
    bent = [joint(name) for name in BENDS if name.endswith(("knee", "elbow", "hip", "shoulder"))]
    assert torch.rad2deg(geodesic(found, rotations))[:, bent].max() < 12


def test_hands_and_feet_stay_neutral_and_rotations_are_proper(skeleton):
    _, rest, keypoints = posed(skeleton, BENDS)
    found, _ = solve(keypoints, rest)
    ends = [joint(f"{side}_{part}") for side in ("left", "right") for part in ("wrist", "hand", "ankle", "foot")]
    assert torch.allclose(found[:, ends], torch.eye(3).expand(1, 8, 3, 3), atol=1e-5)
    assert torch.allclose(torch.linalg.det(found), torch.ones(1, 24), atol=1e-4)


def test_a_knee_does_not_bend_backwards(skeleton):
    _, rest, keypoints = posed(skeleton, {"left_knee": (-0.4, 0.0, 0.0)})
    found, _ = solve(keypoints, rest)
    turn = matrix_to_axis_angle(found[0])
    # the shank goes where it is seen, by turning the thigh rather than by bending about the other side of the hinge
    neutral = matrix_to_axis_angle(solve(posed(skeleton, {})[2], rest)[0][0])
    assert torch.isfinite(turn).all()
    assert (turn - neutral)[joint("left_hip"), 1].abs() < 0.8  # no half turn of the leg


def test_a_straight_limb_keeps_the_neutral_twist(skeleton):
    rotations, rest, keypoints = posed(skeleton, {})
    noise = 0.003 * torch.randn(50, 18, 3, generator=torch.Generator().manual_seed(0))
    found, _ = solve(keypoints + noise, rest)
    shoulders = [joint("left_shoulder"), joint("right_shoulder")]
    assert torch.rad2deg(geodesic(found[:, shoulders], rotations[:, shoulders])).mean() < 12
