# SPDX-License-Identifier: GPL-3.0-or-later
"""The multi-view denoiser asked twice, the second time in a mirror, and the mean of both answers.

A subject is as likely seen in a mirror as not (the training mirrors half of all clips), so a perfect denoiser would
answer a mirrored question with the mirrored answer. What a trained one adds to that is error, of which the mean keeps
less.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ..keypoints.anatomy import anatomy_of


def mirror_points(points: Tensor) -> Tensor:
    """Images ``(..., K, 2)`` in canonical coordinates as a mirror shows them: left is right."""
    return points[..., _mirror(points.shape[-2]), :] * points.new_tensor([-1.0, 1.0])


def _mirror(count: int) -> list[int]:
    return list(anatomy_of(count).mirror)


def symmetric_multiview(network: Callable[..., tuple[Tensor, Tensor]]) -> Callable[..., tuple[Tensor, Tensor]]:
    """A multi-view denoiser (`MultiviewDenoiser.forward`) as the mean of its answer and the mirrored one.

    In the mirror the views come in the opposite order around the subject, and the camera rolls the other way.
    """

    def answer(
        noisy: Tensor, level: Tensor, given: Tensor, seen: Tensor, nearness: Tensor, present: Tensor
    ) -> tuple[Tensor, Tensor]:
        clean, tilt = network(
            torch.cat([noisy, _mirror_views(noisy)]), level.repeat(2), torch.cat([given, mirror_points(given)]),
            torch.cat([seen, seen[..., _mirror(seen.shape[-1])]]), nearness.repeat(2), present.repeat(2, 1),
        )  # fmt: skip
        plain, mirrored = clean.chunk(2)
        tilt, turned = tilt.chunk(2)
        return (plain + _mirror_views(mirrored)) / 2, (tilt + turned * tilt.new_tensor([1.0, -1.0])) / 2

    return answer


def _mirror_views(views: Tensor) -> Tensor:
    """Views ``(B, V, T, K, 2)`` at evenly spaced azimuths, without the input's."""
    return mirror_points(views.flip(1))
