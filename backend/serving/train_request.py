# SPDX-License-Identifier: GPL-3.0-or-later
"""Train a model in the request's folder; a cancel is a stop that loses nothing, and `resume` goes on from there."""

import os
import sys
import time
from pathlib import Path
from typing import Any

from ..errors import UserError
from ..memory import out_of_memory
from ..subject_names import SUBJECT_NAMES
from .report import Report

MOST_WARNINGS = 20
_BELOW_NORMAL = 0x4000  # Windows' name for it: BELOW_NORMAL_PRIORITY_CLASS
_WORDS = {"clips": str, "mocap": str, "out": str, "preset": str, "film": str, "device": str, "seed": int,
          "resume": bool, "background": bool, "subject": str, "procedural": bool}  # fmt: skip
_PROTOCOL = {"id", "request"}


class TrainRequestError(UserError):
    """A request to train that lacks something or asks for what there is not."""


def handle(request: dict[str, Any], report: Report) -> dict[str, Any]:
    """Train from `clips` or `mocap`, a folder, or from procedural motion, into the folder `out`.

    Optional: subject (of SUBJECT_NAMES; human_box gives the people of `mocap` boxes), procedural (for cats: motion made
    by rules, alone or beside `mocap`), preset (tiny, cpu, gpu), seed, device, film (many, single), resume, background
    (leave the processor to what else runs). Tells a losses event for every row of the history, and warns of clips that
    were skipped. Result: out, description, clips_skipped, seconds. Raises UserError.
    """
    folder, film, subject = _checked(request)
    report.progress("Loading the backend", 0, 1)
    if request.get("background"):
        _step_back()
    from ..training import stages
    from ..training.data import PROCEDURAL_MINUTES, from_boxes, from_clips, from_mocap, from_quadrupeds
    from ..training.filming import Film
    from ..training.presets import PRESETS
    from ..training.run import RunOptions, run_training

    preset, seed = request.get("preset", "cpu"), request.get("seed", 0)
    if preset not in PRESETS:
        raise TrainRequestError(f"expected a preset of {', '.join(PRESETS)}, got {preset!r}")
    began = time.monotonic()
    if request.get("procedural"):
        data = from_quadrupeds(folder, PROCEDURAL_MINUTES[preset], Film(film), seed, report.progress)
    elif "mocap" in request and subject == "human_box":
        data = from_boxes(folder, Film(film), seed, report.progress)
    elif "mocap" in request:
        data = from_mocap(folder, Film(film), seed, report.progress, subject=subject)
    else:
        data = from_clips(folder, report.progress, subject)
    for line in data.skipped[:MOST_WARNINGS]:
        report.warning(f"skipped {line}")
    if len(data.skipped) > MOST_WARNINGS:
        report.warning(f"skipped {len(data.skipped) - MOST_WARNINGS} more")

    def progress(stage: str, done: int, total: int) -> None:
        report.progress(stages.TITLES.get(stage, stage), done, total, stages.later(preset, stage))

    def hear(stage: str, step: int, losses: dict[str, float]) -> None:
        print(stage, step, losses, file=sys.stderr, flush=True)
        report.losses(stage, step, losses)

    options = RunOptions(preset, seed=seed, device=request.get("device", "auto"), resume=request.get("resume", False))
    try:
        out = run_training(data, Path(request["out"]), options, progress, hear)
    except Exception as error:
        if out_of_memory(error):
            raise TrainRequestError(
                "out of memory: close what else uses it or choose the CPU as device, then resume from the last save"
            ) from error
        raise
    return {
        "out": out, "description": data.description, "clips_skipped": len(data.skipped),
        "seconds": time.monotonic() - began,
    }  # fmt: skip


def _checked(request: dict[str, Any]) -> tuple[Path | None, str, str]:
    """The folder to learn from, how motion is filmed, and the subject, from a request whose words fit."""
    for name, value in request.items():
        if name in _PROTOCOL:
            continue
        if name not in _WORDS:
            raise TrainRequestError(f"a training has no option {name!r}; it has {', '.join(_WORDS)}")
        if not isinstance(value, _WORDS[name]) or isinstance(value, bool) != (_WORDS[name] is bool):
            raise TrainRequestError(f"a training's {name} must be {_WORDS[name].__name__}, got {value!r}")
    subject, procedural = request.get("subject", "human"), request.get("procedural", False)
    if subject not in SUBJECT_NAMES:
        raise TrainRequestError(f"expected a subject of {', '.join(SUBJECT_NAMES)}, got {subject!r}")
    if procedural and (subject != "cat" or "clips" in request):
        raise TrainRequestError("procedural motion is of cats, alone or beside mocap: name that subject, and no clips")
    sources = [request[name] for name in ("clips", "mocap") if name in request]
    if len(sources) != 1 and not (procedural and not sources) or not all(source.strip() for source in sources):
        raise TrainRequestError("a training needs one folder to learn from, as clips or as mocap")
    if not request.get("out", "").strip():
        raise TrainRequestError("a training needs the folder that its model goes into, as out")
    film = request.get("film", "many" if subject == "human" else "single")
    if film not in ("many", "single"):
        raise TrainRequestError(f"expected film to be many or single, got {film!r}")
    return Path(sources[0]) if sources else None, film, subject


def _step_back() -> None:
    """Give way to other processes, so that lifting and Blender stay quick while a training runs."""
    try:
        if os.name == "nt":
            import ctypes

            kernel = ctypes.windll.kernel32
            kernel.SetPriorityClass(kernel.GetCurrentProcess(), _BELOW_NORMAL)
        else:
            os.setpriority(os.PRIO_PROCESS, 0, max(10, os.getpriority(os.PRIO_PROCESS, 0)))
    except OSError as error:
        print(f"the training runs at ordinary priority: {error}", file=sys.stderr)
