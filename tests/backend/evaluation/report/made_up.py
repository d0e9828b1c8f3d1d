# SPDX-License-Identifier: GPL-3.0-or-later
"""Results to write reports from: made-up windows, lifted by methods whose order of merit is known."""

import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from backend.evaluation import benchmark
from backend.evaluation.report import collect
from backend.evaluation.report.entries import Entry
from backend.evaluation.windows import Window
from backend.geometry.cameras import Camera

from ..figures import walker

PAPER = benchmark.Conditions()
WILD = benchmark.Conditions(camera="wild", noise="detector")
SESSION = {
    "date": "2020-02-20", "command": "python -m backend report --mocap clips", "data": "clips", "version": "0.0.1",
    "device": "cpu", "processor": "abacus", "cores": 2, "threads": 1, "torch": "2.0", "python": "3.11",
}  # fmt: skip
CLIPS = {"first": "walk", "second": "dance - pirouette", "third": "depositFloorR"}


@dataclass
class Lifted:
    keypoints: torch.Tensor
    camera: Camera


class Blurred:
    """Knows the truth, is off by so many metres, and counts how often it was asked."""

    def __init__(self, metres: float, windows: list[Window], conditions: benchmark.Conditions):
        self.metres, self.conditions, self.asked = metres, conditions, []
        self.windows = {window.name: window for window in windows}

    def __call__(self, clip, focal, height, box_size=None):
        self.asked.append(clip.source)
        window = self.windows[clip.source]
        random = np.random.default_rng(zlib.crc32(clip.source.encode()))
        noise = random.normal(size=window.keypoints.shape[1:]) + random.normal(size=window.keypoints.shape) / 4
        camera = benchmark.observe(window, self.conditions)[0].camera
        return Lifted(torch.from_numpy(window.keypoints + self.metres * noise), camera)


def windows(names=tuple(CLIPS)) -> list[Window]:
    return [Window(name, walker(45 + number, 0.3 + number), 1.7) for number, name in enumerate(names)]


def entry(method: str, metres: float, conditions=PAPER, chosen=None, **facts) -> Entry:
    learnt = {"model": None, "film": None, "data": None, **facts}
    key = f"{method}@{facts['model']}" if facts.get("model") else method
    return Entry(key, {"method": method, **learnt}, Blurred(metres, chosen or windows(), conditions))


def entries(conditions=PAPER) -> list[Entry]:
    """full is the best, then world; smplify and plane are worse."""
    model = {"model": "default", "film": "many", "data": "9 clips (--film many)"}
    return [
        entry("full", 0.02, conditions, **model),
        entry("stage4", 0.03, conditions, **model),
        entry("plane", 0.2, conditions),
        entry("smplify", 0.1, conditions),
        entry("world", 0.05, conditions, data="7 clips of truth"),
    ]


def measure(path: Path, made: list[Entry], conditions=PAPER, chosen=None, **options) -> dict:
    return collect.measure(path, chosen or windows(), made, conditions, CLIPS, SESSION, **options)


def measured(folder: Path) -> Path:
    """A folder with finished results of both usual conditions."""
    measure(folder / "paper_none.json", entries())
    measure(folder / "wild_detector.json", entries(WILD), WILD)
    return folder
