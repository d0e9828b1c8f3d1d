# SPDX-License-Identifier: GPL-3.0-or-later
"""Pose correctives: what linear blend skinning gets wrong at each joint, as a linear function of that joint's rotation.

For sampled rotations of one joint at a time a better deformation is made: rotations blended as quaternions (Kavan et
al. 2007, dual quaternion skinning, which for one joint is a turn about it), so that bends and twists keep their volume,
then smoothed along the skin with the rest pose's detail put back (Mancewicz et al. 2014, delta mush), so that creases
stay soft. The difference, undone to the rest pose, is fitted by least squares in SMPL's pose feature R - I.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.spatial.transform import Rotation

from ..joint_tree import JointTree
from .mesh import Mesh
from .skinning import smoother

#: The range of a rotation vector about x, y, z in degrees.
Ranges = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]

_SAMPLES = 48
#: How much of the quaternion blend, the rest being linear; pure, it swells where much flesh folds.
_QUATERNION_SHARE = 0.9
_RIDGE = 0.01


def _rotations(ranges) -> np.ndarray:
    """(S, 3, 3): rest, and points of a low-discrepancy sequence (Kronecker's, by the plastic number) in the ranges."""
    low, high = np.radians(np.array(ranges, float)).T
    plastic = 1.2207440846057596
    unit = (0.5 + np.arange(1, _SAMPLES + 1)[:, None] * plastic ** -np.arange(1, 4)) % 1
    return Rotation.from_rotvec(low + unit * (high - low)).as_matrix()


def _part_of_turn(rotation: np.ndarray, share: np.ndarray) -> np.ndarray:
    """(V, 3, 3): the quaternion blend of no turn and `rotation`, weighted 1 - share and share."""
    x, y, z, w = Rotation.from_matrix(rotation).as_quat(canonical=True)
    quaternion = share[:, None] * [x, y, z, w - 1] + [0, 0, 0, 1]
    return Rotation.from_quat(quaternion).as_matrix()


def pose_correctives(
    mesh: Mesh,
    weights: np.ndarray,
    joints: np.ndarray,
    tree: JointTree,
    mirror: Sequence[int],
    ranges: Mapping[str, Ranges],
    quaternion_shares: Mapping[str, float],
    reach: float,
    nothing: float,
) -> np.ndarray:
    """(V, 3, 9 (J - 1)) float64 metres per unit of R - I, rows of R first, as smplx lays the pose feature out.

    weights (V, J); joints (J, 3). ranges: for joints of the left side and the midline; the right side is the left
    side's mirror image (mirror (J,)). quaternion_shares: where it is not the usual one. reach: metres that the better
    deformation is smoothed over; nothing: metres for a whole unit of the feature, smaller is left out.
    """
    out = np.zeros((len(mesh.vertices), 3, len(tree) - 1, 3, 3))
    smooth, flip = smoother(mesh, reach), mesh.flip
    for name, range_ in ranges.items():
        joint = tree.index(name)
        share = weights[:, _below(joint, tree)].sum(1)
        blend = quaternion_shares.get(name, _QUATERNION_SHARE)
        fitted = _fit(mesh.vertices - joints[joint], share, _rotations(range_), smooth, blend)
        fitted[np.abs(fitted).max(axis=(1, 2, 3)) < nothing] = 0
        mirrored = fitted[mesh.mirror] * flip[:, None, None] * (flip[:, None] * flip)
        if mirror[joint] == joint:
            out[:, :, joint - 1] = (fitted + mirrored) / 2
        else:
            out[:, :, joint - 1], out[:, :, mirror[joint] - 1] = fitted, mirrored
    return out.reshape(len(mesh.vertices), 3, -1)


def _below(joint: int, tree: JointTree) -> list[int]:
    """A joint and all that hang on it."""
    found = [joint]
    for child in range(joint + 1, len(tree)):
        if tree.parents[child] in found:
            found.append(child)
    return found


def _fit(points: np.ndarray, share: np.ndarray, rotations: np.ndarray, smooth, blend: float) -> np.ndarray:
    """The correctives (V, 3, 3, 3) of one joint: points (V, 3) about it, share (V,) of each that it moves.

    blend: how much of the quaternion blend is in the better deformation.
    """
    detail = points - smooth.solve(points)
    wanted = np.empty((len(rotations), len(points), 3))
    for index, rotation in enumerate(rotations):
        linear = (1 - share)[:, None, None] * np.eye(3) + share[:, None, None] * rotation
        turned = _part_of_turn(rotation, share)
        better = blend * turned + (1 - blend) * linear
        moved = np.einsum("vab,vb->va", better, points)
        moved = smooth.solve(moved) + np.einsum("vab,vb->va", turned, detail)
        wanted[index] = np.linalg.solve(linear, moved[:, :, None])[:, :, 0] - points
    feature = (rotations - np.eye(3)).reshape(len(rotations), 9)
    system = feature.T @ feature + _RIDGE * len(rotations) / 9 * np.eye(9)
    fitted = np.linalg.solve(system, feature.T @ wanted.reshape(len(rotations), -1)).reshape(9, len(points), 3)
    return fitted.transpose(1, 2, 0).reshape(len(points), 3, 3, 3)
