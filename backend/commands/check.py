# SPDX-License-Identifier: GPL-3.0-or-later
"""Say what this installation has: Python, torch, the device and its memory, the models and their licences.

It answers on a broken installation too, with what is wrong and what to do: that is when somebody asks.
"""

import argparse
import json
import platform
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .. import __version__
from ..checking import devices, models, packages
from ..memory import machine_memory
from ..progress import Progress, silent

HELP = "Say which Python, torch, device and models this installation has."

ASSETS = Path(__file__).resolve().parents[2] / "assets"
OLDEST_PYTHON = (3, 11)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of sentences")
    parser.add_argument("--models", type=Path, action="append", default=[], metavar="DIR", help="look there too")


def describe(
    assets: Path = ASSETS, model_folders: Iterable[Path] = (), progress: Progress = silent
) -> dict[str, Any]:
    """Everything this command knows, as plain JSON data.

    torch: its version, "" if it cannot be loaded; devices are empty then. packages: of each name, version, problem.
    problems: what keeps the backend from lifting or slows it, a sentence each; ready: it can lift; remedy: what mends
    it, "repair", "use_cpu" or "".
    """
    found = packages.packages(progress=progress)
    loaded = {each.name: each for each in found}
    problems = [*_python_problem(), *packages.sentences(found)]
    torch_works, numpy_works = (not loaded[name].problem for name in ("torch", "numpy"))
    if torch_works and numpy_works:
        problems += _torch_and_numpy()
    at_hand = models.models(assets, model_folders)
    if not any(model["file"].startswith("checkpoints/human/") for model in at_hand):
        problems.append("No trained human model in assets/checkpoints/human: install Lift to 3D again, or train one.")
    ready, remedy = not problems, "repair" if any(each.problem for each in found) else ""
    if torch_works and (advice := devices.advice()):
        problems.append(advice)
    at_work = devices.devices() if torch_works else []
    for device in at_work:
        if device["problem"]:
            problems.append(f"Device {device['device']} ({device['name']}) cannot be used: {device['problem']}")
            remedy = remedy or "use_cpu"
    return {
        "version": __version__,
        "python": platform.python_version(),
        "interpreter": sys.executable,
        "system": platform.platform(),
        "memory": dict(zip(("total_gib", "free_gib"), machine_memory() or (None, None), strict=True)),
        "torch": loaded["torch"].version if torch_works else "",
        "packages": [{"package": each.name, "version": each.version, "problem": each.problem} for each in found],
        "devices": at_work,
        "models": at_hand,
        "ready": ready,
        "problems": problems,
        "remedy": remedy,
    }


def sentences(facts: dict[str, Any]) -> list[str]:
    """The facts of `describe` in plain words, a line each; what is wrong comes first."""
    torch = f"torch {facts['torch']}" if facts["torch"] else "no torch that can be loaded"
    lines = [
        *facts["problems"],
        f"Lift to 3D {facts['version']} on Python {facts['python']} ({facts['interpreter']}), {torch}",
    ]
    usable = [device for device in facts["devices"] if not device["problem"]]
    for number, device in enumerate(usable):
        memory = "" if device["memory_gib"] is None else f", {device['memory_gib']} GiB of memory"
        if device["free_gib"] is not None:
            memory += f", {device['free_gib']} of it free"
        chosen = ", used unless another is chosen" if number == 0 else ""
        lines.append(f"Device {device['device']}: {device['name']}{memory}{chosen}")
    return [*lines, *models.sentences(facts["models"])]


def _python_problem() -> list[str]:
    if sys.version_info[:2] >= OLDEST_PYTHON:
        return []
    oldest = ".".join(map(str, OLDEST_PYTHON))
    return [f"Python {platform.python_version()} is too old: set the backend up with Python {oldest} or newer."]


def _torch_and_numpy() -> list[str]:
    """A torch built for another numpy loads, warns, and cannot give its results away."""
    import torch

    try:
        torch.ones(2).numpy()
    except Exception as error:  # noqa: BLE001 a broken pair raises anything
        return [f"torch and numpy do not fit each other ({str(error)[:100]}): repair the backend."]
    return []


def run(args: argparse.Namespace) -> int:
    facts = describe(model_folders=args.models)
    print(json.dumps(facts, indent=2) if args.json else "\n".join(sentences(facts)))
    return 0
