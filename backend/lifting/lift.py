# SPDX-License-Identifier: GPL-3.0-or-later
"""One clip in, one motion out: keypoints to rays, rays to points in space, points to a posed body in the world."""

import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from scipy.interpolate import CubicSpline
from torch import Tensor

from ..diffusion.canonical import MODEL_FPS, limb_lengths, limb_sum, mid_hip
from ..diffusion.schedule import LEVELS
from ..geometry.cameras import Camera, intrinsics
from ..geometry.rotations import matrix_to_axis_angle
from ..geometry.rotations import resample as resample_rotations
from ..keypoints import KeypointClip, read_keypoints, sample_positions
from ..progress import Progress, silent
from .floor import floor_normal
from .input_view import InputView, prepare
from .models import LiftModels, load_models
from .motion_file import Motion, MotionError, write_motion
from .smpl_fit import SmplFit, fit_smpl
from .space import SpacePoints, lift_points, upright

__all__ = ["LiftOptions", "LiftResult", "lift_file", "lift_keypoints", "load_models"]

FIT_ITERATIONS = 60
HEIGHTS = (0.4, 2.6)
MOST_SAMPLES = 100
LARGEST_SEED = 2**31 - 1


@dataclass(frozen=True)
class LiftOptions:
    """person: number in the file (None: the one seen most); steps and samples: denoising steps, samples averaged (None:
    the defaults); focal: pixels (None: assumed); height: standing, metres (None: the body's mean); device: auto, cpu,
    cuda, mps; model: folder of checkpoints, body: a SMPL file or folder, pose_prior: a VPoser folder (None: bundled);
    fps and image_size for files that do not say."""

    person: int | None = None
    seed: int = 0
    steps: int | None = None
    samples: int | None = None
    focal: float | None = None
    height: float | None = None
    device: str = "auto"
    model: str | Path | None = None
    body: str | Path | None = None
    pose_prior: str | Path | None = None
    fps: float | None = None
    image_size: tuple[int, int] | None = None


@dataclass(frozen=True)
class LiftResult:
    """What a lift made: for the command line and the panel."""

    path: str
    frames: int
    fps: float
    seconds: float
    reprojection_px: float
    confidence: float
    focal_source: str
    warnings: tuple[str, ...]


def lift_file(clip_path: Path, output: Path, options: LiftOptions, progress: Progress = silent) -> LiftResult:
    """Lift a keypoint file into a motion file. Raises UserError; Cancelled if ``progress`` does."""
    progress("Reading keypoints", 0, 1)
    _check(options)
    output = Path(output)
    if output.suffix.lower() != ".npz":
        raise MotionError(f"expected the output to end in .npz, got {output.name}")
    if not output.parent.is_dir():
        raise MotionError(f"the folder {output.parent} is not there: make it, or choose another")
    clip = read_keypoints(clip_path, person=options.person, fps=options.fps, image_size=options.image_size)
    progress("Loading models", 0, 1)
    models = load_models(options).load()
    began = time.monotonic()
    motion = lift_keypoints(clip, options, models, progress=progress)
    if models.body_path is not None:  # the add-on reads no pickles: it gets the user's body in the clean form
        body_file = output.with_suffix(".body.npz")
        models.body.write_npz(body_file)
        motion = replace(motion, body_file=body_file.name)
    write_motion(motion, output)
    return LiftResult(
        str(output), len(motion.poses), motion.fps, round(time.monotonic() - began, 2),
        round(motion.reprojection_error(), 2), round(float(clip.confidence.mean()), 3), motion.focal_source,
        motion.warnings,
    )  # fmt: skip


def lift_keypoints(
    clip: KeypointClip, options: LiftOptions, models: LiftModels, method: str = "full", progress: Progress = silent
) -> Motion:
    """Lift one clip by ``method`` (see ``lift_points``) and fit the body. Raises UserError."""
    _check(options)
    view = prepare(clip, options.focal)
    height = _height(options.height, models)
    limbs = body_limbs(models.body, height)
    space = lift_points(view, models, method, limbs, options.steps, options.samples, options.seed, progress)
    fit, camera = fit_in_world(view, space, models, options.height, progress)
    return _motion(clip, view, fit, camera, models, height)


def _check(options: LiftOptions) -> None:
    """Raises MotionError for numbers that no lift can use."""
    for name, value, low, high in (
        ("denoising steps", options.steps, 1, LEVELS), ("samples", options.samples, 1, MOST_SAMPLES),
    ):  # fmt: skip
        if value is not None and not low <= value <= high:
            raise MotionError(f"expected {low} to {high} {name}, got {value}")
    if abs(options.seed) > LARGEST_SEED:
        raise MotionError(f"expected a seed of at most {LARGEST_SEED}, got {options.seed}")


def fit_in_world(
    view: InputView, space: SpacePoints, models: LiftModels, height: float | None, progress: Progress
) -> tuple[SmplFit, Camera]:
    """The body fitted in a Z-up world with the floor at 0, and the source camera (focal length 1) there."""
    to_world = upright(space.up)
    to_world = upright(floor_normal(space.points @ to_world.T) @ to_world)
    points = space.points @ to_world.T
    start = torch.cat([mid_hip(points[0])[:2], points.new_zeros(1)])
    rotation = to_world.T
    camera = Camera(torch.eye(3, device=points.device), rotation, rotation @ start)
    rays, weight = view.rays.to(points), view.weight.to(points)
    fit = fit_smpl(
        (points - start)[None], models.body, models.prior, views=(camera, rays[None], weight[None]), height=height,
        iterations=FIT_ITERATIONS, progress=lambda done, total: progress("Fitting the body", done, total),
    )  # fmt: skip
    if not (fit.translation.isfinite().all() and fit.rotations.isfinite().all()):
        raise MotionError("no body fits these keypoints: too little of the person is seen, or it is not one person")
    lowered = torch.cat([fit.floor.new_zeros(2), fit.floor])
    return fit, Camera(camera.matrix, rotation, camera.translation + rotation @ lowered)


def body_limbs(body, height: float) -> float:
    """The limb sum in metres of the mean body scaled to a standing height."""
    betas = torch.zeros(body.num_betas, device=body.device)
    rest = torch.eye(3, device=body.device).expand(1, len(body.joint_names), 3, 3)
    _, keypoints = body.keypoints(rest, betas, betas.new_zeros(1, 3))
    return float(limb_sum(limb_lengths(keypoints[0])) * height / body.stature(betas))


def _height(height: float | None, models: LiftModels) -> float:
    if height is None:
        return float(models.body.stature(torch.zeros(models.body.num_betas, device=models.device)))
    if not HEIGHTS[0] <= height <= HEIGHTS[1]:
        raise MotionError(f"expected a standing height of {HEIGHTS[0]} to {HEIGHTS[1]} metres, got {height}")
    return height


def _motion(
    clip: KeypointClip, view: InputView, fit: SmplFit, camera: Camera, models: LiftModels, height: float
) -> Motion:
    """The fit at the source's own rate, the first frame's mid-hip over the origin."""
    source = clip.to_layout("openpose18")
    rotations, translation = _at_source_rate(fit.rotations[0], fit.translation[0], len(clip), clip.fps)
    _, first = models.body.keypoints(rotations[:1], fit.betas[0], translation[:1])
    shift = torch.cat([mid_hip(first[0])[:2], first.new_zeros(1)])
    translation = translation - shift
    joints, keypoints = models.body.keypoints(rotations, fit.betas[0], translation)
    moved = camera.translation + camera.rotation @ shift
    matrix = intrinsics(torch.tensor(view.focal), torch.tensor(view.principal_point))
    poses = matrix_to_axis_angle(rotations).flatten(1)
    return Motion(
        *(x.float().cpu().numpy() for x in (poses, translation, fit.betas[0], joints, keypoints)),
        keypoints_2d=source.points, confidence=source.confidence,
        camera=Camera(matrix.float(), camera.rotation.float().cpu(), moved.float().cpu()),
        fps=clip.fps, image_size=clip.image_size, frame_start=clip.frame_start, source=Path(clip.source).name,
        height=height,
        focal_source=view.focal_source, gender=models.body.gender,
        warnings=view.warnings,
    )  # fmt: skip


def _at_source_rate(rotations: Tensor, translation: Tensor, frames: int, fps: float) -> tuple[Tensor, Tensor]:
    """Rotations (T, 24, 3, 3) and translation (T, 3) at the models' rate to the source's ``frames`` at ``fps``."""
    if fps == MODEL_FPS and len(rotations) == frames:
        return rotations, translation
    times = sample_positions(len(rotations), MODEL_FPS, fps, frames)
    grid = np.arange(len(rotations))
    spline = CubicSpline(grid, translation.cpu().numpy())
    at = torch.as_tensor(times, dtype=rotations.dtype, device=rotations.device)
    turned = resample_rotations(rotations, torch.arange(len(rotations), device=at.device).to(at), at)
    return turned, torch.as_tensor(spline(times), dtype=translation.dtype, device=translation.device)
