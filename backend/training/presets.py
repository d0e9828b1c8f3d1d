# SPDX-License-Identifier: GPL-3.0-or-later
"""Sizes of a training run: ``tiny`` to try the machinery, ``cpu`` for two cores and an hour and a half, ``gpu``."""

from dataclasses import dataclass, replace

from ..diffusion.denoisers import DenoiserConfig
from ..subjects import get_subject
from .loop import LoopConfig
from .synthesis import SynthesisConfig

WINDOW = 120


@dataclass(frozen=True)
class Preset:
    """One configuration a stage: 1 line diffusion, 2 and 3 synthesis, 4 multi-view diffusion."""

    line_network: DenoiserConfig
    multiview_network: DenoiserConfig
    line: LoopConfig
    synthesis: SynthesisConfig
    multiview: LoopConfig


PRESETS = {
    "tiny": Preset(
        DenoiserConfig(width=64, blocks=2),
        DenoiserConfig(width=64, blocks=2, from_plane=True),
        LoopConfig(steps=120, batch=16, warm_up=20, log_every=20, save_every=40),
        SynthesisConfig(windows=32, batch=16, sampling_steps=4, fit_iterations=10, fit_stride=8),
        LoopConfig(steps=100, batch=8, warm_up=20, log_every=20, save_every=40),
    ),
    "cpu": Preset(
        DenoiserConfig(width=256, blocks=6),
        DenoiserConfig(width=192, blocks=6, heads=6, from_plane=True),
        LoopConfig(steps=6000, batch=64),
        SynthesisConfig(windows=2304, batch=64),
        LoopConfig(steps=8000, batch=16),
    ),
    "gpu": Preset(
        DenoiserConfig(width=384, blocks=8, heads=6),
        DenoiserConfig(width=384, blocks=8, heads=6, from_plane=True),
        LoopConfig(steps=40_000, batch=256, warm_up=1000, save_every=2000),
        SynthesisConfig(windows=16_384, batch=256, sampling_steps=50),
        LoopConfig(steps=30_000, batch=128, warm_up=1000, save_every=2000),
    ),
}

#: What differs for animals: width, blocks and heads of the two networks, whose files together have to be smaller than
#: people's; windows to lift and steps of stage 4; the fit's knots, for their legs are too quick for ones further apart.
_CAT_CPU = {
    "line": (160, 6, 5), "multiview": (128, 6, 4), "windows": 1536, "steps": 6000, "stride": 2, "iterations": 60,
}  # fmt: skip
#: For a person with a box, whose networks go on from a person's (`--start assets/checkpoints/human`): fewer steps.
_BOX_CPU = {"line": 3000, "multiview": 4000, "windows": 1536}


def preset_for(name: str, subject: str) -> Preset:
    """A preset by its name, made for a subject."""
    preset, keypoints = PRESETS[name], len(get_subject(subject).anatomy)
    line, multiview = (
        replace(network, keypoints=keypoints) for network in (preset.line_network, preset.multiview_network)
    )
    preset = replace(preset, line_network=line, multiview_network=multiview)
    if (name, subject) == ("cpu", "human_box"):
        return _shorter(preset, **_BOX_CPU)
    return _smaller(preset, **_CAT_CPU) if (name, subject) == ("cpu", "cat") else preset


def _shorter(preset: Preset, line: int, multiview: int, windows: int) -> Preset:
    """A preset of fewer steps and windows."""
    return replace(
        preset, line=replace(preset.line, steps=line), multiview=replace(preset.multiview, steps=multiview),
        synthesis=replace(preset.synthesis, windows=windows),
    )  # fmt: skip


def _smaller(preset: Preset, line, multiview, windows: int, steps: int, stride: int, iterations: int) -> Preset:
    """A preset with other sizes."""

    def sized(network: DenoiserConfig, size: tuple[int, int, int]) -> DenoiserConfig:
        width, blocks, heads = size
        return replace(network, width=width, blocks=blocks, heads=heads)

    return replace(
        preset, line_network=sized(preset.line_network, line),
        multiview_network=sized(preset.multiview_network, multiview), multiview=replace(preset.multiview, steps=steps),
        synthesis=replace(preset.synthesis, windows=windows, fit_stride=stride, fit_iterations=iterations),
    )  # fmt: skip
