# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage by stage, the points of a clip in space: what each method makes of the input view before the body is fitted."""

from dataclasses import dataclass

import torch
from torch import Tensor

from ..diffusion.canonical import CanonicalClip, canonicalise, input_camera, limb_lengths, limb_sum
from ..diffusion.line_sampling import Ring, make_ring, sample_views
from ..diffusion.multiview_sampling import sample_multiview, triangulate_multiview
from ..diffusion.space_optimisation import SpaceConfig, optimise_space
from ..diffusion.symmetry import symmetric_multiview
from ..diffusion.view_optimisation import OptimisationConfig, optimise_views
from ..geometry.cameras import Camera
from ..keypoints.anatomy import HUMAN, QUADRUPED
from ..progress import Progress
from .input_view import InputView
from .models import LiftModels
from .windows import OVERLAP, WINDOW, cross_fade, cut, window_starts

#: Denoising (or optimisation) steps of each method unless the user gives another number. One step from pure noise is
#: stage 4's best guess; more steps choose among the possible motions instead of averaging them.
STEPS = {
    "full": 1, "stage4": 1, "stage2": 50, "stage2_sds": 100, "sds3d": 300, "sds3d_without_lines": 300, "stage1": 50,
    "plane": 1,
}  # fmt: skip
REFINE_LEVEL, REFINE_STEPS = 500, 8
#: Samples whose mean is taken, unless the user gives another number.
SAMPLES = {"full": 3}
AT_ONCE = 16
#: Frames of a window and of two neighbours' overlap for animals: in four seconds they run out of the generated views.
#: Measured on a dog's clips, by the fit of then: T_root of travelling windows 269 mm, with people's windows 565.
ANIMAL_WINDOW, ANIMAL_OVERLAP = 60, 30


@dataclass(frozen=True)
class SpacePoints:
    """points (T, K, 3) in the source camera's frame, limb sums as ``limbs`` metres; up (3,) the world's up there."""

    points: Tensor
    up: Tensor


def lift_points(
    view: InputView, models: LiftModels, method: str, limbs: float, steps: int | None, samples: int | None, seed: int,
    progress: Progress,
) -> SpacePoints:  # fmt: skip
    """Lift an input view by one of the methods in ``STEPS``.

    'full' is stage 4, for people alone followed by a short refinement; 'stage4' the multi-view model alone (the paper's
    lifting); 'stage2' consistent sampling, 'stage2_sds' the paper's optimisation, 'stage1' views that do not know of
    each other; 'sds3d' and 'sds3d_without_lines' are the paper's ablations; 'plane' puts every joint at the constant
    depth of the subject.
    """
    animal = view.rays.shape[-2] == len(QUADRUPED)
    length, overlap = (ANIMAL_WINDOW, ANIMAL_OVERLAP) if animal else (WINDOW, OVERLAP)
    starts = window_starts(len(view.rays), length, overlap)
    rays, weight, seen = (cut(x, starts, length).to(models.device) for x in (view.rays, view.weight, view.seen))
    points, ups = [], []
    for first in range(0, len(starts), AT_ONCE):
        progress("Generating views", first, len(starts))
        rows = slice(first, first + AT_ONCE)
        generator = torch.Generator().manual_seed(seed + first)
        lifter = WindowLifter(rays[rows], weight[rows], seen[rows], models, generator)
        space = lifter.lift(method, steps or STEPS[method], samples or SAMPLES.get(method, 1))
        local, up = to_source(space, lifter.clip, lifter.camera, limbs)
        points.append(local)
        ups.append(up)
    progress("Generating views", len(starts), len(starts))
    up = torch.nn.functional.normalize(torch.cat(ups).mean(0), dim=-1)
    return SpacePoints(cross_fade(torch.cat(points), starts, len(view.rays), overlap), up)


class WindowLifter:
    """B windows of one clip on their way into space: rays (B, T, K, 2), weight (B, T, K), seen (B, T, K) bool.

    The input camera's tilt is stage 4's guess for every method, so that methods differ by what they do with the views.
    """

    def __init__(self, rays: Tensor, weight: Tensor, seen: Tensor, models: LiftModels, generator: torch.Generator):
        self.models, self.weight, self.seen, self.generator = models, weight, seen, generator
        self.present = torch.ones(rays.shape[:2], dtype=torch.bool, device=rays.device)
        self.clip = canonicalise(rays, self.present)
        self.views, self.tilt = self._multiview(1, 1)

    @property
    def camera(self) -> Camera:
        return input_camera(self.clip, self.tilt[:, 0], self.tilt[:, 1])

    def lift(self, method: str, steps: int, samples: int) -> Tensor:
        """Points (B, T, K, 3) of the canonical world."""
        if method == "plane":
            batch, time, points, _ = self.clip.points.shape
            depth = self.clip.distance[:, None].expand(-1, time * points)
            return self.camera.back_project(self.clip.points.flatten(1, 2), depth).view(batch, time, points, 3)
        if method in ("full", "stage4"):
            views = self.views if steps == 1 else self._multiview(steps, samples)[0]
            space = triangulate_multiview(self.clip, self.weight, views, self.tilt)
            # Measured: after the refinement an animal's points are a quarter further off, those of a person with a box
            # a tenth.
            alone = space.shape[-2] == len(HUMAN)
            return self._refine(space, samples) if method == "full" and alone else space
        line, schedule, ring = self.models.line, self.models.schedule, self._ring()
        if method == "stage2_sds":
            return optimise_views(line, schedule, ring, OptimisationConfig(steps=steps), self.generator)[1]
        if method in ("sds3d", "sds3d_without_lines"):
            config = SpaceConfig(steps=steps)
            return optimise_space(line, schedule, ring, config, self.generator, lines=method == "sds3d")
        return sample_views(line, schedule, ring, steps, self.generator, consistent=method == "stage2")[1]

    def _multiview(self, steps: int, samples: int) -> tuple[Tensor, Tensor]:
        return sample_multiview(
            symmetric_multiview(self.models.multiview),
            self.models.schedule,
            self.clip,
            self.seen,
            self.present,
            steps,
            samples,
            self.generator,
        )

    def _refine(self, space: Tensor, samples: int) -> Tensor:
        """The second half of stage 2's sampling, begun at stage 4's answer: the two models err differently."""
        ring, start = self._ring(), (space, REFINE_LEVEL)
        refined = [
            sample_views(self.models.line, self.models.schedule, ring, REFINE_STEPS, self.generator, True, start)[1]
            for _ in range(samples)
        ]
        return torch.stack(refined).mean(0)

    def _ring(self) -> Ring:
        return make_ring(self.clip, self.weight, self.present, self.tilt[:, 0], self.tilt[:, 1])


def to_source(space: Tensor, clip: CanonicalClip, camera: Camera, limbs: float) -> tuple[Tensor, Tensor]:
    """Canonical points (B, T, K, 3) in the source camera's frame, scaled about it to limb sums of ``limbs`` metres,
    and the up direction there (B, 3)."""
    size = limb_sum(limb_lengths(space).median(1).values)
    turned = camera.to_camera(space.flatten(1, 2)) * (limbs / size)[:, None, None]
    local = (turned @ clip.rotation).view_as(space)
    up = (camera.rotation[:, :, 2:].transpose(1, 2) @ clip.rotation)[:, 0]
    return local, up


def upright(up: Tensor) -> Tensor:
    """The rotation (3, 3) from the source camera's frame to a Z-up world that the camera looks into along +Y."""
    right = torch.nn.functional.normalize(torch.eye(3, device=up.device)[0] - up[0] * up, dim=-1)
    return torch.stack([right, torch.linalg.cross(up, right), up])
