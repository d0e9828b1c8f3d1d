# SPDX-License-Identifier: GPL-3.0-or-later
"""Motion capture clips as SMPL's local joint rotations, by the geometry of the two skeletons' rest poses."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..bodies.skeleton import JOINT_COUNT, MIRROR, PARENTS, joint
from ..geometry.rotations import axis_angle_to_matrix, quaternion_to_matrix, slerp, swing

#: SMPL's Y-up frame, facing +Z, in the world's Z-up one, facing -Y: world = UPRIGHT @ smpl. Both have +x at the left.
UPRIGHT = torch.tensor([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])

_LIMB = ("hip", "knee", "ankle", "shoulder", "elbow", "wrist", "collar")
#: SMPL joint -> the source's joint that carries the same bone; spine2, between two of the source's, is interpolated.
SOURCE = {
    "pelvis": "pelvis", "spine1": "spine", "spine3": "chest", "neck": "neck", "head": "head",
    **{f"{side}_{part}": f"{side}_{part}" for side in ("left", "right") for part in _LIMB},
    "left_foot": "left_toe", "right_foot": "right_toe",
}  # fmt: skip
#: Bones whose rest directions are compared, from the trunk outward: joint -> (its child, the bone before it). The trunk
#: and head are upright in both, and a collar bone starts elsewhere in each skeleton: comparing those would bend them.
SWUNG = {
    f"{side}_{bone}": (child and f"{side}_{child}", before and f"{side}_{before}")
    for side in ("left", "right")
    for bone, child, before in (
        ("hip", "knee", ""), ("knee", "ankle", "hip"), ("ankle", "foot", "knee"), ("foot", "", "ankle"),
        ("shoulder", "elbow", ""), ("elbow", "wrist", "shoulder"), ("wrist", "", "elbow"))
}  # fmt: skip
#: The elbows of CMU and HDM05 hinge 28 degrees (27 to 29 in every clip) off SMPL's vertical hinge: so are the source's
#: arms twisted in its rest pose. Radians about +x.
ARM_TWIST = -0.49


def smpl_rotations(names: list[str], rotations: Tensor, rest: Tensor, rest_joints: Tensor) -> Tensor:
    """Local SMPL rotations (T, 24, 3, 3), the first one global in the Z-up world, of a motion capture clip.

    names: the source's J joints; rotations (T, J, 4) wxyz, world, identity in its zero pose; rest (J, 3) that pose,
    Z up; rest_joints (24, 3) SMPL's, Y up. The hands stay at identity.
    """
    world = quaternion_to_matrix(rotations.float())
    target = rest_joints.float() @ UPRIGHT.T
    corrections, arm = {}, axis_angle_to_matrix(torch.tensor([ARM_TWIST, 0.0, 0.0]))
    turned = [None] * JOINT_COUNT
    for name, source in SOURCE.items():
        turned[joint(name)] = world[:, names.index(source)]
    for name, (child, before) in SWUNG.items():
        # What the bone before needed, this one needs too: legs apart in the source's rest take their feet along.
        correction = corrections.get(before, arm if name.endswith("shoulder") else torch.eye(3))
        if child:
            a, b = names.index(SOURCE[name]), names.index(SOURCE[child])
            bone = correction @ (target[joint(child)] - target[joint(name)])
            correction = swing(bone, rest[b].float() - rest[a].float()) @ correction
        corrections[name] = correction
    for name, correction in corrections.items():
        turned[joint(name)] = turned[joint(name)] @ correction
    low, high = turned[joint("spine1")], turned[joint("spine3")]
    turned[joint("spine2")] = slerp(low, high, torch.full(low.shape[:-2], 0.5))
    for hand, wrist in (("left_hand", "left_wrist"), ("right_hand", "right_wrist")):
        turned[joint(hand)] = turned[joint(wrist)]
    turned = torch.stack(turned, 1) @ UPRIGHT
    parents = turned[:, list(PARENTS[1:])]
    return torch.cat([turned[:, :1], parents.transpose(-1, -2) @ turned[:, 1:]], 1)


def mirrored(rotations: Tensor) -> Tensor:
    """The left-right mirror image of local rotations (..., 24, 3, 3) or (..., 21, 3, 3) of joints 1 to 21."""
    order = list(MIRROR) if rotations.shape[-3] == JOINT_COUNT else [j - 1 for j in MIRROR[1:22]]
    flip = torch.tensor([-1.0, 1, 1], device=rotations.device)
    return rotations[..., order, :, :] * flip[:, None] * flip


def read_rotations(path: str | Path, rest_joints: Tensor) -> Tensor | None:
    """smpl_rotations of one clip file, or None when the file holds no rotations."""
    with np.load(path, allow_pickle=False) as clip:
        if "rotations" not in clip.files:
            return None
        names = [str(name) for name in clip["names"]]
        return smpl_rotations(names, torch.from_numpy(clip["rotations"]), torch.from_numpy(clip["rest"]), rest_joints)


def folder_rotations(folder: str | Path, rest_joints: Tensor, every: int = 1) -> Tensor:
    """Body rotations (N, 21, 3, 3) of every `every`-th frame of all clips in a folder, in the order of their names."""
    kept = []
    for path in sorted(Path(folder).glob("*.npz")):
        rotations = read_rotations(path, rest_joints)
        if rotations is not None:
            kept.append(rotations[::every, 1:22])
    return torch.cat(kept) if kept else torch.zeros(0, 21, 3, 3)
