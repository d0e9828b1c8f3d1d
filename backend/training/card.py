# SPDX-License-Identifier: GPL-3.0-or-later
"""The card of a trained model: what it learnt from, under which licences, how, and on what machine."""

import os
import platform
from pathlib import Path

import torch

from .. import __version__
from ..subjects import get_subject
from .data import TrainingSet
from .presets import Preset


def write_card(
    out: Path, data: TrainingSet, name: str, preset: Preset, seed: int, verdicts: dict[str, int], seconds: float,
    device: torch.device,
) -> None:  # fmt: skip
    """Write ``out/README.md``."""
    machine = torch.cuda.get_device_name(device) if device.type == "cuda" else f"{os.cpu_count()} CPU cores"
    rejected = {reason: count for reason, count in verdicts.items() if reason != "kept"}
    lines = [
        f"# {get_subject(data.subject).title} lifting model",
        "",
        f"Trained by Lift to 3D {__version__}, preset `{name}`, seed {seed}, torch {torch.__version__} on {machine} "
        f"({platform.machine()}), {seconds / 60:.0f} minutes in this last run.",
        "",
        f"Data: {in_markdown(data.description)}. No 3D and no second view of a moment enters training.",
        "",
        "Licence: the weights carry the licences of their data: " + "; ".join(data.licences),
        "",
        "| stage | what | size |",
        "|---|---|---|",
        f"| 1 | line-conditioned diffusion | {preset.line.steps} steps of {preset.line.batch} windows |",
        f"| 2, 3 | synthetic motions, consistent sampling of {preset.synthesis.sampling_steps} steps, "
        f"{get_subject(data.subject).body.upper()} fit "
        f"| {verdicts.get('kept', 0)} kept; rejected: {rejected} |",
        f"| 4 | multi-view diffusion | {preset.multiview.steps} steps of {preset.multiview.batch} motions |",
        "",
    ]
    if data.skipped:
        lines += [
            f"Skipped, since it cannot be read ({len(data.skipped)} in all):",
            *[f"- {line}" for line in data.skipped[:20]],
            "",
        ]
    (out / "README.md").write_text("\n".join(lines), encoding="utf-8")


def in_markdown(text: str) -> str:
    """Words with patterns of names in them, such as 60_*, as Markdown shows them unchanged."""
    return text.replace("*", "\\*")
