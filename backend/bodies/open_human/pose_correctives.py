# SPDX-License-Identifier: GPL-3.0-or-later
"""Pose correctives: what linear blend skinning gets wrong at each joint, as a linear function of that joint's rotation.

For sampled rotations of one joint at a time a better deformation is made: rotations blended as quaternions (Kavan et
al. 2007, dual quaternion skinning, which for one joint is a turn about it), so that bends and twists keep their volume,
then smoothed along the skin with the rest pose's detail put back (Mancewicz et al. 2014, delta mush), so that creases
stay soft. The difference, undone to the rest pose, is fitted by least squares in SMPL's pose feature R - I.
"""

import numpy as np
from scipy.spatial.transform import Rotation

from ..skeleton import JOINT_COUNT, JOINT_NAMES, MIRROR, PARENTS
from .mesh import Mesh
from .skinning import smoother

#: Joint: the range of its rotation vector about x, y, z in degrees. Left side and midline.
_RANGES = {
    "left_hip": ((-120, 40), (-35, 35), (-20, 60)),
    "spine1": ((-15, 40), (-30, 30), (-25, 25)),
    "left_knee": ((-5, 145), (-10, 10), (-5, 5)),
    "spine2": ((-15, 40), (-30, 30), (-25, 25)),
    "left_ankle": ((-35, 45), (-20, 20), (-20, 20)),
    "spine3": ((-15, 30), (-30, 30), (-25, 25)),
    "left_foot": ((-50, 30), (-5, 5), (-5, 5)),
    "neck": ((-35, 45), (-40, 40), (-30, 30)),
    "left_collar": ((-10, 10), (-25, 20), (-15, 35)),
    "head": ((-35, 40), (-45, 45), (-30, 30)),
    "left_shoulder": ((-60, 60), (-110, 50), (-95, 85)),
    "left_elbow": ((-70, 70), (-145, 5), (-10, 10)),
    "left_wrist": ((-60, 60), (-35, 35), (-75, 75)),
    "left_hand": ((-5, 5), (-5, 5), (-85, 30)),
}
_SAMPLES = 48
#: How much of the quaternion blend, the rest being linear; pure, it swells where much flesh folds.
_QUATERNION_SHARE = 0.9
_QUATERNION_SHARE_OF = {"left_hip": 0.5, "left_shoulder": 0.6}
_SMOOTH_REACH = 0.012
_RIDGE = 0.01
_NOTHING = 2e-4  # metres for a whole unit of the feature: smaller is left out


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


def pose_correctives(mesh: Mesh, weights: np.ndarray, joints: np.ndarray) -> np.ndarray:
    """(V, 3, 207) float64 metres per unit of R - I, rows of R first, as smplx lays the pose feature out.

    weights (V, 24); joints (24, 3). The right side is the left side's mirror image.
    """
    out = np.zeros((len(mesh.vertices), 3, JOINT_COUNT - 1, 3, 3))
    smooth = smoother(mesh, _SMOOTH_REACH)
    flip = np.array([-1.0, 1.0, 1.0])
    for name, ranges in _RANGES.items():
        joint = JOINT_NAMES.index(name)
        share = weights[:, _below(joint)].sum(1)
        blend = _QUATERNION_SHARE_OF.get(name, _QUATERNION_SHARE)
        fitted = _fit(mesh.vertices - joints[joint], share, _rotations(ranges), smooth, blend)
        mirrored = fitted[mesh.mirror] * flip[:, None, None] * (flip[:, None] * flip)
        if MIRROR[joint] == joint:
            out[:, :, joint - 1] = (fitted + mirrored) / 2
        else:
            out[:, :, joint - 1], out[:, :, MIRROR[joint] - 1] = fitted, mirrored
    return out.reshape(len(mesh.vertices), 3, -1)


def _below(joint: int) -> list[int]:
    """A joint and all that hang on it."""
    found = [joint]
    for child in range(joint + 1, JOINT_COUNT):
        if PARENTS[child] in found:
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
    fitted[:, np.abs(fitted).max(axis=(0, 2)) < _NOTHING] = 0
    return fitted.transpose(1, 2, 0).reshape(len(points), 3, 3, 3)
