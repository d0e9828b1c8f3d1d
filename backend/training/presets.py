# SPDX-License-Identifier: GPL-3.0-or-later
"""Sizes of a training run: ``tiny`` to try the machinery, ``cpu`` for two cores and an hour and a half, ``gpu``."""

from dataclasses import dataclass

from ..diffusion.denoisers import DenoiserConfig
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
