# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole training run: the four stages in order, each resumable, and the folder of checkpoints they leave.

``out`` receives the stages' checkpoints, the pose prior and their card ``README.md``: a folder that ``--model`` takes.
``out/work`` keeps states, synthetic motions and curves.
"""

import json
import platform
import shutil
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
from torch import nn

from .. import __version__
from ..bodies import pose_prior
from ..bodies.pose_prior import load_pose_prior
from ..bodies.quadruped_prior import load_quadruped_prior, save_quadruped_prior
from ..bodies.smal import load_quadruped
from ..bodies.smpl import load_body
from ..diffusion.checkpoint import load_network, save_network
from ..diffusion.denoisers import DenoiserConfig, LineDenoiser, MultiviewDenoiser
from ..diffusion.device import choose_device
from ..diffusion.growth import with_points
from ..diffusion.schedule import cosine_schedule
from ..diffusion.view_optimisation import OptimisationConfig
from ..lifting.models import LINE_FILE, MULTIVIEW_FILE, PRIOR_FILE
from ..lifting.options import LARGEST_SEED
from ..progress import Progress
from ..subjects import get_subject
from ..whole_file import disk_full, write_whole
from .card import write_card
from .data import TrainingSet
from .history import Losses, unheard
from .line_diffusion import line_diffusion_loss
from .lock import locked
from .loop import train
from .mocap import TrainingError
from .multiview_diffusion import SyntheticFootage, multiview_loss
from .presets import Preset, preset_for
from .previews import draw_line_samples, draw_motions, draw_multiview_samples
from .quadruped_pose_prior import quadruped_prior
from .stages import LINE, MULTIVIEW
from .synthesis import synthesise

STAGES = (1, 2, 3, 4)


@dataclass(frozen=True)
class RunOptions:
    """preset by name; stages to run; resume: go on from what ``out`` holds; prior: a VPoser instead of the bundled;
    stage2: 'sampling' (consistent) or 'sds' (the paper's optimisation). start: the folder of a trained model to go on
    from, whose stage 4 then starts stage 2: a further round."""

    preset: str = "cpu"
    stages: tuple[int, ...] = STAGES
    seed: int = 0
    device: str = "auto"
    resume: bool = False
    prior: Path | None = None
    stage2: str = "sampling"
    start: Path | None = None


def run_training(data: TrainingSet, out: Path, options: RunOptions, progress: Progress, hear: Losses = unheard) -> Path:
    """Train the stages asked for and return ``out``.

    ``progress`` is told the stages by the names in `stages`, and may raise Cancelled: all that has been done is then
    kept for ``resume``. ``hear(stage, step, losses)`` is told the losses. Raises TrainingError.
    """
    if not 0 <= options.seed <= LARGEST_SEED:
        raise TrainingError(f"expected a seed of 0 to {LARGEST_SEED}, got {options.seed}")
    work = out / "work"
    _claim(work, data, options)
    try:
        with locked(work):
            return _run(data, out, options, progress, hear)
    except OSError as error:
        if disk_full(error):
            raise TrainingError(f"the disk is full: make room where {out} is, then resume from the last save") from None
        if error.filename and Path(error.filename).is_relative_to(out):
            raise TrainingError(f"cannot use {error.filename}: {error.strerror}; put that right and resume") from None
        raise


def _run(data: TrainingSet, out: Path, options: RunOptions, progress: Progress, hear: Losses) -> Path:
    preset, device, work = preset_for(options.preset, data.subject), choose_device(options.device), out / "work"
    torch.manual_seed(options.seed)
    schedule = cosine_schedule().to(device)
    began = time.monotonic()
    facts = {
        "subject": data.subject, "preset": options.preset, "seed": options.seed, "data": data.description,
        "licences": data.licences, "started_from": options.start and options.start.resolve().name,
    }  # fmt: skip
    line = _train_line(data, preset, schedule, work, options, device, progress, hear)
    draw_line_samples(
        line, schedule, data.footage.draw(4, torch.Generator().manual_seed(options.seed)), work / "views.png"
    )
    save_network(out / LINE_FILE, line, {**facts, "stage": 1, "steps": preset.line.steps}, bits=8)
    verdicts = {}
    if data.subject == "human" and options.prior is None:
        shutil.copyfile(pose_prior.BUNDLED, out / PRIOR_FILE)
    if set(options.stages) & {2, 3, 4}:
        body = (load_body() if _person(data) else load_quadruped()).to(device)
        prior = _prior(data, body, out, options, facts).to(device)
        synthesis = replace(preset.synthesis, optimisation=OptimisationConfig() if options.stage2 == "sds" else None)
        before = _before(options, preset.multiview_network.keypoints, device)
        motions, present, verdicts = synthesise(
            line, schedule, data.footage.draw, body, prior, synthesis, work, options.seed, device,
            options.resume, progress, before,
        )  # fmt: skip
        draw_motions(motions, present, work / "synthetic.png", f"stage 3: {verdicts}")
    if 4 in options.stages:
        torch.manual_seed(options.seed + 1)
        footage = SyntheticFootage(motions, present)
        network = _beginning(MultiviewDenoiser, preset.multiview_network, options.start, MULTIVIEW_FILE)
        loss = multiview_loss(schedule, lambda g: footage.draw(preset.multiview.batch, g), device)
        network = train(
            network, loss, preset.multiview, work, MULTIVIEW, options.seed, device, options.resume, progress, hear
        )
        sample = footage.draw(4, torch.Generator().manual_seed(options.seed))
        draw_multiview_samples(network, schedule, sample, work / "multiview.png")
        card = {**facts, "stage": 4, "steps": preset.multiview.steps, "synthesis": verdicts}
        save_network(out / MULTIVIEW_FILE, network, card)
    write_card(out, data, options.preset, preset, options.seed, verdicts, time.monotonic() - began, device)
    return out


def _person(data: TrainingSet) -> bool:
    """Whether people's body is fitted in stage 3."""
    return get_subject(data.subject).anatomy.person


def _prior(data: TrainingSet, body, out: Path, options: RunOptions, facts: dict):
    """The pose prior of the fit, which the model's folder gets a copy of."""
    if _person(data):
        return load_pose_prior(options.prior)
    if options.prior is not None:
        return load_quadruped_prior(options.prior)
    if data.poses is None:
        shutil.copyfile(get_subject(data.subject).model / PRIOR_FILE, out / PRIOR_FILE)
    elif not (options.resume and (out / PRIOR_FILE).exists()):
        save_quadruped_prior(quadruped_prior(data.poses, data.captured, body, facts), out / PRIOR_FILE)
    return load_quadruped_prior(out / PRIOR_FILE)


def _train_line(data: TrainingSet, preset: Preset, schedule, work: Path, options: RunOptions, device, progress, hear):
    """Stage 1; a finished state is loaded, not trained again, also when only later stages are asked for."""
    network = _beginning(LineDenoiser, preset.line_network, options.start, LINE_FILE)
    loss = line_diffusion_loss(schedule, lambda g: data.footage.draw(preset.line.batch, g), device)
    resume = options.resume or 1 not in options.stages
    if 1 not in options.stages and not (work / f"{LINE}.state.safetensors").exists():
        raise TrainingError(f"stages {options.stages} need stage 1, and {work} has none: run it too, or --resume a run")
    return train(network, loss, preset.line, work, LINE, options.seed, device, resume, progress, hear)


def _beginning(kind: type, config: DenoiserConfig, start: Path | None, file: str) -> nn.Module:
    """A new network of this kind and size, or the one of the model that the run goes on from, in its own size.

    A model of fewer points, a person's for a person with a box, goes on with what it knows of them.
    """
    if start is None:
        return kind(config)
    network = _loaded(kind, start / file)
    if network.config.keypoints > config.keypoints:
        raise TrainingError(
            f"{start.name} knows {network.config.keypoints} points, this run has {config.keypoints}: start from a model"
            " of the same subject"
        )
    return with_points(network, config.keypoints).train().requires_grad_()


def _before(options: RunOptions, keypoints: int, device: torch.device) -> MultiviewDenoiser | None:
    """Stage 4 of the model that the run goes on from, if it is one of the same points."""
    network = _loaded(MultiviewDenoiser, options.start / MULTIVIEW_FILE) if options.start else None
    return network.to(device) if network is not None and network.config.keypoints == keypoints else None


def _loaded(kind: type, path: Path) -> nn.Module:
    """A trained network, ready to infer. Raises CheckpointError."""
    return load_network(path, kind, DenoiserConfig)[0]


def _claim(work: Path, data: TrainingSet, options: RunOptions) -> None:
    """Start a run's folder, or check that the run in it is the same one."""
    settings = {
        "preset": asdict(preset_for(options.preset, data.subject)), "seed": options.seed, "data": data.fingerprint,
        "stage2": options.stage2, "start": options.start and options.start.resolve().name, "version": __version__,
        "torch": torch.__version__, "machine": platform.machine(),
    }  # fmt: skip
    path = work / "run.json"
    if path.exists():
        if not options.resume:
            raise TrainingError(f"{work.parent} holds a training run: give --resume to go on with it, or another --out")
        before = {"stage2": "sampling", "start": None} | json.loads(path.read_text())
        now = json.loads(json.dumps(settings))
        different = [key for key in ("preset", "seed", "data", "stage2", "start") if before.get(key) != now[key]]
        if different:
            raise TrainingError(f"the run in {work.parent} was started with another {' and '.join(different)}")
        return
    try:
        work.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(settings, indent=1).encode())
    except OSError as error:
        raise TrainingError(f"cannot write to {work}: {error.strerror}; choose another folder") from None
