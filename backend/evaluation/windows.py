# SPDX-License-Identifier: GPL-3.0-or-later
"""The windows of held-out motion capture that an evaluation runs on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..keypoints.layouts import get_layout
from ..training.mocap import read_mocap
from . import EvaluationError
from .metrics import mid_hip, root_travel_m

FPS = 30.0
LENGTH = 120
SHORTEST = 45

#: Further than this from its first place, metres, and a window counts as travelling.
TRAVEL_M = 0.5

# Ankles and eyes stand at 3.9 and 93.6 % of the stature (Drillis and Contini 1966).
_ANKLES_TO_EYES = 0.936 - 0.039


@dataclass(frozen=True)
class Window:
    """The truth of one window: keypoints (T, 18, 3) float64, metres, Z up, at 30 fps."""

    name: str
    keypoints: np.ndarray

    @property
    def seconds(self) -> float:
        return len(self.keypoints) / FPS

    @property
    def travels(self) -> bool:
        return root_travel_m(self.keypoints) > TRAVEL_M

    @property
    def height_m(self) -> float:
        """The subject's standing height: from the lengths of the body's parts, whatever the pose in the window."""
        at = {name: self.keypoints[:, index] for index, name in enumerate(get_layout("openpose18").names)}
        legs = np.mean(
            [
                _length(at[f"{side}_{upper}"], at[f"{side}_{lower}"])
                for side in ("left", "right")
                for upper, lower in (("hip", "knee"), ("knee", "ankle"))
            ]
        )
        back = _length(mid_hip(self.keypoints)[:, 0], at["neck"])
        head = _length(at["neck"], (at["left_eye"] + at["right_eye"]) / 2)
        return float((2 * legs + back + head) / _ANKLES_TO_EYES)


def _length(start: np.ndarray, end: np.ndarray) -> float:
    # The back bends and so looks shorter at times; the straightest moments of the window tell its length.
    return float(np.percentile(np.linalg.norm(end - start, axis=-1), 90))


def load_windows(folder: Path, limit: int | None = None) -> list[Window]:
    """The first 120 frames of every clip in a folder, in name order; clips of 45 to 119 frames whole, shorter ones not.

    limit keeps that many windows, spread evenly over the folder. Raises EvaluationError, or the reader's own error.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise EvaluationError(f"expected a folder of motion capture clips (.npz), got {str(folder)!r}, which is none")
    if limit is not None and limit < 1:
        raise EvaluationError(f"expected to keep at least one window, got a limit of {limit}")
    paths = sorted(folder.glob("*.npz"))
    if not paths:
        raise EvaluationError(f"expected motion capture clips (.npz) in {str(folder)!r}, found none")
    clips = [read_mocap(path) for path in paths]
    windows = [
        Window(clip.name, np.asarray(clip.keypoints[:LENGTH], np.float64))
        for clip in clips
        if len(clip.keypoints) >= SHORTEST
    ]
    if not windows:
        raise EvaluationError(
            f"expected clips of at least {SHORTEST} frames at {FPS:g} fps in {str(folder)!r}, found only shorter ones"
        )
    if limit is not None and limit < len(windows):
        windows = [windows[index] for index in np.linspace(0, len(windows) - 1, limit).round().astype(int)]
    return windows
