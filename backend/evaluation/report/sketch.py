# SPDX-License-Identifier: GPL-3.0-or-later
"""The little of a motion that the report's drawings need, small enough for a JSON file."""

from __future__ import annotations

import numpy as np
import torch

from ..filming import Film
from ..methods import LiftedMotion
from ..metrics import align_first_frame, mid_hip
from ..windows import Window

ROOT_EVERY = 3  # frames: ten places a second are enough for a path
MOMENTS = 5
_DIGITS = 3  # millimetres


def sketch_truth(window: Window, film: Film) -> dict:
    """root (N, 3) about its first place and figures (MOMENTS, K, 3) about the mid-hip, metres, Z up; looking (2,):
    where the camera looks on the ground plane, of length 1."""
    centred = window.keypoints - mid_hip(window.keypoints[0])
    looking = film.camera.forward.reshape(-1, 3)[0, :2].double().numpy()
    return {**_sketch(centred), "looking": _rounded(looking / max(np.linalg.norm(looking), 1e-9))}


def sketch_lifted(motion: LiftedMotion, window: Window) -> dict:
    """As sketch_truth's root and figures, the lifted motion turned so that its hips face as the truth's do at first."""
    lifted = torch.as_tensor(motion.keypoints).detach().cpu().double().numpy()
    return _sketch(align_first_frame(window.keypoints, lifted)[1])


def moments(frames: int) -> np.ndarray:
    """The frames (MOMENTS,) that figures are kept of, evenly from the first to the last."""
    return np.linspace(0, frames - 1, MOMENTS).round().astype(int)


def _sketch(keypoints: np.ndarray) -> dict:
    kept = keypoints[moments(len(keypoints))]
    return {"root": _rounded(mid_hip(keypoints)[::ROOT_EVERY, 0]), "figures": _rounded(kept - mid_hip(kept))}


def _rounded(values: np.ndarray) -> list:
    return np.round(values, _DIGITS).tolist()
