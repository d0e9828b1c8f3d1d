# SPDX-License-Identifier: GPL-3.0-or-later
"""Rotations in the forms the project uses, over roma: axis-angle, quaternions wxyz, matrices on columns, 6D.

6D is the first two columns of the matrix, row by row (R00, R01, R10, R11, R20, R21), the order VPoser uses.
"""

from __future__ import annotations

import roma
import torch
from torch import Tensor


def axis_angle_to_matrix(axis_angle: Tensor) -> Tensor:
    """(..., 3) radians to (..., 3, 3)."""
    return roma.rotvec_to_rotmat(axis_angle)


def matrix_to_axis_angle(matrix: Tensor) -> Tensor:
    """(..., 3, 3) to (..., 3) radians, of length at most pi."""
    return roma.rotmat_to_rotvec(matrix)


def quaternion_to_matrix(quaternion: Tensor) -> Tensor:
    """(..., 4) wxyz, of any length but zero, to (..., 3, 3)."""
    return roma.unitquat_to_rotmat(roma.quat_wxyz_to_xyzw(torch.nn.functional.normalize(quaternion, dim=-1)))


def matrix_to_quaternion(matrix: Tensor) -> Tensor:
    """(..., 3, 3) to unit quaternions (..., 4) wxyz with w >= 0."""
    quaternion = roma.quat_xyzw_to_wxyz(roma.rotmat_to_unitquat(matrix))
    return torch.where(quaternion[..., :1] < 0, -quaternion, quaternion)


def sixd_to_matrix(sixd: Tensor) -> Tensor:
    """(..., 6) to (..., 3, 3) by Gram-Schmidt; the two columns need not be orthogonal nor of unit length."""
    return roma.special_gramschmidt(sixd.unflatten(-1, (3, 2)))


def matrix_to_sixd(matrix: Tensor) -> Tensor:
    """(..., 3, 3) to (..., 6)."""
    return matrix[..., :2].flatten(-2)


def geodesic(a: Tensor, b: Tensor) -> Tensor:
    """The angle (...) in radians between rotations (..., 3, 3); finite gradients also where they are equal."""
    return roma.rotmat_geodesic_distance(a, b, clamping=1 - 1e-7)


def swing(a: Tensor, b: Tensor) -> Tensor:
    """The smallest rotation (..., 3, 3) which turns direction a (..., 3) to direction b (..., 3): no twist about a.

    Opposite directions have no smallest rotation; then it is half a turn about some axis across a.
    """
    a, b = torch.broadcast_tensors(a, b)
    a = torch.nn.functional.normalize(a, dim=-1)
    b = torch.nn.functional.normalize(b, dim=-1)
    cosine = (a * b).sum(-1, keepdim=True)
    quaternion = torch.cat([1 + cosine, torch.linalg.cross(a, b)], -1)
    # The world axis least along a gives an axis across a for the half turn.
    other = torch.nn.functional.one_hot(a.abs().argmin(-1), 3).to(a)
    half_turn = torch.cat([torch.zeros_like(cosine), torch.linalg.cross(a, other)], -1)
    opposite = cosine < -1 + 1e-6
    return quaternion_to_matrix(torch.where(opposite, half_turn, quaternion))


def slerp(a: Tensor, b: Tensor, fraction: Tensor) -> Tensor:
    """The rotation (..., 3, 3) a given fraction (...) of the way from a to b along the shortest arc."""
    step = roma.rotmat_to_rotvec(a.transpose(-1, -2) @ b)
    return a @ roma.rotvec_to_rotmat(step * fraction[..., None])


def resample(matrices: Tensor, source_times: Tensor, target_times: Tensor) -> Tensor:
    """Rotations (N, ..., 3, 3) at target_times (N,) from rotations (T, ..., 3, 3) at increasing source_times (T,).

    Slerp between neighbours; before the first and after the last the end is held. Any unit of time, the same for both.
    """
    if len(source_times) == 1:
        return matrices.expand(len(target_times), *matrices.shape[1:])
    after = torch.searchsorted(source_times, target_times).clamp(1, len(source_times) - 1)
    before = after - 1
    fraction = (target_times - source_times[before]) / (source_times[after] - source_times[before])
    fraction = fraction.clamp(0, 1).to(matrices)
    fraction = fraction.reshape(-1, *[1] * (matrices.dim() - 3)).expand(-1, *matrices.shape[1:-2])
    return slerp(matrices[before], matrices[after], fraction)
