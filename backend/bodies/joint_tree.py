# SPDX-License-Identifier: GPL-3.0-or-later
"""A tree of named joints, and its forward kinematics one level at a time."""

from dataclasses import dataclass, field

import torch


@dataclass(frozen=True)
class JointTree:
    """J joints, parents before children; the root's parent is -1.

    levels: joints grouped by depth, root first: what forward kinematics can do at once.
    """

    names: tuple[str, ...]
    parents: tuple[int, ...]
    levels: tuple[tuple[int, ...], ...] = field(init=False)

    def __post_init__(self):
        depth: list[int] = []
        for parent in self.parents:
            depth.append(0 if parent < 0 else depth[parent] + 1)
        levels = tuple(tuple(j for j in range(len(depth)) if depth[j] == d) for d in range(max(depth) + 1))
        object.__setattr__(self, "levels", levels)

    def __len__(self) -> int:
        return len(self.names)

    def index(self, name: str) -> int:
        """The index of a joint by its name."""
        return self.names.index(name)

    def forward_kinematics(
        self, rotations: torch.Tensor, rest_joints: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Pose the skeleton.

        rotations (..., J, 3, 3): local, global first, acting on columns; rest_joints (..., J, 3) metres, broadcast over
        the leading dims. Returns the joints' world rotations (..., J, 3, 3) and positions (..., J, 3), the root at its
        rest position (no translation added). Differentiable in both arguments.
        """
        lead = torch.broadcast_shapes(rotations.shape[:-3], rest_joints.shape[:-2])
        rotations = rotations.expand(*lead, len(self), 3, 3)
        rest_joints = rest_joints.expand(*lead, len(self), 3)
        world, place = rotations[..., :1, :, :], rest_joints[..., :1, :]
        turned, placed = [world], [place]
        for above, level in zip(self.levels[:-1], self.levels[1:], strict=True):
            parents = [self.parents[j] for j in level]
            rows = [above.index(p) for p in parents]
            level = list(level)
            world, place = world[..., rows, :, :], place[..., rows, :]
            bone = rest_joints[..., level, :] - rest_joints[..., parents, :]
            place = place + (world @ bone.unsqueeze(-1)).squeeze(-1)
            world = world @ rotations[..., level, :, :]
            turned.append(world)
            placed.append(place)
        order = [joint for level in self.levels for joint in level]
        position = [order.index(joint) for joint in range(len(self))]
        return torch.cat(turned, dim=-3)[..., position, :, :], torch.cat(placed, dim=-2)[..., position, :]
