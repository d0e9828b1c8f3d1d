# SPDX-License-Identifier: GPL-3.0-or-later
"""The body as the fit sees it: SMPL's joints, and points that ride rigidly on one of them (face and soles)."""

import torch
from torch import Tensor

from ..bodies.skeleton import forward_kinematics, joint
from ..bodies.smpl import KEYPOINT_ROWS, Body

FACE = ("nose", "reye", "leye", "rear", "lear")
#: Points under the feet and the joint that carries each.
SOLES = (
    ("LHeel", "left_ankle"), ("LBigToe", "left_foot"), ("LSmallToe", "left_foot"),
    ("RHeel", "right_ankle"), ("RBigToe", "right_foot"), ("RSmallToe", "right_foot"),
)  # fmt: skip
LEFT_SHOULDER, RIGHT_SHOULDER = joint("left_shoulder"), joint("right_shoulder")


class FitSkeleton:
    """Joints, 18 keypoints and 6 sole points of a body, without its mesh.

    The face rides rigidly on the head, as the soles do on the feet: within 1 to 3 mm of the skinned points, at a
    fraction of the work. What a fit returns comes from the body itself.
    """

    def __init__(self, body: Body):
        model = body.model
        ids = [body.vertex_ids[name] for name in (*FACE, *(name for name, _ in SOLES))]
        zero = torch.zeros(body.num_betas, device=body.device)
        self.body = body
        self.carriers = [joint("head")] * len(FACE) + [joint(name) for _, name in SOLES]
        self.joints = body.rest_joints(zero)
        eye = torch.eye(body.num_betas, device=body.device)
        self.joint_shapes = (body.rest_joints(eye) - self.joints).permute(1, 2, 0)  # (24, 3, B)
        self.points = model.v_template[ids].clone()
        # A heel or toe vertex may lie a little above the lowest skin of the foot: the soles are where the foot ends.
        self.points[len(FACE) :, 1] = model.v_template[:, 1].min()
        self.point_shapes = model.shapedirs[ids]  # (11, 3, B)
        low, high = model.v_template[:, 1].argmin(), model.v_template[:, 1].argmax()
        #: Standing height in metres is stature + stature_shapes . betas.
        self.stature = model.v_template[high, 1] - model.v_template[low, 1]
        self.stature_shapes = model.shapedirs[high, 1] - model.shapedirs[low, 1]

    def rest(self, betas: Tensor) -> tuple[Tensor, Tensor]:
        """betas (..., B) to the rest joints (..., 24, 3) and riding points (..., 11, 3), Y up."""
        return (
            self.joints + torch.einsum("...b,jcb->...jc", betas, self.joint_shapes),
            self.points + torch.einsum("...b,jcb->...jc", betas, self.point_shapes),
        )

    def pose(self, rotations: Tensor, rest: tuple[Tensor, Tensor], translation: Tensor) -> tuple[Tensor, ...]:
        """Joints (..., 24, 3), keypoints (..., 18, 3) and soles (..., 6, 3) in the world.

        rotations (..., 24, 3, 3) local, global first; rest as `rest` gives it, broadcast over the leading dims.
        """
        rest_joints, rest_points = rest
        turned, placed = forward_kinematics(rotations, rest_joints)
        arms = rest_points - rest_joints[..., self.carriers, :]
        points = (turned[..., self.carriers, :, :] @ arms.unsqueeze(-1)).squeeze(-1) + placed[..., self.carriers, :]
        joints, points = placed + translation.unsqueeze(-2), points + translation.unsqueeze(-2)
        neck = joints[..., [LEFT_SHOULDER, RIGHT_SHOULDER], :].mean(-2, keepdim=True)
        every = torch.cat([joints, points[..., : len(FACE), :], neck], -2)
        return joints, every[..., list(KEYPOINT_ROWS), :], points[..., len(FACE) :, :]
