# SPDX-License-Identifier: GPL-3.0-or-later
"""The one floor on which several people stand before one camera, and how large each must be for that.

One camera cannot tell a small person from one who is nearer. But feet that stand are on the floor: somebody thought too
large is thought too far away, and would stand below it. Which way is up, how high the floor is and by how much each
person's size was off is what together explains the feet best, given how well each was known before.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from .floor import MEMORY, ROUNDS, STEEPEST, standing, standing_feet

#: How far a size is off, as a part of it: where the height is given, and where everybody is as tall as the body's mean.
GIVEN_ERROR, ASSUMED_ERROR = 0.01, 0.04
#: Radians that the guess of what is level is off by, and metres that standing feet are off the floor: much of that
#: lasts as long as the clip, so that many frames tell little more than one. Chosen, as the two above, on ten pairs of
#: motion capture (benchmarks/two_people.py --seed 1): with `floor`'s, which are for one person's walk, people are a
#: fifth farther off.
ROLL_ERROR, PITCH_ERROR, HEIGHT_ERROR = 0.04, 0.1, 0.2
LOWEST_CAMERA = 0.3  #: metres above the floor: lower ones do not see from the feet how far away somebody is
MOST = 0.3  #: part of a size; who would have to change by more does not stand on the others' floor


@dataclass(frozen=True)
class SharedFloor:
    """normal (3,): the floor's up direction in the given world. sizes (N,): factors of the people's sizes, and so of
    their distances from the camera. on_it (N,): False for those who do not stand on the common floor."""

    normal: Tensor
    sizes: Tensor
    on_it: tuple[bool, ...]


def shared_floor(people: Sequence[Tensor], errors: Sequence[float]) -> SharedFloor:
    """The floor under N people (T, K, 3) each, at `MODEL_FPS`, of a world in which Z is roughly up and the camera that
    filmed them stands at the origin, looking along +Y. errors: by which part of it each one's size may be off."""
    feet = [standing_feet(points) for points in people]
    on_it = [True] * len(feet)
    while True:
        normal, logs = _solve(feet, errors, on_it)
        away = _away([logs[person].exp() * each for person, each in enumerate(feet)], normal, on_it) + logs
        standing_there = [person for person, here in enumerate(on_it) if here]
        # Of two who cannot stand on one floor, one stands on something: nobody stands in the ground.
        highest = max(standing_there, key=lambda person: float(away[person]))
        lowest = min(standing_there, key=lambda person: float(away[person]))
        if float(away[highest] - away[lowest]) <= MOST:
            return SharedFloor(normal, logs.exp(), tuple(on_it))
        on_it[highest] = False


def _away(feet: list[Tensor], normal: Tensor, on_it: list[bool]) -> Tensor:
    """The logarithms (N,) of the factors by which people would have to grow about the camera to stand as low as the
    others; 0 for those of whom no foot stands."""
    levels = []
    for ankles in feet:
        weight = standing(ankles, normal).to(ankles)
        depth = (-(weight * (ankles @ normal.to(ankles))).sum() / weight.sum()).clamp_min(LOWEST_CAMERA)
        levels.append(depth.log() if float(weight.sum()) > 1e-3 else depth * torch.nan)
    levels = torch.stack(levels)
    known = levels[torch.tensor(on_it, device=levels.device)].nanmedian()
    return (known - levels).nan_to_num()


def _solve(feet: list[Tensor], errors: Sequence[float], on_it: list[bool]) -> tuple[Tensor, Tensor]:
    """The normal (3,) and the logarithms (N,) of the sizes: Gauss-Newton, the feet that stand judged anew each time."""
    count = len(feet)
    kind = torch.float32 if feet[0].device.type == "mps" else torch.float64  # Apple's GPUs know no double precision
    feet = [each.to(kind) for each in feet]
    spread = torch.tensor([ROLL_ERROR, PITCH_ERROR, 1e3, *errors], dtype=kind, device=feet[0].device)
    found = torch.zeros(3 + count, dtype=kind, device=feet[0].device)  # slopes along x and y, height, logarithms
    for _ in range(2 * ROUNDS):
        normal = F.normalize(torch.stack([-found[0], -found[1], torch.ones_like(found[0])]), dim=0)
        rows, errors_now = [torch.diag(1 / spread)], [-found / spread]
        for person, (ankles, here) in enumerate(zip(feet, on_it, strict=True)):
            weight = standing(ankles, normal).to(kind).flatten() * here / MEMORY
            placed = (found[3 + person].exp() * ankles).flatten(0, 1)
            above = placed[:, 2] - placed[:, :2] @ found[:2]
            row = torch.zeros(len(placed), len(found), dtype=kind, device=placed.device)
            row[:, :2], row[:, 2], row[:, 3 + person] = placed[:, :2], 1.0, -above
            scale = weight.sqrt()[:, None] / HEIGHT_ERROR
            rows.append(scale * row)
            errors_now.append(scale[:, 0] * (above - found[2]))
        matrix, error = torch.cat(rows), torch.cat(errors_now)
        found = found + torch.linalg.solve(matrix.T @ matrix, matrix.T @ error)
        found[:2] = found[:2].clamp(-STEEPEST, STEEPEST)
        found[3:] = found[3:].clamp(-1.0, 1.0)
    normal = F.normalize(torch.stack([-found[0], -found[1], torch.ones_like(found[0])]), dim=0)
    return normal.float(), found[3:].float()
