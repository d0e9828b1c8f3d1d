# SPDX-License-Identifier: GPL-3.0-or-later
"""The body as the fit sees it: joints, and points that ride rigidly on one of them (face and soles)."""

import torch
from torch import Tensor

from .rigs import SMPL, Rig

#: Joints of SMPL whose rotation is fitted.
FITTED = SMPL.fitted


class FitSkeleton:
    """J joints, K keypoints and S sole points of a body, without its mesh.

    The face rides rigidly on the head, as the soles do on the feet: millimetres from the skinned points, at a fraction
    of the work. What a fit returns comes from the body itself. A fit spends its time on the number of operations, so
    kinematics is one matrix product a level for the rotations and one in all for the places. ``scale``: times as large
    as the body itself is.
    """

    def __init__(self, body, rig: Rig = SMPL, scale: float = 1.0):
        self.rig = rig
        device, template, shapes = body.device, body.model.v_template, body.model.shapedirs
        ids = [body.vertex_ids[name] for name, _ in (*rig.riders, *rig.soles)]
        zero, eye = torch.zeros(body.num_betas, device=device), torch.eye(body.num_betas, device=device)
        joints = body.rest_joints(zero)
        points = template[ids].clone()
        # A heel or toe vertex may lie a little above the lowest skin of the foot: the soles are where the foot ends.
        points[len(rig.riders) :, rig.up] = template[:, rig.up].min()
        joint_shapes = (body.rest_joints(eye) - joints).permute(1, 2, 0)
        self._template = scale * torch.cat([joints, points])  # (P, 3)
        self._shapes = scale * torch.cat([joint_shapes, shapes[ids]])  # (P, 3, B)
        low, high = template[:, rig.up].argmin(), template[:, rig.up].argmax()
        #: Standing height in metres is stature + stature_shapes . betas.
        self.stature = scale * (template[high, rig.up] - template[low, rig.up])
        self.stature_shapes = scale * (shapes[high, rig.up] - shapes[low, rig.up])
        self._index(device)

    def _index(self, device) -> None:
        rig, joint_count = self.rig, len(self.rig.tree)
        parents, riders, soles = rig.tree.parents, rig.riders, rig.soles
        carriers = [max(p, 0) for p in parents] + [rig.tree.index(name) for _, name in (*riders, *soles)]
        count = len(carriers)
        levels = [[j for j in level if j < rig.fitted] for level in rig.tree.levels]
        order = [j for level in levels for j in level]

        def rows(indices) -> Tensor:
            return torch.tensor(indices, device=device)

        self._levels = [(rows(below), rows([above.index(parents[j]) for j in below]))
                        for above, below in zip(levels[:-1], levels[1:], strict=True) if below]  # fmt: skip
        self._carriers = rows(carriers)
        self._carriers_ordered = rows([order.index(c) for c in carriers])
        # path[i, j] = 1 when the bone to j lies between the root and i
        path = torch.zeros(count, count, device=device)
        for point in range(count):
            at = point
            while at > 0:
                path[point, at] = 1
                at = carriers[at]
        self._path = path
        named = torch.eye(joint_count + len(riders), count, device=device)
        if rig.middle:
            middle = torch.zeros(1, count, device=device)
            middle[0, [rig.tree.index(name) for name in rig.middle]] = 0.5
            named = torch.cat([named, middle])
        last = torch.eye(count, device=device)[joint_count + len(riders) :]
        joints = torch.eye(joint_count, count, device=device)
        self._out = torch.cat([joints, named[list(rig.keypoints)], last])
        self._sizes = (joint_count, len(rig.keypoints), len(soles))

    def rest(self, betas: Tensor) -> Tensor:
        """betas (..., B) to the rest pose's joints, riders and sole points, (..., P, 3), in the body's frame."""
        return self._template.to(betas) + torch.einsum("...b,jcb->...jc", betas, self._shapes.to(betas))

    def pose(self, rotations: Tensor, rest: Tensor, translation: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Joints (..., J, 3), keypoints (..., K, 3) and soles (..., S, 3) in the world.

        rotations (..., fitted or J, 3, 3) local, global first; rest (..., P, 3) of `rest`, broadcast over the leading
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
        return moved.split(self._sizes, -2)

    def soles(self, rotations: Tensor, betas: Tensor, translation: Tensor) -> Tensor:
        """The soles (N, T, S, 3) of N bodies with betas (N, B), posed as `pose` does."""
        return self.pose(rotations, self.rest(betas)[:, None], translation)[2]
