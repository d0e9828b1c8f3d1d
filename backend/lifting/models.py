# SPDX-License-Identifier: GPL-3.0-or-later
"""The trained parts a lift needs, each loaded when it is first used and then kept."""

from functools import cached_property, lru_cache
from pathlib import Path

import torch

from ..bodies.pose_prior import PosePrior, load_pose_prior
from ..bodies.smpl import Body, load_body
from ..diffusion.checkpoint import load_network
from ..diffusion.denoisers import DenoiserConfig, LineDenoiser, MultiviewDenoiser
from ..diffusion.device import choose_device
from ..diffusion.schedule import Schedule, cosine_schedule

BUNDLED = Path(__file__).resolve().parents[2] / "assets" / "checkpoints" / "human"
LINE_FILE, MULTIVIEW_FILE, PRIOR_FILE = (
    "line_diffusion.safetensors", "multiview_diffusion.safetensors", "pose_prior.safetensors",
)  # fmt: skip


class LiftModels:
    """A folder of checkpoints, a body and a pose prior, on one device."""

    def __init__(self, folder: Path, body_path: Path | None, prior_path: Path | None, device: torch.device):
        self.folder, self.body_path, self.prior_path, self.device = folder, body_path, prior_path, device

    @cached_property
    def line(self) -> LineDenoiser:
        return load_network(self.folder / LINE_FILE, LineDenoiser, DenoiserConfig)[0].to(self.device)

    @cached_property
    def multiview(self) -> MultiviewDenoiser:
        return load_network(self.folder / MULTIVIEW_FILE, MultiviewDenoiser, DenoiserConfig)[0].to(self.device)

    @cached_property
    def body(self) -> Body:
        return load_body(self.body_path).to(self.device)

    @cached_property
    def prior(self) -> PosePrior:
        own = self.folder / PRIOR_FILE
        return load_pose_prior(self.prior_path or (own if own.exists() else None), self.device)

    @cached_property
    def schedule(self) -> Schedule:
        return cosine_schedule().to(self.device)

    def load(self) -> "LiftModels":
        """Load now what the default method needs, so that a wrong file is told before any work. Raises UserError."""
        _ = self.multiview, self.body, self.prior, self.schedule
        return self


@lru_cache(maxsize=4)
def _cached(folder: Path, body: Path | None, prior: Path | None, device: str) -> LiftModels:
    return LiftModels(folder, body, prior, choose_device(device))


def load_models(options) -> LiftModels:
    """The models that ``options`` (LiftOptions) name; the same ones again for the same paths. Raises UserError."""
    paths = [None if path is None else Path(path) for path in (options.model, options.body, options.pose_prior)]
    return _cached(paths[0] or BUNDLED, paths[1], paths[2], options.device)
