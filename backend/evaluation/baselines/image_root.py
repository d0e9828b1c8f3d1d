# SPDX-License-Identifier: GPL-3.0-or-later
"""The root's path by where, and how large, a posed body appears in the image: for lifters whose answer has none."""

from __future__ import annotations

import numpy as np
import torch
from scipy.linalg import solveh_banded
from torch import Tensor

#: Of the second differences' squares against the data's: changes slower than one a second are kept (half at 1 Hz).
SMOOTHNESS = 500.0
FEWEST = 3  # points in a frame that tell where and how large somebody appears
DEPTHS = (0.3, 300.0)  # metres that are believed


def image_root(pose: Tensor, rays: Tensor, weight: Tensor) -> Tensor:
    """The root's path (T, 3) in the camera's frame, metres, of keypoints about it.

    pose (T, K, 3) metres in the camera's frame; rays (T, K, 2): x / z, y / z of where the points appear, finite;
    weight (T, K), 0 where a point is missing. A point at P about a root at depth Z on the ray r appears at

        u = r + s q,   s = 1 / Z,   q = (Px, Py) - u Pz,

    without approximation: r and s are the line through (q, u), by weighted least squares in each frame. That is the
    depth at which the pose reprojects best. The depth is then smoothed over time, and found from the frames around
    where too few points are seen.
    """
    u, p, w = (each.cpu().double() for each in (rays, pose, weight))
    few = (w > 0).sum(-1, keepdim=True) < FEWEST
    q = p[..., :2] - u * p[..., 2:]

    def mean(values: Tensor, share: Tensor) -> Tensor:
        return (values * share[..., None]).sum(1) / share.sum(1, keepdim=True).clamp_min(1e-12)

    w = torch.where(few, torch.ones_like(w), w)  # nobody is seen: where they were and will be says at least the ray
    middle_u, middle_q = mean(u, w), mean(q, w)
    du, dq = u - middle_u[:, None], q - middle_q[:, None]
    certain = torch.where(few, torch.zeros_like(w), w)
    along, size = ((each * certain[..., None]).sum((1, 2)) for each in (du * dq, dq * dq))
    depth = torch.as_tensor(_depth(along.numpy(), size.numpy()))[:, None]
    root = torch.cat([middle_u * depth - middle_q, depth], -1)
    return root.to(pose)


def _depth(along: np.ndarray, size: np.ndarray) -> np.ndarray:
    """The smooth depth (T,) whose inverse s comes near along / size where size (T,) is large.

    Smooth is who moves evenly, so it is the depth that is smoothed and not s; but s is what the image tells with equal
    noise. A smooth s comes first, and the depth by one step of Gauss and Newton from there.
    """
    first = 1 / _smooth(along, size).clip(1 / DEPTHS[1], 1 / DEPTHS[0])
    return _smooth(2 * size / first**3 - along / first**2, size / first**4).clip(*DEPTHS)


def _smooth(pull: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """The x (T,) least in sum(weight x^2 - 2 pull x) + SMOOTHNESS * sum((second differences of x)^2), weights of mean
    1: straight lines remain, and bridge gaps."""
    frames = len(weight)
    scale = max(float(weight.mean()), 1e-12)
    pull, weight = pull / scale, weight / scale + 1e-9
    if frames < 3:
        return pull / weight
    stencil = np.array([1.0, -2.0, 1.0])
    bands = np.zeros((3, frames))  # as solveh_banded takes a symmetric matrix: the diagonal last
    bands[2] = weight
    for first in range(3):
        for second in range(first, 3):
            bands[2 - (second - first), second : frames - 2 + second] += SMOOTHNESS * stencil[first] * stencil[second]
    return solveh_banded(bands, pull)
