# SPDX-License-Identifier: GPL-3.0-or-later
"""On what, when and by what command something was measured."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import torch

from ... import __version__
from ...diffusion.device import choose_device


def describe_session(command: str, mocap: Path, device: str) -> dict:
    """Plain data for the results' `sessions`. Raises DeviceError for a device that is not there."""
    chosen = choose_device(device)
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "command": command,
        "data": Path(mocap).resolve().name,
        "version": __version__,
        "device": torch.cuda.get_device_name(chosen) if chosen.type == "cuda" else chosen.type,
        "processor": processor(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "python": platform.python_version(),
    }


def processor() -> str:
    """The processor's name where the system tells it, otherwise its architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names and names[0] else platform.processor() or platform.machine()


def machine_words(session: dict) -> str:
    """The machine of a session in a few words."""
    device = "" if session["device"] == "cpu" else f"{session['device']}, "
    return (
        f"{device}{session['cores']} cores of {session['processor']} ({session['threads']} used by torch), "
        f"torch {session['torch']}, Python {session['python']}"
    )


def without_folders(command: str) -> str:
    """A command with the last names alone of absolute paths: where they lie is one machine's affair."""
    return re.sub(r"(?<![^\s='\"])(?:[A-Za-z]:)?[/\\](?:[^\s'\"/\\]+[/\\])*([^\s'\"/\\]+)", r"\1", command)


def merged(commands: Iterable[str]) -> list[str]:
    """Commands as one wants to read them: those that differ in --methods and in the order of options alone are one, and
    --again says nothing."""
    found: dict[tuple[bool, frozenset[str]], tuple[str, list[str]]] = {}
    for command in commands:
        names = re.search(r" --methods (\S+)", command)
        rest = re.sub(r" --again\b| --methods \S+", "", command)
        alike = (names is not None, frozenset(re.split(r" (?=--)", rest)))
        found.setdefault(alike, (rest, []))[1].extend(names[1].split(",") if names else [])
    return [f"{rest} --methods {','.join(dict.fromkeys(names))}" if names else rest for rest, names in found.values()]
