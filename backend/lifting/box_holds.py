# SPDX-License-Identifier: GPL-3.0-or-later
"""When a box is in somebody's hands and when it rests, from smooth points: a box that moves is moved by hands."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import normalize

from ..keypoints.anatomy import HUMAN
from .box_pose import corners, in_box, to_surface

#: Palms lie so far beyond the wrist along the forearm, metres.
PALM = 0.09
_WRISTS = [HUMAN.index(f"{side}_wrist") for side in ("left", "right")]
_ELBOWS = [HUMAN.index(f"{side}_elbow") for side in ("left", "right")]
_ANKLES = [HUMAN.index(f"{side}_ankle") for side in ("left", "right")]
_ANKLE_HEIGHT = 0.08
#: Metres a second of a box's corners, on average: slower ones rest; seconds over which a speed is taken. Noise of 50 mm
#: leaves about half of that speed.
STILL, STEADY = 0.18, 0.25
#: Metres from the surface to a palm that holds a box which moves, and one which does not; how fast it slides.
NEAR_MOVING, NEAR_STILL, ALIKE = 0.22, 0.12, 0.35
#: A lowest corner so near to the floor, in metres, that rises or falls no faster, in metres a second, stands on it.
LOW, LEVEL = 0.08, 0.12
_SHORTEST = 0.2  # seconds: what is shorter is chance


@dataclass(frozen=True)
class Holds:
    """held (N, S, 2): how surely the left and the right palm hold the box; rests, low (N, S): whether it rests, and
    whether it stands on the floor, moving or not; all 0 to 1."""

    held: Tensor
    rests: Tensor
    low: Tensor


def find_holds(person: Tensor, rotation: Tensor, translation: Tensor, size: Tensor, fps: float) -> Holds:
    """Holds of a person's smooth points (N, S, 18, 3), world, Z up, metres, and boxes with rotation (N, S, 3, 3),
    centre (N, S, 3) and edges (N, 3), at ``fps`` moments a second."""
    size = size[:, None]
    moving = _speed(corners(rotation, translation, size), fps).mean(-1)
    slow = torch.sigmoid((STILL - moving) / (0.15 * STILL))
    wrists = person[..., _WRISTS, :]
    palms = wrists + PALM * normalize(wrists - person[..., _ELBOWS, :], dim=-1, eps=1e-9)
    inside = in_box(palms, rotation, translation)
    # A wrist may be nearer than where the palm is guessed: hands bend.
    sites = torch.stack([inside, in_box(wrists, rotation, translation)])
    distance = to_surface(sites, size[:, :, None]).abs().amin(0)
    reach = NEAR_STILL + (NEAR_MOVING - NEAR_STILL) * (1 - slow[..., None])
    near = torch.sigmoid((reach - distance) / 0.02)
    alike = torch.sigmoid((ALIKE - _speed(inside, fps)) / (0.15 * ALIKE))
    held = near * alike
    held = held * _of_those_that_move(held > 0.5, slow < 0.5, fps).to(held)
    height = corners(rotation, translation, size)[..., 2].amin(-1)
    floor = person[..., _ANKLES, 2].flatten(1).quantile(0.08, dim=1) - _ANKLE_HEIGHT
    low = torch.sigmoid((LOW - (height - floor[:, None])) / (0.15 * LOW))
    low = low * torch.sigmoid((LEVEL - _rate(height, fps).abs()) / (0.15 * LEVEL))
    return Holds(held, slow * torch.maximum(low, 1 - held.amax(-1)), low)


def _speed(points: Tensor, fps: float) -> Tensor:
    """Speeds (N, S, P) in metres a second of points (N, S, P, 3)."""
    return _rate(points, fps).norm(dim=-1)


def _rate(values: Tensor, fps: float) -> Tensor:
    """By how much values (N, S, ...) change a second, over a fourth of one: noise goes to and fro, movement does not.

    The first and last moments, whose noise nothing averages, have their neighbours' rates.
    """
    half = min(max(round(STEADY * fps / 2), 1), (values.shape[1] - 1) // 2)
    if half < 1:
        return torch.zeros_like(values)
    inner = (values[:, 2 * half :] - values[:, : -2 * half]) * (fps / (2 * half))
    inner = (inner[:, _shifted(inner, -1)] + inner + inner[:, _shifted(inner, 1)]) / 3
    at = torch.arange(values.shape[1]).clamp(2 * half, max(values.shape[1] - 1 - 2 * half, 2 * half)) - half
    return inner[:, at.clamp(max=inner.shape[1] - 1)]


def _shifted(values: Tensor, by: int) -> Tensor:
    return (torch.arange(values.shape[1]) + by).clamp(0, values.shape[1] - 1)


def _of_those_that_move(touches: Tensor, moving: Tensor, fps: float) -> Tensor:
    """1 in those spells of touches (N, S, 2) in which the box moves at some time, moving (N, S); 0 elsewhere.

    A hand that hangs beside a box which stays where it is does not hold it.
    """
    kept = torch.zeros(touches.shape)
    touches, moving = touches.cpu().numpy(), moving.cpu().numpy()
    for window in range(len(touches)):
        for side in range(2):
            for start, stop in spells(touches[window, :, side]):
                if moving[window, start:stop].any() and (stop - start) / fps >= _SHORTEST:
                    kept[window, start:stop, side] = 1
    return kept


def spells(on: np.ndarray) -> list[tuple[int, int]]:
    """The (start, stop) of every run of true values in (T,) bool."""
    edges = np.flatnonzero(np.diff(np.r_[False, on, False].astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
