# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import torch
from scipy.spatial.transform import Rotation
from smplx.joint_names import JOINT_NAMES as SMPLX_NAMES

from backend.bodies import skeleton


def recursion(rotations: np.ndarray, rest: np.ndarray, joint: int) -> tuple[np.ndarray, np.ndarray]:
    """Forward kinematics as its definition says, one joint and its ancestors, in float64."""
    parent = skeleton.PARENTS[joint]
    if parent < 0:
        return rotations[0], rest[0]
    turn, place = recursion(rotations, rest, parent)
    return turn @ rotations[joint], place + turn @ (rest[joint] - rest[parent])


def test_kinematics_agree_with_the_recursion_over_parents():
    generator = np.random.default_rng(0)
    rotations = Rotation.random(3 * 24, random_state=1).as_matrix().reshape(3, 24, 3, 3)
    rest = generator.normal(size=(3, 24, 3))
    turned, placed = skeleton.forward_kinematics(torch.from_numpy(rotations), torch.from_numpy(rest))
    for frame in range(3):
        for joint in range(24):
            turn, place = recursion(rotations[frame], rest[frame], joint)
            np.testing.assert_allclose(turned[frame, joint], turn, atol=1e-12)
            np.testing.assert_allclose(placed[frame, joint], place, atol=1e-12)


def test_one_rest_pose_serves_any_leading_dimensions():
    rotations = torch.from_numpy(Rotation.random(2 * 5 * 24, random_state=2).as_matrix().reshape(2, 5, 24, 3, 3))
    rest = torch.randn(24, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    turned, placed = skeleton.forward_kinematics(rotations, rest)
    assert turned.shape == (2, 5, 24, 3, 3) and placed.shape == (2, 5, 24, 3)
    alone = skeleton.forward_kinematics(rotations[1, 3], rest)[1]
    torch.testing.assert_close(placed[1, 3], alone)


def test_gradients_reach_every_joint_that_moves_another():
    rotations = torch.eye(3, dtype=torch.float64).repeat(24, 1, 1).requires_grad_()
    rest = torch.randn(24, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    skeleton.forward_kinematics(rotations, rest)[1].square().sum().backward()
    moves = rotations.grad.abs().sum((1, 2)) > 0
    assert moves.tolist() == [joint in skeleton.PARENTS for joint in range(24)]


def test_names_and_sides():
    # smplx's list is of SMPL-H: the same first 22 joints, then hands with fingers
    assert list(skeleton.JOINT_NAMES[:22]) == list(SMPLX_NAMES[:22])
    for joint, other in enumerate(skeleton.MIRROR):
        swapped = skeleton.JOINT_NAMES[joint].replace("left", "?").replace("right", "left").replace("?", "right")
        assert skeleton.JOINT_NAMES[other] == swapped
        assert skeleton.joint(swapped) == other
