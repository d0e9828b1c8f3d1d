# SPDX-License-Identifier: GPL-3.0-or-later
"""Run methods on the same filmed windows and score them against the truth."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

import numpy as np
import torch

from ..keypoints.anatomy import HUMAN, HUMAN_BOX, anatomy_of
from ..keypoints.clip import KeypointClip
from . import EvaluationError, metrics
from .filming import Film, film, generator_for
from .methods import LiftedMotion, Method
from .noise import detect
from .windows import FPS, Window


@dataclass(frozen=True)
class Conditions:
    """How the windows are filmed and what the methods are told."""

    camera: str = "paper"
    noise: str = "none"
    height: str = "unknown"
    focal: str = "given"
    seed: int = 0
    box_size: str = "given"


#: The figures of one window, averaged for a method's row. Those with "view" in their name turn the truth by the two
#: cameras' directions; the others by the hips' in the first frame, as the published method is measured.
FIGURES = (
    "mpjpe_mm", "pa_mpjpe_mm", "pa_mpjpe_frame_mm", "t_root_mm", "t_root_axis_mm", "j2d_px", "j2d_c_px",
    "mpjpe_view_mm", "t_root_view_mm",
)  # fmt: skip
#: Those of a window with a box besides: of the box by the same alignment, and of all by the paper's.
BOX_FIGURES = (
    "t_root_object_mm", "o_mpjpe_mm", "mpjpe_paper_mm", "t_root_paper_mm", "t_root_object_paper_mm", "o_mpjpe_paper_mm",
)  # fmt: skip


def observe(window: Window, conditions: Conditions) -> tuple[Film, KeypointClip]:
    """The clean film of a window, and the clip that the methods get. The same for every method and every run."""
    clean = film(window.keypoints, conditions.camera, generator_for(conditions.seed, window.name, "camera"))
    points, confidence = clean.pixels, clean.confidence
    if conditions.noise == "detector":
        points, confidence = detect(points, confidence, generator_for(conditions.seed, window.name, "noise"), FPS)
    layout = anatomy_of(points.shape[1]).layout.name
    return clean, KeypointClip(points, confidence, FPS, clean.image_size, layout, source=window.name)


def score(motion: LiftedMotion, window: Window, clean: Film) -> dict[str, float]:
    """FIGURES of one lifted window, with a box BOX_FIGURES too; the image errors against the clean film, not against
    the detector's. Of a person with a box, FIGURES are of the person's points."""
    prediction = torch.as_tensor(motion.keypoints).detach().cpu().double().numpy()
    if prediction.shape != window.keypoints.shape or not np.isfinite(prediction).all():
        raise EvaluationError(
            f"expected finite keypoints {window.keypoints.shape} for {window.name}, got {prediction.shape} or NaN"
        )
    of_box = box_figures(prediction, window.keypoints) if prediction.shape[1] == len(HUMAN_BOX) else {}
    true, true_pixels = window.keypoints, clean.pixels
    if of_box:
        prediction, true, true_pixels = (each[:, : len(HUMAN)] for each in (prediction, true, true_pixels))
    camera = motion.camera.to(device="cpu", dtype=torch.float64)
    pixels = camera.project(torch.from_numpy(prediction)).numpy()
    directions = (each.forward.reshape(-1, 3)[0].numpy() for each in (camera, clean.camera))
    seen, seen_truth = metrics.align_by_camera(prediction, true, *directions)
    prediction, truth = metrics.align_first_frame(prediction, true)
    width = clean.image_size[0]
    return {
        "mpjpe_mm": metrics.mpjpe_mm(prediction, truth),
        "pa_mpjpe_mm": metrics.pa_mpjpe_mm(prediction, truth),
        "pa_mpjpe_frame_mm": metrics.pa_mpjpe_frame_mm(prediction, truth),
        "t_root_mm": metrics.t_root_mm(prediction, truth),
        "t_root_axis_mm": metrics.t_root_axis_mm(prediction, truth),
        "j2d_px": metrics.j2d_px(pixels, true_pixels, width),
        "j2d_c_px": metrics.j2d_c_px(pixels, true_pixels, width),
        "mpjpe_view_mm": metrics.mpjpe_mm(seen, seen_truth),
        "t_root_view_mm": metrics.t_root_mm(seen, seen_truth),
        **of_box,
    }


def box_figures(prediction: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """BOX_FIGURES of a person with a box, (T, 23, 3) metres each."""
    people = len(HUMAN)
    aligned, turned = metrics.align_first_frame(prediction, truth)
    scaled, centred = metrics.align_as_published(prediction, truth, people)
    return {
        "t_root_object_mm": metrics.t_root_object_mm(aligned[:, people:], turned[:, people:]),
        "o_mpjpe_mm": metrics.o_mpjpe_mm(aligned[:, people:], turned[:, people:]),
        "mpjpe_paper_mm": metrics.mpjpe_mm(scaled[:, :people], centred[:, :people]),
        "t_root_paper_mm": metrics.t_root_mm(scaled[:, :people], centred[:, :people]),
        "t_root_object_paper_mm": metrics.t_root_object_mm(scaled[:, people:], centred[:, people:]),
        "o_mpjpe_paper_mm": metrics.o_mpjpe_mm(scaled[:, people:], centred[:, people:]),
    }


def run(
    windows: list[Window],
    methods: dict[str, Method],
    conditions: Conditions,
    progress: Callable[[int, int, str], None] = lambda done, total, name: None,
    keep: Callable[[str, Window, LiftedMotion, Film], None] = lambda method, window, motion, clean: None,
) -> dict:
    """Lift every window by every method. Returns plain data: settings, rows (one a method), clips (one a window each).

    Methods take turns on a window, so that a busy machine slows all of them alike. progress(done, total, name) after
    each lift. keep(method, window, motion, film) is given every lifted motion: for what needs more than its figures.
    """
    clips = []
    for window in windows:
        clean, clip = observe(window, conditions)
        focal = clean.focal if conditions.focal == "given" else None
        height = window.height_m if conditions.height == "given" else None
        box = () if window.box_size is None else (window.box_size if conditions.box_size == "given" else None,)
        for name, method in methods.items():
            started = time.perf_counter()
            motion = method(clip, focal, height, *box)
            seconds = time.perf_counter() - started
            keep(name, window, motion, clean)
            clips.append(
                {
                    "method": name,
                    "window": window.name,
                    "frames": len(window.keypoints),
                    "root_travel_m": metrics.root_travel_m(window.keypoints),
                    "travels": window.travels,
                    **score(motion, window, clean),
                    "seconds": seconds,
                }
            )
            progress(len(clips), len(windows) * len(methods), f"{name} {window.name}")
    rows = [summarise(name, [clip for clip in clips if clip["method"] == name]) for name in methods]
    return {"settings": asdict(conditions), "rows": rows, "clips": clips}


def summarise(method: str, clips: list[dict]) -> dict:
    """A method's row from its windows: means, medians beside them, and the root's error by whether it travels."""
    travelling = [clip for clip in clips if clip["travels"]]
    still = [clip for clip in clips if not clip["travels"]]
    figures = FIGURES + tuple(figure for figure in BOX_FIGURES if all(figure in clip for clip in clips))
    return {
        "method": method,
        "windows": len(clips),
        **{figure: _mean(clips, figure) for figure in figures},
        "seconds_per_clip_second": sum(clip["seconds"] for clip in clips) / sum(clip["frames"] / FPS for clip in clips),
        "travel_windows": len(travelling),
        "t_root_travel_mm": _mean(travelling, "t_root_mm"),
        "t_root_still_mm": _mean(still, "t_root_mm"),
        "t_root_view_travel_mm": _mean(travelling, "t_root_view_mm"),
        "t_root_view_still_mm": _mean(still, "t_root_view_mm"),
        "median": {figure: _over(clips, figure, np.median) for figure in figures},
    }


def _mean(clips: Iterable[dict], figure: str) -> float | None:
    return _over(clips, figure, np.mean)


def _over(clips: Iterable[dict], figure: str, measure: Callable) -> float | None:
    """The mean or median of a figure over the clips that have it, None where none has."""
    values = [clip[figure] for clip in clips if clip[figure] is not None]
    return float(measure(values)) if values else None
