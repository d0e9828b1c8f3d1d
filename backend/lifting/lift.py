# SPDX-License-Identifier: GPL-3.0-or-later
"""One clip in, one motion out: keypoints to rays, rays to points in space, points to a posed body in the world."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from scipy.interpolate import CubicSpline, PchipInterpolator
from torch import Tensor

from ..diffusion.canonical import MODEL_FPS, mid_hip
from ..geometry.cameras import Camera, intrinsics
from ..geometry.rotations import matrix_to_axis_angle
from ..geometry.rotations import resample as resample_rotations
from ..keypoints import KeypointClip, sample_positions
from ..keypoints.anatomy import HUMAN, HUMAN_BOX
from ..progress import Progress, silent
from .body_fit import BodyFit, upwards
from .box_pose import marked
from .box_scale import at_box_size, scaled_by_box
from .fitting import at_own_size, enlargement, expected_errors, fit_body, is_quadruped, standing_limbs
from .floor import floor_normal
from .going_along import WARNING as GOES_ALONG
from .going_along import camera_moves, go_along
from .in_scene import fit_in_scene, off_the_floor, place_animal
from .input_view import SEEN_WEIGHT, InputView, prepare
from .keypoint_noise import image_error
from .models import LiftModels
from .motion_file import Motion, MotionError
from .options import LiftOptions, check_options
from .smal_fit import soles_of
from .space import SpacePoints, lift_points, upright
from .steady_size import steady_size
from .ways import in_several_ways

FIT_ITERATIONS = 120
#: An animal's fit begins at a mean pose: it has further to go. So has a person's that a box is fitted with: measured on
#: the six clips of people pushing boxes, 120 leave 15 mm of MPJPE and 20 of T_root^O, 200 leave 3 and 10.
ANIMAL_ITERATIONS, BOX_ITERATIONS = 200, 300
BELOW_FEET = (
    "the box is seen to stand {:.0f} cm lower than the feet, which hang over its floor: check the box's size and the"
    " person's height"
)
#: Of a box's corner in space, beside one that the image shows.
HIDDEN_WEIGHT = 0.15
#: Standing heights in metres, of animals at the withers.
HEIGHTS = {"smpl": (0.4, 2.6), "smal": (0.03, 4.0), "smpl_box": (0.4, 2.6)}

#: (input view, limb sum in metres, a shape to keep or None) -> the fit in a Z-up world, and the source camera (focal
#: length 1) there, whose translation is (T, 3) where it went along with an animal. Animals are fitted in canonical
#: metres, see `fitting`.
Fitted = Callable[[InputView, float, Tensor | None], tuple[BodyFit, Camera]]


def lift_keypoints(
    clip: KeypointClip, options: LiftOptions, models: LiftModels, method: str = "full", progress: Progress = silent
) -> Motion:
    """Lift one clip by ``method`` (see ``lift_points``) and fit the body. Raises UserError."""

    def fitted(view: InputView, limbs: float, betas: Tensor | None) -> tuple[BodyFit, Camera]:
        space = in_space(view, options, models, method, limbs, progress)
        if is_quadruped(models.body):
            space = replace(space, points=steady_size(space.points))
        if scaled_by_box(options):
            space = at_box_size(space, view, limbs)
        fit, camera = fit_in_world(view, space, models, options.height, progress, betas)
        if is_quadruped(models.body) and clip.camera is None and camera_moves(fit.contacts[0]):
            return go_along(fit, camera, soles_of(fit, models.body, enlargement(models.body)))
        return fit, camera

    return lift_by(fitted, clip, options, models)


def in_space(
    view: InputView, options: LiftOptions, models: LiftModels, method: str, limbs: float, progress: Progress
) -> SpacePoints:
    """The clip's points in space by ``method``; stage 4 is asked in several ways where a box is seen."""

    def lifted(asked: InputView) -> SpacePoints:
        return lift_points(asked, models, method, limbs, options.steps, options.samples, options.seed, progress)

    several = models.subject.body == "smpl_box" and method in ("full", "stage4")
    return in_several_ways(view, lifted) if several else lifted(view)


def lift_by(fitted: Fitted, clip: KeypointClip, options: LiftOptions, models: LiftModels) -> Motion:
    """Lift one clip by whatever turns an input view into a fitted body. Raises UserError."""
    check_options(options)
    view = prepare(clip, options.focal, models.subject, options.box_size)
    betas = kept_betas(options, models)
    height = standing_height(options.height, betas, models)
    if is_quadruped(models.body):
        limbs = enlargement(models.body) * standing_limbs(models.body, betas)
        fit, camera = fitted(view, limbs, betas)
        wanted = None if options.height is None else height
        if view.scene is not None:
            fit = place_animal(fit, view, models, wanted, HEIGHTS[models.subject.body], keep=betas is not None)
        else:
            fit, shrink = at_own_size(fit, models.body, wanted, keep=betas is not None)
            camera = Camera(camera.matrix, camera.rotation, camera.translation * shrink)
    else:
        fit, camera = fitted(view, body_limbs(models.body, height, betas), betas)
    if view.scene is not None:
        view = replace(view, warnings=(*view.warnings, *off_the_floor(fit)))
    if camera.translation.ndim > 1:
        view = replace(view, warnings=(*view.warnings, GOES_ALONG))
    if is_quadruped(models.body) or view.scene is not None or scaled_by_box(options):  # its size came of the fit
        height = float(models.body.stature(fit.betas[0]))
    return motion_of(clip, view, fit, camera, models, height, options)


def fit_in_world(
    view: InputView, space: SpacePoints, models: LiftModels, height: float | None, progress: Progress,
    betas: Tensor | None = None,
) -> tuple[BodyFit, Camera]:  # fmt: skip
    """The body fitted in a Z-up world with the floor at 0, and the source camera (focal length 1) there; in the world
    of the view's scene, if it has one.

    betas (B,): a shape to keep, whatever the height.
    """
    if view.scene is not None:
        heights = HEIGHTS[models.subject.body]
        fit = fit_in_scene(view, space, models, height, heights, fit_iterations(models), progress, betas)
        return fit, Camera(torch.eye(3), view.scene.orientation, torch.zeros(3))  # where, the clip's own frames tell
    to_world = upright(space.up)
    to_world = upright(floor_normal(space.points @ to_world.T) @ to_world)
    points, camera = in_world(space.points, to_world)
    depth = float(mid_hip(space.points)[:, 2].median())
    fit = fit_seen(view, points, camera, depth, models, height, progress, betas)
    return fit, on_its_floor(camera, fit)


def fit_seen(
    view: InputView, points: Tensor, camera: Camera, depth: float, models: LiftModels, height: float | None,
    progress: Progress, betas: Tensor | None = None,
) -> BodyFit:  # fmt: skip
    """The body fitted to points (T, K, 3) of a Z-up world and to what the camera (focal length 1) saw of them, about
    ``depth`` metres away. Raises MotionError."""
    rays, weight = view.rays.to(points), view.weight.to(points)
    error = image_error(rays, weight, depth)
    of_height = {} if is_quadruped(models.body) else {"height": height if betas is None else None}
    fit = fit_body(
        points[None], models.body, models.prior, views=(camera, rays[None], weight[None]),
        settings=expected_errors(models.body, image=error), betas=betas, **of_height, **_of_box(weight, view.box_size),
        iterations=fit_iterations(models),
        progress=lambda done, total: progress("Fitting the body", done, total),
    )  # fmt: skip
    if not (fit.translation.isfinite().all() and fit.rotations.isfinite().all()):
        raise MotionError("no body fits these keypoints: too little of it is seen, or it is not one body")
    return fit


def fit_iterations(models: LiftModels) -> int:
    """How many steps the fit of the models' body takes."""
    return {"smal": ANIMAL_ITERATIONS, "smpl_box": BOX_ITERATIONS}.get(models.subject.body, FIT_ITERATIONS)


def _of_box(weight: Tensor, size: tuple[float, ...] | None) -> dict[str, Tensor]:
    """What the fit of a box has to know besides, of weights (T, K) of the image: hidden corners are guesses, that hands
    which hold the box know better. Nothing for a body alone."""
    if weight.shape[-1] != len(HUMAN_BOX):
        return {}
    weights = torch.ones_like(weight)
    weights[:, len(HUMAN) :] = HIDDEN_WEIGHT + (1 - HIDDEN_WEIGHT) * (weight[:, len(HUMAN) :] > SEEN_WEIGHT)
    known = {} if size is None else {"box_size": torch.tensor(size, dtype=torch.float32, device=weight.device)}
    return {"weights": weights[None], **known}


def in_world(points: Tensor, to_world: Tensor) -> tuple[Tensor, Camera]:
    """Points (T, K, 3) of the source camera's frame in the world that the rotation (3, 3) leads to, the first mid-hip
    above or below the origin; and that camera, with focal length 1, there."""
    points = points @ to_world.T
    start = torch.cat([mid_hip(points[0])[:2], points.new_zeros(1)])
    return points - start, Camera(torch.eye(3, device=points.device), to_world.T, to_world.T @ start)


def on_its_floor(camera: Camera, fit: BodyFit) -> Camera:
    """The camera in the world that a fit of one clip has lowered to its floor."""
    return Camera(camera.matrix, camera.rotation, camera.translation + camera.rotation @ upwards(fit.floor[0]))


def body_limbs(body, height: float, betas: Tensor | None = None) -> float:
    """The limb sum in metres of a body (betas (B,), None: the mean) scaled to a standing height."""
    shape = torch.zeros(body.num_betas, device=body.device) if betas is None else betas
    return standing_limbs(body, betas) * height / float(body.stature(shape))


def kept_betas(options: LiftOptions, models: LiftModels) -> Tensor | None:
    """The shape to keep, on the models' device."""
    if options.betas is None:
        return None
    if len(options.betas) != models.body.num_betas:
        raise MotionError(
            f"expected {models.body.num_betas} betas for the body {models.body.path.name}, got {len(options.betas)}: "
            "take them from a motion of the same body"
        )
    return torch.tensor(options.betas, dtype=torch.float32, device=models.device)


def standing_height(height: float | None, betas: Tensor | None, models: LiftModels) -> float:
    """The standing height in metres: of the shape to keep, else the one given, else of the mean body."""
    low, high = HEIGHTS[models.subject.body]
    if height is not None and not low <= height <= high:
        raise MotionError(f"expected a standing height of {low} to {high} metres, got {height}")
    if betas is None and height is not None:
        return height
    mean = torch.zeros(models.body.num_betas, device=models.device)
    return float(models.body.stature(mean if betas is None else betas))


def motion_of(
    clip: KeypointClip, view: InputView, fit: BodyFit, camera: Camera, models: LiftModels, height: float,
    options: LiftOptions, origin: Tensor | None = None, world: str = "",
) -> Motion:  # fmt: skip
    """The fit at the source's own rate, the world's origin on its floor at ``origin`` (3,), None: under the first
    frame's mid-hip, or where the scene has it. world: what people who are in one world have in common."""
    source = clip.to_layout(models.subject.layout)
    rotations, translation = _at_source_rate(fit.rotations[0], fit.translation[0], len(clip), clip.fps)
    shift = origin
    if shift is None:
        shift = under_hips(models, rotations[:1], fit.betas[0], translation[:1]) * (view.scene is None)
    translation = translation - shift
    joints, keypoints = models.body.keypoints(rotations, fit.betas[0], translation)
    box = {}
    if fit.box_size is not None:
        box, points = _box(fit, shift, len(clip), clip.fps, options.box_size is not None)
        keypoints = torch.cat([keypoints, points], 1)
    moved, turned = camera.translation + camera.rotation @ shift, camera.rotation
    if moved.ndim > 1:
        turned = turned.expand(len(moved), 3, 3)
        turned, moved = _at_source_rate(turned[:, None], moved, len(clip), clip.fps)
        turned = turned[:, 0]
    matrix = intrinsics(torch.tensor(view.focal), torch.tensor(view.principal_point))
    poses = matrix_to_axis_angle(rotations).flatten(1)
    warnings = view.warnings
    if box and options.box_size is None:
        edges = " x ".join(f"{edge:.2f}" for edge in box["box_size"])
        warnings += (f"the box is estimated to measure {edges} m; give its size for a truer scale",)
    if fit.box_below is not None and fit.box_below[0] > 0:
        warnings += (BELOW_FEET.format(100 * float(fit.box_below[0])),)
    if options.betas is not None and options.height is not None and abs(options.height - height) > 0.005:
        warnings += (f"the shape to keep is {height:.2f} m tall, so the height of {options.height:g} m is not used",)
    return Motion(
        *(x.float().cpu().numpy() for x in (poses, translation, fit.betas[0], joints, keypoints)),
        keypoints_2d=source.points, confidence=source.confidence,
        camera=_filming(clip, Camera(matrix.float(), turned.float().cpu().contiguous(), moved.float().cpu())),
        fps=clip.fps, image_size=clip.image_size, frame_start=clip.frame_start, source=Path(clip.source).name,
        height=height, focal_source=view.focal_source, gender=getattr(models.body, "gender", "neutral"),
        person=clip.person, seed=options.seed, model=models.name, warnings=warnings, model_type=models.subject.body,
        world=world, **box,
    )  # fmt: skip


def under_hips(models: LiftModels, rotations: Tensor, betas: Tensor, translation: Tensor) -> Tensor:
    """The point (3,) of the floor under the mid-hip of one frame: rotations (1, J, 3, 3), translation (1, 3)."""
    _, first = models.body.keypoints(rotations, betas, translation)
    return torch.cat([mid_hip(first[0])[:2], first.new_zeros(1)])


def _box(fit: BodyFit, shift: Tensor, frames: int, fps: float, known: bool) -> tuple[dict, Tensor]:
    """A motion's fields of the box, at the source's own rate, and its points (T, 5, 3); shift (3,) is taken away."""
    rotation, place = _at_source_rate(fit.box_rotation[0, :, None], fit.box_translation[0], frames, fps, stops=True)
    place, size = place - shift, fit.box_size[0]
    fields = {
        "box_rotation": matrix_to_axis_angle(rotation[:, 0]), "box_translation": place, "box_size": size,
    }  # fmt: skip
    fields = {name: value.float().cpu().numpy() for name, value in fields.items()}
    return {**fields, "box_size_source": "given" if known else "estimated"}, marked(rotation[:, 0], place, size)


def _filming(clip: KeypointClip, camera: Camera) -> Camera:
    """The camera that filmed the clip: the one of its reference view, or that one turning and zooming with the clip;
    in a world of its own, where it was there."""
    if clip.camera is None or not (clip.camera.moves or clip.camera.path):
        return camera
    turn, zoom = (torch.as_tensor(array, dtype=torch.float32) for array in (clip.camera.rotations, clip.camera.zoom))
    matrix = camera.matrix
    if not (zoom == 1).all():
        matrix = matrix.repeat(len(zoom), 1, 1)
        matrix[:, [0, 1], [0, 1]] *= zoom[:, None]
    rotation, translation = turn @ camera.rotation, turn @ camera.translation
    if clip.camera.path is not None:
        positions = torch.as_tensor(clip.camera.path.positions, dtype=torch.float32)
        translation = -(rotation @ positions[..., None])[..., 0]
        if not clip.camera.moves and (positions == positions[0]).all():
            rotation, translation = rotation[0], translation[0]
    return Camera(matrix, rotation, translation)


def _at_source_rate(
    rotations: Tensor, translation: Tensor, frames: int, fps: float, stops: bool = False
) -> tuple[Tensor, Tensor]:
    """Rotations (T, J, 3, 3) and translation (T, 3) at the models' rate to the source's ``frames`` at ``fps``.

    stops: what stands still between frames stays there, where a spline would swing on.
    """
    if fps == MODEL_FPS and len(rotations) == frames:
        return rotations, translation
    times = sample_positions(len(rotations), MODEL_FPS, fps, frames)
    grid = np.arange(len(rotations))
    spline = (PchipInterpolator if stops else CubicSpline)(grid, translation.cpu().numpy())
    at = torch.as_tensor(times, dtype=rotations.dtype, device=rotations.device)
    turned = resample_rotations(rotations, torch.arange(len(rotations), device=at.device).to(at), at)
    return turned, torch.as_tensor(spline(times), dtype=translation.dtype, device=translation.device)
