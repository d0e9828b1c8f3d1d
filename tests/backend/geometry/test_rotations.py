# SPDX-License-Identifier: GPL-3.0-or-later
"""Rotations against scipy, in float64."""

import numpy as np
import torch
from scipy.spatial.transform import Rotation, Slerp

from backend.geometry import rotations


def random_rotations(count: int, seed: int = 0) -> Rotation:
    return Rotation.random(count, random_state=seed)


def test_every_form_is_scipys():
    oracle = random_rotations(30)
    matrix = torch.from_numpy(oracle.as_matrix())
    axis_angle = torch.from_numpy(oracle.as_rotvec())
    wxyz = torch.from_numpy(oracle.as_quat()[:, [3, 0, 1, 2]])
    torch.testing.assert_close(rotations.axis_angle_to_matrix(axis_angle), matrix)
    torch.testing.assert_close(rotations.matrix_to_axis_angle(matrix), axis_angle)
    torch.testing.assert_close(rotations.quaternion_to_matrix(-3 * wxyz), matrix)
    found = rotations.matrix_to_quaternion(matrix)
    assert (found[:, 0] >= 0).all()
    torch.testing.assert_close(found, wxyz * wxyz[:, :1].sign())


def test_6d_keeps_a_rotation_and_repairs_what_is_none():
    matrix = torch.from_numpy(random_rotations(10).as_matrix())
    sixd = rotations.matrix_to_sixd(matrix)
    torch.testing.assert_close(sixd[:, [0, 2, 4]], matrix[:, :, 0])
    torch.testing.assert_close(rotations.sixd_to_matrix(sixd), matrix)
    repaired = rotations.sixd_to_matrix(torch.tensor([2.0, 1.0, 0.0, 3.0, 0.0, 0.0], dtype=torch.float64))
    torch.testing.assert_close(repaired, torch.eye(3, dtype=torch.float64))


def test_geodesic_is_the_angle_between():
    a, b = random_rotations(20, 1), random_rotations(20, 2)
    angle = rotations.geodesic(torch.from_numpy(a.as_matrix()), torch.from_numpy(b.as_matrix()))
    np.testing.assert_allclose(angle.numpy(), (a.inv() * b).magnitude(), atol=1e-6)
    same = torch.eye(3).requires_grad_()
    rotations.geodesic(same, torch.eye(3)).backward()
    assert torch.isfinite(same.grad).all()


def test_swing_turns_one_direction_into_the_other_without_twist():
    draw = torch.randn(2, 40, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    a, b = torch.nn.functional.normalize(draw, dim=-1)
    turn = rotations.swing(3 * a, b)
    torch.testing.assert_close((turn @ a[..., None])[..., 0], b)
    axis = rotations.matrix_to_axis_angle(turn)
    assert ((axis * a).sum(-1)).abs().max() < 1e-9, "the axis lies across the direction"
    opposite = rotations.swing(a, -a)
    torch.testing.assert_close((opposite @ a[..., None])[..., 0], -a)
    torch.testing.assert_close(torch.linalg.det(opposite), torch.ones(40, dtype=torch.float64))


def test_slerp_and_resampling_are_scipys():
    times = np.array([0.0, 1.0, 2.5, 3.0])
    oracle = random_rotations(4)
    wanted = np.linspace(0, 3, 13)
    expected = torch.from_numpy(Slerp(times, oracle)(wanted).as_matrix())
    matrices = torch.from_numpy(oracle.as_matrix())
    found = rotations.resample(matrices, torch.from_numpy(times), torch.from_numpy(wanted))
    torch.testing.assert_close(found, expected)
    # Joints beside the time, and the ends held.
    joints = torch.stack([matrices, matrices.flip(0)], 1)
    held = rotations.resample(joints, torch.from_numpy(times), torch.tensor([-1.0, 9.0], dtype=torch.float64))
    torch.testing.assert_close(held, joints[[0, -1]])
    one = rotations.resample(joints[:1], torch.zeros(1), torch.tensor([0.0, 5.0]))
    torch.testing.assert_close(one, joints[[0, 0]])
