# SPDX-License-Identifier: GPL-3.0-or-later
"""A few vertices of a body, posed without the rest of its mesh."""

import torch


class SkinnedPoints:
    """P vertices of a body of J joints and B betas, and what moves them.

    template (P, 3); shapes (P, 3, B); poses (9 (J - 1), 3P): per unit of the pose feature R - I; weights (P, J).
    """

    def __init__(self, template: torch.Tensor, shapes: torch.Tensor, poses: torch.Tensor, weights: torch.Tensor):
        self.template, self.shapes, self.poses, self.weights = template, shapes, poses, weights

    @classmethod
    def of(cls, model: torch.nn.Module, vertices: list[int]) -> "SkinnedPoints":
        """The vertices of these indices of a model with smplx's names for its fields."""
        at = torch.tensor(vertices, dtype=torch.long, device=model.v_template.device)
        poses = model.posedirs.reshape(model.posedirs.shape[0], -1, 3)[:, at].flatten(1)
        return cls(model.v_template[at], model.shapedirs[at], poses, model.lbs_weights[at])

    def __call__(self, rotations, betas, rest, turned, placed) -> torch.Tensor:
        """(N, P, 3) the points without the translation.

        rotations (N, J, 3, 3) local; betas (N, B); rest (N, J, 3) the rest joints; turned (N, J, 3, 3) and placed
        (N, J, 3) the joints' world rotations and positions. Differentiable in all arguments.
        """
        feature = rotations[:, 1:] - torch.eye(3, dtype=rotations.dtype, device=rotations.device)
        points = self.template + torch.einsum("nb,vcb->nvc", betas, self.shapes)
        points = points + (feature.flatten(1) @ self.poses).view(len(rotations), -1, 3)
        # skinning: each joint carries a point p to turned (p - rest) + placed
        shift = placed - (turned @ rest.unsqueeze(-1)).squeeze(-1)
        turn = torch.einsum("vj,njab->nvab", self.weights, turned)
        return (turn @ points.unsqueeze(-1)).squeeze(-1) + torch.einsum("vj,nja->nva", self.weights, shift)
