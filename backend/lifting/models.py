# SPDX-License-Identifier: GPL-3.0-or-later
"""The trained parts a lift needs, each loaded when it is first used and then kept."""

from functools import cached_property, lru_cache
from pathlib import Path

import torch

from ..bodies.pose_prior import PosePrior, load_pose_prior
from ..bodies.quadruped_prior import QuadrupedPrior, load_quadruped_prior
from ..bodies.smal import QuadrupedBody, load_quadruped
from ..bodies.smpl import Body, load_body
from ..diffusion.checkpoint import load_network
from ..diffusion.denoisers import DenoiserConfig, LineDenoiser, MultiviewDenoiser
from ..diffusion.device import choose_device
from ..diffusion.schedule import Schedule, cosine_schedule
from ..subjects import Subject, get_subject, subject_of_count
from .options import LiftOptions

LINE_FILE, MULTIVIEW_FILE, PRIOR_FILE = (
    "line_diffusion.safetensors", "multiview_diffusion.safetensors", "pose_prior.safetensors",
)  # fmt: skip
_FILES = (LINE_FILE, MULTIVIEW_FILE, PRIOR_FILE)


class LiftModels:
    """A folder of checkpoints, a body and a pose prior, on one device. Whom it lifts, its networks' points say."""

    def __init__(self, folder: Path, body_path: Path | None, prior_path: Path | None, device: torch.device):
        self.folder, self.body_path, self.prior_path, self.device = folder, body_path, prior_path, device

    @property
    def name(self) -> str:
        """What the model is called: its folder's name."""
        return self.folder.resolve().name if self.folder else ""

    @cached_property
    def line(self) -> LineDenoiser:
        return load_network(self.folder / LINE_FILE, LineDenoiser, DenoiserConfig)[0].to(self.device)

    @cached_property
    def multiview(self) -> MultiviewDenoiser:
        return load_network(self.folder / MULTIVIEW_FILE, MultiviewDenoiser, DenoiserConfig)[0].to(self.device)

    @cached_property
    def subject(self) -> Subject:
        return subject_of_count(self.multiview.config.keypoints)

    @cached_property
    def body(self) -> Body | QuadrupedBody:
        load = load_body if self.subject.anatomy.person else load_quadruped
        return load(self.body_path).to(self.device)

    @cached_property
    def prior(self) -> PosePrior | QuadrupedPrior:
        own = self.folder / PRIOR_FILE
        path = self.prior_path or (own if own.exists() else None)
        if self.subject.anatomy.person:
            return load_pose_prior(path, self.device)
        return load_quadruped_prior(path or self.subject.model / PRIOR_FILE).to(self.device)

    @cached_property
    def schedule(self) -> Schedule:
        return cosine_schedule().to(self.device)

    def load(self) -> "LiftModels":
        """Load now what the default method needs, so that a wrong file is told before any work. Raises UserError."""
        _ = self.multiview, self.body, self.prior, self.schedule
        return self


@lru_cache(maxsize=2)  # the model in use, and the same on the processor when the GPU's memory did not suffice
def _cached(folder: Path, body: Path | None, prior: Path | None, device: str, stamps: tuple) -> LiftModels:
    return LiftModels(folder, body, prior, torch.device(device))


def load_models(options: LiftOptions, subject: str = "human") -> LiftModels:
    """The models that ``options`` name, by default a subject's bundled ones; the same ones again until their files
    change. Raises UserError."""
    subject = options.subject or subject
    given = (options.model or get_subject(subject).model, options.body, options.pose_prior)
    folder, body, prior = (None if each is None else Path(each) for each in given)
    stamps = tuple(_stamp(path) for path in (*(folder / name for name in _FILES), body, prior))
    return _cached(folder, body, prior, str(choose_device(options.device)), stamps)


def _stamp(path: Path | None) -> tuple[int, int] | None:
    """What changes with a file: a model that is trained again keeps its path."""
    try:
        found = None if path is None else path.stat()
    except (OSError, ValueError):
        return None  # whoever reads it says what is wrong with it
    return found and (found.st_mtime_ns, found.st_size)
