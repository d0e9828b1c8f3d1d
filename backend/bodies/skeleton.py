# SPDX-License-Identifier: GPL-3.0-or-later
"""SMPL's 24 joints: names, parents, mirror order, and forward kinematics one level of the tree at a time."""

import torch

JOINT_NAMES = (
    "pelvis", "left_hip", "right_hip", "spine1", "left_knee", "right_knee", "spine2", "left_ankle", "right_ankle",
    "spine3", "left_foot", "right_foot", "neck", "left_collar", "right_collar", "head", "left_shoulder",
    "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hand", "right_hand",
)  # fmt: skip
PARENTS = (-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19, 20, 21)
JOINT_COUNT = len(JOINT_NAMES)

#: MIRROR[j] is the joint on the other side of the body (itself on the midline).
MIRROR = tuple(
    JOINT_NAMES.index({"left": "right", "right": "left"}.get(name.split("_")[0], "") + name[name.find("_"):])
    if "_" in name else joint
    for joint, name in enumerate(JOINT_NAMES)
)  # fmt: skip

#: Joints grouped by depth in the tree, root first: what forward kinematics can do at once.
LEVELS: tuple[tuple[int, ...], ...]


def _levels() -> tuple[tuple[int, ...], ...]:
    depth = []
    for parent in PARENTS:
        depth.append(0 if parent < 0 else depth[parent] + 1)
    return tuple(tuple(j for j in range(JOINT_COUNT) if depth[j] == d) for d in range(max(depth) + 1))


LEVELS = _levels()
_ORDER = [joint for level in LEVELS for joint in level]
_POSITION = [_ORDER.index(joint) for joint in range(JOINT_COUNT)]


def joint(name: str) -> int:
    """The index of a joint by its name."""
    return JOINT_NAMES.index(name)


def forward_kinematics(rotations: torch.Tensor, rest_joints: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Pose the skeleton.

    rotations (..., 24, 3, 3): local, global first, acting on columns; rest_joints (..., 24, 3) metres, broadcast over
    the leading dims. Returns the joints' world rotations (..., 24, 3, 3) and positions (..., 24, 3), the root at its
    rest position (no translation added). Differentiable in both arguments.
    """
    lead = torch.broadcast_shapes(rotations.shape[:-3], rest_joints.shape[:-2])
    rotations = rotations.expand(*lead, JOINT_COUNT, 3, 3)
    rest_joints = rest_joints.expand(*lead, JOINT_COUNT, 3)
    world, place = rotations[..., :1, :, :], rest_joints[..., :1, :]
    turned, placed = [world], [place]
    for above, level in zip(LEVELS[:-1], LEVELS[1:], strict=True):
        parents = [PARENTS[j] for j in level]
        rows = [above.index(p) for p in parents]
        level = list(level)
        world, place = world[..., rows, :, :], place[..., rows, :]
        bone = rest_joints[..., level, :] - rest_joints[..., parents, :]
        place = place + (world @ bone.unsqueeze(-1)).squeeze(-1)
        world = world @ rotations[..., level, :, :]
        turned.append(world)
        placed.append(place)
    return torch.cat(turned, dim=-3)[..., _POSITION, :, :], torch.cat(placed, dim=-2)[..., _POSITION, :]
