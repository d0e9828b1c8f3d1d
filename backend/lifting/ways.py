# SPDX-License-Identifier: GPL-3.0-or-later
"""One clip asked about in several ways, whose answers are averaged: led in by its own first frames turned round, so
that it does not begin at the edge of a window, by more or fewer frames, so that other frames share a token, and
backwards.

Measured on made motions of unseen people with boxes (31 windows): PA-MPJPE of stage 4's points 43.9 mm instead of 44.5;
on people alone nothing (76.7 instead of 76.3).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn.functional import normalize

from .input_view import InputView
from .space import SpacePoints


@dataclass(frozen=True)
class Way:
    """lead: frames before the first and after the last; backwards: the last frame first."""

    lead: int
    backwards: bool

    def ask(self, of_frames: Tensor) -> Tensor:
        """What is known of frames (T, ...) as it is asked about (T + 2 leads, ...)."""
        lead = self._fitting(len(of_frames))
        before, after = of_frames[1 : lead + 1].flip(0), of_frames[len(of_frames) - 1 - lead : -1].flip(0)
        led = torch.cat([before, of_frames, after])
        return led.flip(0) if self.backwards else led

    def answer(self, of_frames: Tensor, frames: int) -> Tensor:
        """What was found (T + 2 leads, ...) of the clip's own frames (T, ...)."""
        forwards = of_frames.flip(0) if self.backwards else of_frames
        lead = self._fitting(frames)
        return forwards[lead : lead + frames]

    def _fitting(self, frames: int) -> int:
        return min(self.lead, frames - 1)


WAYS = (Way(8, False), Way(10, False), Way(8, True), Way(10, True))


def in_several_ways(view: InputView, lift: Callable[[InputView], SpacePoints]) -> SpacePoints:
    """The mean of what ``lift`` makes of a view asked about in each of the ways."""
    answers = [(way, lift(replace(view, rays=way.ask(view.rays), weight=way.ask(view.weight)))) for way in WAYS]
    points = [way.answer(space.points, len(view.rays)) for way, space in answers]
    up = normalize(torch.stack([space.up for _, space in answers]).mean(0), dim=-1)
    return SpacePoints(torch.stack(points).mean(0), up)
