# SPDX-License-Identifier: GPL-3.0-or-later
"""A person and a box through noisy 3D keypoints, together: SMPL as `smpl_fit` has it, and a rigid box of one size.

The box is drawn by its five points and by the source's view, moves smoothly, stands on the floor or not at all below
it, stays where it is while it rests, and where it is held palms lie on its surface and do not slide: that moves the
arms as well.
"""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ..bodies.pose_prior import PosePrior
from ..bodies.skeleton import joint
from ..bodies.smpl import Body
from ..geometry.cameras import Camera
from ..geometry.rotations import sixd_to_matrix
from ..keypoints.anatomy import HUMAN
from .body_fit import BodyFit, upwards
from .box_holds import Holds, find_holds
from .box_pose import corners, edge_lengths, far_below, grounded, in_box, marked, rigid_pose, to_surface
from .box_settling import settle
from .fit_losses import FitWeights, View, image_error, robust, second_differences, view_at
from .knots import Knots, smooth_at
from .options import LARGEST_EDGE, SMALLEST_EDGE
from .smpl_fit import fit_smpl

PERSON = len(HUMAN)
PALMS = [joint("left_hand"), joint("right_hand")]
WRISTS = [HUMAN.index("left_wrist"), HUMAN.index("right_wrist")]


@dataclass(frozen=True)
class BoxWeights:
    """Expected errors in metres, and weights; measured on synthetic motions with noise of 30 to 60 mm."""

    space: tuple[float, float] = (0.02, 0.10)  #: range of the expected error of a point, measured in each window
    #: The same of the person's points: on captured clips MPJPE 57 mm, from 0.02 on 62; on made ones no difference.
    person: tuple[float, float] = (0.01, 0.08)
    acceleration: float = 6000.0  #: of the corners, per (metre per frame^2)^2 at 30 fps
    rest: float = 40000.0  #: of the corners of a box that rests, per (metre per frame)^2
    level: float = 0.05  #: of the slope of a face that stands, metres over the box's length
    touch: tuple[float, float] = (0.01, 0.002)  #: of a palm that holds above or below the surface, at first and at last
    wrist: float = 0.1  #: of a wrist in the image while its palm holds: else it keeps the hand off the box
    slide: float = 0.005  #: of a palm that holds along the box, metres a frame
    size: float = 0.05  #: of edges that are not given, about their first estimate
    #: Of how far away the person is, which beside a box a network knows: on captured clips T_root 115 mm, by 0.1 135.
    depth: float = 0.01


class FittedBox:
    """The box of N windows at S knots as `fit_smpl` takes it: six numbers of its rotation, its centre, its edges.

    points (N, T, 5, 3) with weights and whether they are numbers at all (N, T, 5), person (N, T, 18, 3) with weights
    (N, T, 18), metres, Z up; view: of the box's points. size (3,) or (N, 3) if it is known.
    """

    rates = {"turn": 0.04, "place": 0.02, "size": 0.01}

    def __init__(
        self, points: Tensor, weights: Tensor, finite: Tensor, person: Tensor, person_weights: Tensor,
        view: View | None, knots: Knots, size: Tensor | None, fps: float, settings: FitWeights, own: BoxWeights,
    ):  # fmt: skip
        self.view, self.settings, self.own = view, settings, own
        self.spacing = knots.spacing * 30.0 / fps
        times, sigma = knots.times.to(points), max(4.0 * fps / 30, knots.spacing)
        guesses = 1e-4 * finite  # a point that never counts still says where to begin
        smooth, sure = smooth_at(points, weights + guesses, times, sigma)
        smooth_person = smooth_at(person, person_weights, times, sigma)[0]
        known = size is not None
        edges = size.expand(len(points), 3).clone() if known else edge_lengths(smooth, sure)
        self.first_size = edges.clone()
        rotation, translation = rigid_pose(smooth, sure, edges[:, None])
        self.target, self.weights = knots.average(points, weights)
        apart = (marked(rotation, translation, edges[:, None]) - self.target).square().sum(-1)
        # 15 numbers a moment, of which the pose takes six.
        self.error = ((self.weights * apart).sum((1, 2)) / self.weights.sum((1, 2)).clamp_min(1e-9) / 9 * 5).sqrt()
        self.error = self.error.clamp(*own.space)
        self.holds = find_holds(smooth_person, rotation, translation, edges, fps / knots.spacing)
        self.variables = {"turn": rotation[..., :2].clone(), "place": translation.clone()}
        if not known:
            self.variables["size"] = edges.clone()

    @property
    def rotation(self) -> Tensor:
        """(N, S, 3, 3)"""
        return sixd_to_matrix(self.variables["turn"].flatten(-2))

    @property
    def size(self) -> Tensor:
        """(N, 3)"""
        return self.variables.get("size", self.first_size).clamp(SMALLEST_EDGE, LARGEST_EDGE)

    def below(self, floor: Tensor, every: Tensor) -> Tensor:
        """How far (N,) the box, of corners (N, S, 8, 3), is seen under the feet's floor; see `box_pose.far_below`."""
        return torch.zeros_like(floor) if self.view is None else far_below(floor, every)

    def energy(self, joints: Tensor, soles: Tensor, loose: float, last: bool = False) -> Tensor:
        """See `smpl_fit.Companion`."""
        own, holds, rotation, size, place = self.own, self.holds, self.rotation, self.size, self.variables["place"]
        every = corners(rotation, place, size[:, None])
        points = every[..., : self.target.shape[-2], :]
        limit = loose * self.settings.space_limit
        squares = (points - self.target).square().sum(-1)
        total = (self.weights * robust(squares, limit) / self.error[:, None, None] ** 2).sum()
        if self.view is not None:
            squares = image_error(self.view, points).square().sum(-1)
            squares = self.view.weights * robust(squares, loose * self.settings.image_limit)
            total = total + squares.sum() / self.settings.image**2
        moments = place.shape[1]
        if moments > 2:
            bend = second_differences(every) / self.spacing**2
            total = total + own.acceleration * bend.square().sum()
            step = (every[:, 1:] - every[:, :-1]).square().sum((-1, -2)) / self.spacing**2
            total = total + own.rest * (torch.minimum(holds.rests[:, 1:], holds.rests[:, :-1]) * step).sum()
        total = total + (holds.rests * holds.low * _slope(rotation)).sum() / own.level**2
        # The floor moves the box under the palms only: through the image it would change how far away the box is.
        with torch.no_grad():
            floor = soles[..., 2].amin(-1).quantile(0.05, dim=1)
            floor = floor - self.below(floor, every)
            lift = grounded(floor[:, None], rotation, place, size[:, None], holds.low) - place
        palms = in_box(joints[..., PALMS, :], rotation, place + lift)
        apart = to_surface(palms, size[:, None, None])
        total = total + (holds.held * robust(apart.square(), 0.3)).sum() / own.touch[last] ** 2
        if moments > 1:
            slip = (palms[:, 1:] - palms[:, :-1]).square().sum(-1) / self.spacing**2
            total = total + (torch.minimum(holds.held[:, 1:], holds.held[:, :-1]) * slip).sum() / own.slide**2
        total = total / moments
        if "size" in self.variables:
            total = total + (size - self.first_size).square().sum() / own.size**2
        return total


def _slope(rotation: Tensor) -> Tensor:
    """Squared sines (...) between up and the axis of a box that is most nearly upright, of rotations (..., 3, 3)."""
    return 1 - rotation[..., 2, :].square().amax(-1)


def fit_box(
    keypoints3d: Tensor, body: Body, prior: PosePrior, *, weights: Tensor | None = None,
    views: tuple[Camera, Tensor, Tensor] | None = None, box_size: Tensor | None = None, iterations: int = 80,
    stride: int = 2, fps: float = 30.0, settings: FitWeights | None = None, box_settings: BoxWeights | None = None,
    **options,
) -> BodyFit:  # fmt: skip
    """Fit a person and a box to keypoints (N, T, 23, 3): the 18 points of `fit_smpl`, then the box's five.

    box_size (3,) or (N, 3): its edges in metres, None: estimated. All else is as `fit_smpl` takes it, with 23 points.
    """
    count, frames = keypoints3d.shape[:2]
    own = box_settings or BoxWeights()
    settings = replace(settings or FitWeights(), depth=own.depth, space=own.person)
    weights = torch.ones(keypoints3d.shape[:-1], device=keypoints3d.device) if weights is None else weights
    weights = weights * keypoints3d.isfinite().all(-1)
    finite = keypoints3d[..., PERSON:, :].isfinite().all(-1)
    keypoints3d = keypoints3d.nan_to_num()
    knots, person_views, view = Knots(frames, stride), None, None
    if views is not None:
        camera, points, seen = views
        person_views = (camera, points[..., :PERSON, :], seen[..., :PERSON].clone())
        view = view_at(camera, points[..., PERSON:, :], seen[..., PERSON:], knots)
    person, person_weights = keypoints3d[..., :PERSON, :], weights[..., :PERSON]
    box = FittedBox(
        keypoints3d[..., PERSON:, :], weights[..., PERSON:], finite, person, person_weights, view, knots, box_size, fps,
        settings, own,
    )  # fmt: skip
    if person_views is not None:
        held = knots.spread(box.holds.held).clamp(0, 1)
        person_views[2][..., WRISTS] *= 1 - (1 - own.wrist) * held
    fit = fit_smpl(
        person, body, prior, weights=person_weights, views=person_views, iterations=iterations, stride=stride, fps=fps,
        settings=settings, companion=box, **options,
    )  # fmt: skip
    with torch.no_grad():
        return _with_box(fit, box, knots, keypoints3d, weights, fps)


def _with_box(fit: BodyFit, box: FittedBox, knots: Knots, given: Tensor, weights: Tensor, fps: float) -> BodyFit:
    """The person's fit with the box, settled on their floor."""
    size = box.size.detach()
    rotation, translation = knots.spread_rotations(box.rotation), knots.spread(box.variables["place"])
    below = box.below(fit.floor, corners(rotation, translation, size[:, None]))
    fit = replace(fit.moved(upwards(below)[:, None]), floor=fit.floor - below)
    drop = upwards(fit.floor)[:, None].expand_as(translation)
    holds = Holds(*(knots.spread(each).clamp(0, 1) for each in (box.holds.held, box.holds.rests, box.holds.low)))
    rotation, translation = settle(rotation, translation - drop, size, holds, fps)
    points = torch.cat([fit.keypoints, marked(rotation, translation, size[:, None])], -2)
    distance = (points + drop[:, :, None] - given).norm(dim=-1) * weights
    residual = distance.sum((1, 2)) / weights.sum((1, 2)).clamp_min(1e-9)
    return replace(
        fit, keypoints=points, residual=residual, box_rotation=rotation, box_translation=translation, box_size=size,
        box_below=below, held=holds.held,
    )  # fmt: skip
