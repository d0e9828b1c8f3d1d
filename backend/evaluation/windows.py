# SPDX-License-Identifier: GPL-3.0-or-later
"""The windows of held-out motion capture that an evaluation runs on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from ..bodies.smal import load_quadruped
from ..diffusion.canonical import LIMB_METRES, MODEL_FPS, limb_lengths, limb_sum
from ..keypoints.anatomy import HUMAN, QUADRUPED, anatomy_of
from ..lifting.body_shape import bone_lengths, fit_shape
from ..lifting.fit_skeleton import FitSkeleton
from ..lifting.fitting import enlargement
from ..lifting.rigs import rig_of
from ..training.mocap import choose_clips, read_mocap
from . import EvaluationError
from .metrics import root_travel_m

FPS = MODEL_FPS
LENGTH = 120
SHORTEST = 45

#: Further than this from its first place, metres, and a window counts as travelling.
TRAVEL_M = 0.5

# Ankles and shoulders stand at 3.9 and 81.8 % of the stature (Drillis and Contini 1966).
_ANKLES_TO_SHOULDERS = 0.818 - 0.039


@dataclass(frozen=True)
class Window:
    """The truth of one window: keypoints (T, K, 3) float64, metres, Z up, at 30 fps; the subject's standing height, an
    animal's at the withers; the edges in metres of a box, where there is one."""

    name: str
    keypoints: np.ndarray
    height_m: float
    clip: str = ""  #: the name of the clip that it is a part of, where it is not the clip's
    box_size: tuple[float, float, float] | None = None

    @property
    def seconds(self) -> float:
        return len(self.keypoints) / FPS

    @property
    def travels(self) -> bool:
        return root_travel_m(self.keypoints) > TRAVEL_M


def standing_height(joints: dict[str, np.ndarray]) -> float:
    """Stature in metres from the lengths of legs and trunk, whatever the pose.

    joints: hips, knees, ankles and shoulders (left_hip, ...), each (..., 3) metres; over several frames, medians.
    """

    def length(start: np.ndarray, end: np.ndarray) -> float:
        return float(np.median(np.linalg.norm(end - start, axis=-1)))

    legs = [
        length(joints[f"{side}_{upper}"], joints[f"{side}_{lower}"])
        for side in ("left", "right")
        for upper, lower in (("hip", "knee"), ("knee", "ankle"))
    ]
    hips, shoulders = ((joints[f"left_{pair}"] + joints[f"right_{pair}"]) / 2 for pair in ("hip", "shoulder"))
    return (sum(legs) / 2 + length(hips, shoulders)) / _ANKLES_TO_SHOULDERS


def withers_height(keypoints: np.ndarray) -> float:
    """The standing height of a quadruped's withers in metres, of keypoints (T, 17, 3), whatever it does in them.

    It is the height of our body with the bones that the truth has: nobody measures an animal that never stands.
    """
    body = load_quadruped()
    points = torch.as_tensor(keypoints, dtype=torch.float32)[None]
    scale = LIMB_METRES / limb_sum(limb_lengths(points)).median()
    lengths = bone_lengths(points * scale, torch.ones_like(points[..., 0]))
    betas = fit_shape(lengths, FitSkeleton(body, rig_of(body), enlargement(body)))[0]
    return float(body.stature(betas) * enlargement(body) / scale)


def read_windows(path: Path) -> list[Window]:
    """What of one clip is measured, whatever its length: the first window of a person's, as in MVLift's release; of an
    animal's, or of a person's with a box, of which there are few, every window, one after the other. Raises the
    reader's own error."""
    clip = read_mocap(path)
    keypoints = np.asarray(clip.keypoints, np.float64)
    figure = anatomy_of(keypoints.shape[1])
    if figure is HUMAN:
        return [Window(clip.name, keypoints[:LENGTH], _person_height(path, keypoints[:LENGTH]))]
    height = withers_height(keypoints) if figure is QUADRUPED else _person_height(path, keypoints)
    size = None if clip.box_size is None else tuple(float(edge) for edge in clip.box_size)
    starts = range(0, max(len(keypoints) - SHORTEST, 0) + 1, LENGTH)
    return [
        Window(f"{clip.name}_{start:04d}", keypoints[start : start + LENGTH], height, clip.name, size)
        for start in starts
    ]


def _person_height(path: Path, keypoints: np.ndarray) -> float:
    """Standing height from the clip's rest pose, in which the back is straight; without one, from keypoints
    (T, 18 or more, 3)."""
    with np.load(path, allow_pickle=False) as data:
        names = data["names"].tolist()
        if "rest" in data.files and data["rest"].shape == (len(names), 3):
            joints = dict(zip(names, np.asarray(data["rest"], np.float64), strict=True))
        else:
            joints = dict(zip(HUMAN.layout.names, keypoints[:, : len(HUMAN)].transpose(1, 0, 2), strict=True))
    return standing_height(joints)


def load_windows(folder: Path, limit: int | None = None, only: str | None = None) -> list[Window]:
    """The first 120 frames of every clip in a folder, in name order; clips of 45 to 119 frames whole, shorter ones not.

    Of animals' clips, and of people's with a box, all windows are taken, see `read_windows`. limit keeps that many
    windows, spread evenly over the folder; only: patterns of clips' names, such as '05_*,02_07'. Raises
    EvaluationError, or the reader's own error.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise EvaluationError(f"expected a folder of motion capture clips (.npz), got {str(folder)!r}, which is none")
    if limit is not None and limit < 1:
        raise EvaluationError(f"expected to keep at least one window, got a limit of {limit}")
    paths = sorted(folder.glob("*.npz"))
    if not paths:
        raise EvaluationError(f"expected motion capture clips (.npz) in {str(folder)!r}, found none")
    paths = choose_clips(paths, only)
    windows = [window for path in paths for window in read_windows(path) if len(window.keypoints) >= SHORTEST]
    if not windows:
        raise EvaluationError(
            f"expected clips of at least {SHORTEST} frames at {FPS:g} fps in {str(folder)!r}, found only shorter ones"
        )
    return evenly(windows, limit)


def evenly(items: list, limit: int | None) -> list:
    """``limit`` of the items, from the first to the last; all of them for None, or where there are no more."""
    if limit is None or limit >= len(items):
        return items
    return [items[index] for index in np.linspace(0, len(items) - 1, limit).round().astype(int)]
