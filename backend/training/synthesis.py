# SPDX-License-Identifier: GPL-3.0-or-later
"""Stages 2 and 3 over a training set: lift 2D clips by the line model, fit the body, keep the plausible (section 3.3).

What comes out are synthetic 3D motions (the keypoints of the fitted body): each need not be the motion that was filmed,
but it is one that could be, and its reprojections are strictly consistent.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from ..bodies.pose_prior import PosePrior
from ..bodies.quadruped_prior import QuadrupedPrior
from ..bodies.smal import QuadrupedBody
from ..bodies.smpl import Body
from ..diffusion.canonical import LIMB_METRES, MODEL_FPS, CanonicalClip, limb_lengths, limb_sum
from ..diffusion.checkpoint import load_tensors, save_tensors
from ..diffusion.denoisers import LineDenoiser, MultiviewDenoiser
from ..diffusion.line_sampling import make_ring, sample_views
from ..diffusion.multiview_sampling import sample_multiview, triangulate_multiview
from ..diffusion.schedule import Schedule
from ..diffusion.view_optimisation import OptimisationConfig, optimise_views
from ..lifting.body_fit import BodyFit
from ..lifting.fitting import fit_body, is_quadruped
from ..lifting.space import REFINE_LEVEL, REFINE_STEPS
from ..progress import Progress
from .filming import Footage
from .mocap import TrainingError
from .stages import SYNTHESIS


@dataclass(frozen=True)
class Limits:
    """What a fit may not exceed, in metres (animals: canonical ones): its distance to the triangulated points, and a
    second's travel of the root; and in canonical units (a subject is about one unit tall) its distance in the image."""

    residual: float = 0.10
    reprojection: float = 0.05
    speed: float = 9.0


PEOPLE, ANIMALS = Limits(), Limits(residual=0.13, reprojection=0.06, speed=20.0)
SAMPLING_SHARE = 0.7  # of a batch's time; the rest is the fit


@dataclass(frozen=True)
class SynthesisConfig:
    """How many windows to lift, in batches; DDIM steps; fit iterations; SDS instead of consistent sampling if given."""

    windows: int = 2304
    batch: int = 64
    sampling_steps: int = 20
    fit_iterations: int = 40
    fit_stride: int = 4
    optimisation: OptimisationConfig | None = None


def synthesise(
    network: LineDenoiser, schedule: Schedule, draw: Callable[[int, torch.Generator], Footage],
    body: Body | QuadrupedBody, prior: PosePrior | QuadrupedPrior, config: SynthesisConfig, folder: Path, seed: int,
    device: torch.device, resume: bool,
    progress: Progress, before: MultiviewDenoiser | None = None,
) -> tuple[Tensor, Tensor, dict[str, int]]:  # fmt: skip
    """Synthetic motions ``(N, T, K, 3)`` float16, present frames ``(N, T)``, and how many fits were rejected and why.

    Each batch is written to ``folder`` when it is done; with ``resume`` those that are there are kept. ``progress`` is
    called within a batch too, so that a stop need not wait for its end; the batch at hand is then made again.
    before: stage 4 of an earlier round, from whose answer stage 2 starts instead of from noise.
    """
    motions, presents, verdicts = [], [], Counter()
    for start in range(0, config.windows, config.batch):
        path = folder / f"synthetic_{start:05d}.safetensors"
        count = min(config.batch, config.windows - start)
        # What a run resumed finds ready is no measure of how long the rest will take: nothing is said of it.
        if not (resume and path.exists()):
            progress(SYNTHESIS, start, config.windows)

            def within(part: float, start=start, count=count) -> None:
                progress(SYNTHESIS, start + int(part * count), config.windows)

            generator = torch.Generator().manual_seed(seed * 1_000_003 + start)
            footage = draw(count, generator)
            fit, error = _lift(network, schedule, footage, body, prior, config, generator, device, within, before)
            kept, reasons = judge(fit, footage, error, ANIMALS if is_quadruped(body) else PEOPLE)
            save_tensors(
                path,
                {"keypoints": fit.keypoints[kept].half(), "present": footage.present[kept.cpu()].to(torch.uint8)},
                {"verdicts": dict(reasons)},
            )
        tensors, card = load_tensors(path)
        motions.append(tensors["keypoints"])
        presents.append(tensors["present"].bool())
        verdicts.update(card["verdicts"])
    progress(SYNTHESIS, config.windows, config.windows)
    motion = torch.cat(motions)
    if not len(motion):
        raise TrainingError(
            f"all {config.windows} synthetic motions were rejected, {dict(verdicts)}: train stage 1 longer"
        )
    return motion, torch.cat(presents), dict(verdicts)


def _lift(
    network, schedule, footage, body, prior, config, generator, device, progress: Callable[[float], None],
    before: MultiviewDenoiser | None = None,
) -> tuple[BodyFit, Tensor]:  # fmt: skip
    """Stage 2 and the fit of stage 3 for one batch; also how far (B,) its image in the input view is off.

    progress: called with the part of the work that is done, 0 to 1.
    """

    def sampled(done: int, total: int) -> None:
        progress(SAMPLING_SHARE * done / total)

    def fitted(done: int, total: int) -> None:
        progress(SAMPLING_SHARE + (1 - SAMPLING_SHARE) * done / total)

    clip, present = footage.clip.to(device), footage.present.to(device)
    elevation, roll = clip.level_tilt()
    weight = torch.ones(clip.points.shape[:3], device=device)
    ring = make_ring(clip, weight, present, elevation, roll)
    if before is not None:
        start = _refinement_start(before, schedule, clip, present, torch.stack([elevation, roll], -1), generator)
        _, points = sample_views(network, schedule, ring, REFINE_STEPS, generator, True, start, sampled)
    elif config.optimisation:
        _, points = optimise_views(network, schedule, ring, config.optimisation, generator, sampled)
    else:
        _, points = sample_views(network, schedule, ring, config.sampling_steps, generator, True, progress=sampled)
    camera = ring.cameras[:, 0]
    weight = weight * present[..., None]
    fit = fit_body(
        points, body, prior, weights=weight, views=(camera, clip.points, weight), stride=config.fit_stride,
        iterations=config.fit_iterations, progress=fitted,
    )  # fmt: skip
    raised = fit.keypoints.clone()
    raised[..., 2] += fit.floor[:, None, None]
    images = camera.project(raised.flatten(1, 2)).view(clip.points.shape)
    error = ((images - clip.points).norm(dim=-1).mean(-1) * present).sum(1) / present.sum(1)
    return fit, error


def _refinement_start(
    before: MultiviewDenoiser, schedule: Schedule, clip: CanonicalClip, present: Tensor, tilt: Tensor,
    generator: torch.Generator,
) -> tuple[Tensor, int]:  # fmt: skip
    """Stage 4's points ``(B, T, K, 3)`` of clips whose cameras' tilt (B, 2) is known, and the level to refine from."""
    seen = present[..., None].expand(clip.points.shape[:3])
    views, _ = sample_multiview(before, schedule, clip, seen, present, 1, 1, generator)
    return triangulate_multiview(clip, seen.float(), views, tilt), REFINE_LEVEL


def judge(
    fit: BodyFit, footage: Footage, reprojection: Tensor, limits: Limits = PEOPLE
) -> tuple[Tensor, Counter]:
    """Which fits ``(B,)`` are kept, and a count of the verdicts; ``reprojection (B,)`` in canonical units."""
    present = footage.present.to(fit.keypoints.device)
    root = fit.joints[:, :, 0]
    speed = (root[:, 1:] - root[:, :-1]).norm(dim=-1) * MODEL_FPS * (present[:, 1:] & present[:, :-1])
    size = limb_sum(limb_lengths(fit.keypoints)).mean(1) / LIMB_METRES
    # A NaN is not greater than any limit: what cannot be measured is told from what is good here.
    measured = fit.residual.isfinite() & reprojection.isfinite()
    failures = {
        "not_finite": ~(fit.keypoints.isfinite().flatten(1).all(1) & measured),
        "far_from_its_points": fit.residual > limits.residual,
        "off_the_input_view": reprojection > limits.reprojection,
        "too_fast": speed.amax(1) > limits.speed,
        "too_large_or_small": (size < 0.7) | (size > 1.4),
    }
    verdicts, rejected = Counter(), torch.zeros_like(failures["too_fast"])
    for reason, failed in failures.items():
        verdicts[reason] += int((failed & ~rejected).sum())
        rejected = rejected | failed
    verdicts["kept"] += int((~rejected).sum())
    return ~rejected, verdicts
