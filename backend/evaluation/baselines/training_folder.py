# SPDX-License-Identifier: GPL-3.0-or-later
"""Where trainings of what a comparison needs keep things: a locked folder for a run's state, weights with a card."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import nn

from ...diffusion.checkpoint import save_network
from ...training.data import ONLY_2D, TrainingSet
from ...training.lock import locked
from ...training.mocap import TrainingError
from .weights import WEIGHTS_FILE


@contextmanager
def run_folder(folder: Path, data: TrainingSet, presets: Collection[str], preset: str, seed: int) -> Iterator[Path]:
    """The folder of a run's state, apart for every preset, seed and training set, locked; networks that are made in it
    start from ``seed``. Raises TrainingError for an unknown preset or a folder that takes no files."""
    if preset not in presets:
        raise TrainingError(f"expected a preset among {', '.join(presets)}, got {preset!r}")
    work = folder / "work" / f"{preset}-{seed}-{data.fingerprint}"
    try:
        work.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TrainingError(f"cannot write to {work}: {error.strerror}; choose another folder") from None
    with locked(work):
        torch.manual_seed(seed)
        yield work


#: What is learnt from the very footage of the product's stage 1: never the 3D of a moment, nor a second view of it.
FROM_2D = f"{ONLY_2D}, one view of each moment"


def save_weights(
    folder: Path, network: nn.Module, name: str, data: TrainingSet, preset: str, seed: int, steps: int,
    supervision: str = FROM_2D,
) -> Path:  # fmt: skip
    """Write a trained network into ``folder`` and return its file."""
    learnt = data.description if supervision == FROM_2D else data.description.replace(ONLY_2D, "with their 3D truth")
    card = {
        "baseline": name, "data": learnt, "supervision": supervision,
        "licences": data.licences, "preset": preset, "seed": seed, "steps": steps,
    }  # fmt: skip
    save_network(folder / WEIGHTS_FILE, network, card)
    return folder / WEIGHTS_FILE
