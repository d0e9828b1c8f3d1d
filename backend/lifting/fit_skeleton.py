# SPDX-License-Identifier: GPL-3.0-or-later
"""The body as the fit sees it: SMPL's joints, and points that ride rigidly on one of them (face and soles)."""

import torch
from torch import Tensor

from ..bodies.skeleton import JOINT_COUNT, PARENTS, TREE, joint
from ..bodies.smpl import KEYPOINT_ROWS, Body

FACE = ("nose", "reye", "leye", "rear", "lear")
#: Points under the feet and the joint that carries each.
SOLES = (
    ("LHeel", "left_ankle"), ("LBigToe", "left_foot"), ("LSmallToe", "left_foot"),
    ("RHeel", "right_ankle"), ("RBigToe", "right_foot"), ("RSmallToe", "right_foot"),
)  # fmt: skip
#: Joints whose rotation is fitted: all but the hands, which no keypoint shows.
FITTED = JOINT_COUNT - 2
_POINTS = JOINT_COUNT + len(FACE) + len(SOLES)


class FitSkeleton:
    """Joints, 18 keypoints and 6 sole points of a body, without its mesh.

    The face rides rigidly on the head, as the soles do on the feet: millimetres from the skinned points, at a fraction
    of the work. What a fit returns comes from the body itself. A fit spends its time on the number of operations, so
    kinematics is one matrix product a level for the rotations and one in all for the places.
    """

    def __init__(self, body: Body):
        model, device = body.model, body.device
        ids = [body.vertex_ids[name] for name in (*FACE, *(name for name, _ in SOLES))]
        zero, eye = torch.zeros(body.num_betas, device=device), torch.eye(body.num_betas, device=device)
        joints = body.rest_joints(zero)
        points = model.v_template[ids].clone()
        # A heel or toe vertex may lie a little above the lowest skin of the foot: the soles are where the foot ends.
        points[len(FACE) :, 1] = model.v_template[:, 1].min()
        joint_shapes = (body.rest_joints(eye) - joints).permute(1, 2, 0)
        self._template = torch.cat([joints, points])  # (35, 3)
        self._shapes = torch.cat([joint_shapes, model.shapedirs[ids]])  # (35, 3, B)
        low, high = model.v_template[:, 1].argmin(), model.v_template[:, 1].argmax()
        #: Standing height in metres is stature + stature_shapes . betas.
        self.stature = model.v_template[high, 1] - model.v_template[low, 1]
        self.stature_shapes = model.shapedirs[high, 1] - model.shapedirs[low, 1]
        self._index(device)

    def _index(self, device) -> None:
        carriers = [max(p, 0) for p in PARENTS] + [joint("head")] * len(FACE) + [joint(name) for _, name in SOLES]
        levels = [[j for j in level if j < FITTED] for level in TREE.levels]
        order = [j for level in levels for j in level]

        def rows(indices) -> Tensor:
            return torch.tensor(indices, device=device)

        self._levels = [(rows(below), rows([above.index(PARENTS[j]) for j in below]))
                        for above, below in zip(levels[:-1], levels[1:], strict=True) if below]  # fmt: skip
        self._carriers = rows(carriers)
        self._carriers_ordered = rows([order.index(c) for c in carriers])
        # path[i, j] = 1 when the bone to j lies between the root and i
        path = torch.zeros(_POINTS, _POINTS, device=device)
        for point in range(_POINTS):
            at = point
            while at > 0:
                path[point, at] = 1
                at = carriers[at]
        self._path = path
        neck = torch.zeros(1, _POINTS, device=device)
        neck[0, joint("left_shoulder")] = neck[0, joint("right_shoulder")] = 0.5
        named = torch.cat([torch.eye(JOINT_COUNT + len(FACE), _POINTS, device=device), neck])
        soles = torch.eye(_POINTS, device=device)[JOINT_COUNT + len(FACE) :]
        joints = torch.eye(JOINT_COUNT, _POINTS, device=device)
        self._out = torch.cat([joints, named[list(KEYPOINT_ROWS)], soles])

    def rest(self, betas: Tensor) -> Tensor:
        """betas (..., B) to the rest pose's 24 joints, 5 face and 6 sole points, (..., 35, 3), Y up."""
        return self._template.to(betas) + torch.einsum("...b,jcb->...jc", betas, self._shapes.to(betas))

    def pose(self, rotations: Tensor, rest: Tensor, translation: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Joints (..., 24, 3), keypoints (..., 18, 3) and soles (..., 6, 3) in the world.

        rotations (..., 22 or 24, 3, 3) local, global first; rest (..., 35, 3) of `rest`, broadcast over the leading
        dims; translation (..., 3).
        """
        world = rotations[..., :1, :, :]
        turned = [world]
        for joints, parents in self._levels:
            world = world.index_select(-3, parents) @ rotations.index_select(-3, joints)
            turned.append(world)
        turned = torch.cat(turned, -3).index_select(-3, self._carriers_ordered)
        bones = rest - rest.index_select(-2, self._carriers)
        bones = (turned @ bones.unsqueeze(-1)).squeeze(-1)
        moved = self._out.to(bones) @ (self._path.to(bones) @ bones) + (translation + rest[..., 0, :]).unsqueeze(-2)
        return moved.split((JOINT_COUNT, 18, len(SOLES)), -2)
