# SPDX-License-Identifier: GPL-3.0-or-later
"""Run methods on 2D clips without a truth in space: how well what they lift fits what was seen."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import torch

from ..errors import UserError
from ..keypoints.anatomy import anatomy_of
from ..keypoints.clip import KeypointClip
from ..keypoints.resampling import resample
from ..subjects import subject_of_layout
from . import EvaluationError, benchmark, metrics
from .benchmark import FIGURES
from .methods import LiftedMotion, Method
from .windows import FPS, LENGTH


def first_window(clip: KeypointClip) -> KeypointClip:
    """The first 120 frames at 30 fps as the models' points. Raises UserError for a layout that lacks some."""
    clip = resample(clip, FPS).to_layout(subject_of_layout(clip.layout).layout)
    return clip.subclip(0, min(len(clip), LENGTH))


def score_2d(motion: LiftedMotion, clip: KeypointClip) -> dict[str, float | None]:
    """FIGURES of one lifted clip against its own points, those with a confidence only; None for all others.

    J2D counts from the first frame with both hips, J2D^C the frames with both; None where there are none. A point that
    is missing is put on the mid-hip in prediction and clip alike, where it adds nothing, and is not counted.
    """
    prediction = torch.as_tensor(motion.keypoints).detach().cpu().double()
    if prediction.shape[:2] != clip.present.shape or not prediction.isfinite().all():
        shape = (*clip.present.shape, 3)
        raise EvaluationError(
            f"expected finite keypoints {shape} for {clip.source}, got {tuple(prediction.shape)} or NaN"
        )
    pixels = motion.camera.to(device="cpu", dtype=torch.float64).project(prediction).numpy()
    figures: dict[str, float | None] = dict.fromkeys(FIGURES)
    anchored = np.flatnonzero(clip.present[:, list(anatomy_of(len(clip.present[0])).hips)].all(1))
    if not len(anchored):
        return figures
    width = clip.image_size[0] if clip.image_size else metrics.CANVAS_WIDTH
    for figure, frames, measure in (
        ("j2d_px", slice(anchored[0], None), metrics.j2d_px),
        ("j2d_c_px", anchored, metrics.j2d_c_px),
    ):
        seen, predicted, points = clip.present[frames], pixels[frames], clip.points[frames]
        first = slice(0, 1) if figure == "j2d_px" else slice(None)
        predicted = np.where(seen[..., None], predicted, metrics.mid_hip(predicted)[first])
        points = np.where(seen[..., None], points, metrics.mid_hip(points)[first])
        figures[figure] = measure(predicted, points, width) * seen.size / seen.sum()
    return figures


def run_2d(
    clips: list[KeypointClip],
    methods: dict[str, Method],
    progress: Callable[[int, int, str], None] = lambda done, total, name: None,
    keep: Callable[[str, KeypointClip, LiftedMotion], None] = lambda method, clip, motion: None,
) -> dict:
    """Lift the first window of every clip by every method. Returns what `benchmark.run` does, None for truth's.

    Neither focal length nor height is told. A clip that one method cannot lift is left out for all, and its reason is
    under "left_out". progress(done, total, name) after each lift; keep(method, clip, motion) is given every lifted
    motion. Raises EvaluationError where no clip is left.
    """
    rows, left_out = [], []
    for number, whole in enumerate(clips):
        try:
            clip, lifted = first_window(whole), []
            for place, (name, method) in enumerate(methods.items()):
                started = time.perf_counter()
                motion = method(clip, None, None)
                lifted.append((name, motion, time.perf_counter() - started))
                progress(number * len(methods) + place + 1, len(clips) * len(methods), f"{name} {clip.source}")
        except UserError as error:
            left_out.append(f"{whole.source}: {error}")
            continue
        for name, motion, seconds in lifted:
            keep(name, clip, motion)
            about = {"method": name, "window": clip.source, "frames": len(clip), "root_travel_m": None, "travels": None}
            rows.append({**about, **score_2d(motion, clip), "seconds": seconds})
    if not rows:
        raise EvaluationError(f"expected at least one clip that can be lifted; the first cannot: {left_out[0]}")
    settings = {"camera": "own", "noise": "own", "height": "unknown", "focal": "unknown", "seed": 0, "truth": False}
    table = [_summarise(name, [row for row in rows if row["method"] == name]) for name in methods]
    return {"settings": settings, "rows": table, "clips": rows, "left_out": left_out}


def _summarise(method: str, clips: list[dict]) -> dict:
    """benchmark.summarise's row; without a truth, nobody knows which clips travel."""
    return {**benchmark.summarise(method, clips), "travel_windows": None}
