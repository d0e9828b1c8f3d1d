# SPDX-License-Identifier: GPL-3.0-or-later
"""What a clip gives to the lift: rays at the models' rate, their weights, and the intrinsics they were taken with."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..diffusion.canonical import MODEL_FPS
from ..keypoints import KeypointClip, fill_gaps, resample, resampled_length, sample_positions
from ..keypoints.description import MOST_MISSING, too_empty, too_long
from ..keypoints.reading import LONGEST, MINIMUM_FRAMES, long_enough
from ..subjects import Subject, subject_of_layout
from .motion_file import MotionError

ASSUMED_FOCAL = 1.0  # of the longer image side: 53 degrees, between a phone's and a camcorder's wide end
SEEN_WEIGHT = 0.05
#: Of an animal's points that its layout does not have (shoulders and hips, eyes): the gap filler places them to a few
#: per cent of the animal's size, which tells a network more than that they are missing.
PLACED_WEIGHT = 0.1


@dataclass(frozen=True)
class SceneView:
    """Where the source's camera was in a world of its own, metres, Z up, the floor at 0: orientation (3, 3) from there
    to the frame of the rays, positions (T, 3) at ``MODEL_FPS``."""

    orientation: Tensor
    positions: Tensor


@dataclass(frozen=True)
class InputView:
    """rays (T, K, 2) with the intrinsics removed and finite everywhere, at ``MODEL_FPS``; weight (T, K) in [0, 1].

    box_size: edges in metres of the box that it shows, if they are known; scene: the world that the motion is to be in,
    None: one of its own.
    """

    rays: Tensor
    weight: Tensor
    focal: float
    focal_source: str
    principal_point: tuple[float, float]
    warnings: tuple[str, ...]
    box_size: tuple[float, float, float] | None = None
    scene: SceneView | None = None

    @property
    def seen(self) -> Tensor:
        return self.weight > SEEN_WEIGHT


def prepare(
    clip: KeypointClip, focal: float | None, subject: Subject | None = None,
    box_size: tuple[float, float, float] | None = None,
) -> InputView:  # fmt: skip
    """Clip to rays. focal in pixels, None: assumed. subject: whose points are wanted, None: whose the clip shows.

    box_size: see InputView. Raises UserError.
    """
    shown = subject_of_layout(clip.layout)
    subject = subject or shown
    if box_size is not None and subject.body != "smpl_box":
        raise MotionError(f"expected no box's size: a {subject.name} is lifted, not a person with a box")
    if shown is not subject:
        raise MotionError(
            f"the clip has the points of a {shown.name} (layout {clip.layout}), the model lifts a {subject.name}: "
            "choose the other subject, or another clip"
        )
    if len(clip) > LONGEST:
        raise MotionError(too_long(len(clip)))
    if not long_enough(len(clip), clip.fps):
        raise MotionError(f"expected at least {MINIMUM_FRAMES} frames, got {len(clip)} at {clip.fps:g} frames a second")
    if focal is not None and not 1 <= focal <= 1e6:
        raise MotionError(f"expected a focal length in pixels, such as 1500, got {focal}")
    width, height = clip.image_size
    centre = (clip.camera and clip.camera.centre) or (width / 2, height / 2)
    scene = _scene(clip)
    focal, focal_source, warnings = _focal(clip, focal)
    clip = resample(clip.steadied(focal).to_layout(subject.layout), MODEL_FPS)
    filled = fill_gaps(clip)
    if filled.missing > MOST_MISSING:
        raise MotionError(too_empty(filled.missing))
    if filled.missing > 0.3:
        warnings = (
            f"{filled.missing:.0%} of the keypoints are missing; those parts are the model's guess", *warnings
        )  # fmt: skip
    rays = torch.as_tensor((filled.points - np.array(centre)) / focal, dtype=torch.float32)
    weight = torch.as_tensor(filled.weight, dtype=torch.float32)
    if subject.body == "smal":
        weight[:, torch.as_tensor(~clip.present.any(0))] = PLACED_WEIGHT
    more = (*clip.warnings, *warnings)
    return InputView(rays, weight, float(focal), focal_source, centre, more, box_size, scene)


def _scene(clip: KeypointClip) -> SceneView | None:
    if clip.camera is None or clip.camera.path is None:
        return None
    path, count = clip.camera.path, resampled_length(len(clip), clip.fps, MODEL_FPS)
    at = sample_positions(len(clip), clip.fps, MODEL_FPS, count)
    positions = np.stack([np.interp(at, np.arange(len(clip)), axis) for axis in path.positions.T], -1)
    return SceneView(*(torch.as_tensor(array, dtype=torch.float32) for array in (path.orientation, positions)))


def _focal(clip: KeypointClip, focal: float | None) -> tuple[float, str, tuple[str, ...]]:
    """The focal length in pixels, where it is from, and what to say of it."""
    if focal is not None:
        return float(focal), "given", ()
    if clip.focal is not None:
        return clip.focal, clip.focal_source or "of the keypoint file", ()
    if clip.camera is not None and clip.camera.focal is not None:
        return float(clip.camera.focal), "of the keypoint file", ()
    width, height = clip.image_size
    focal = ASSUMED_FOCAL * max(width, height)
    degrees = 2 * np.degrees(np.arctan(width / 2 / focal))
    source = f"assumed: {focal:.0f} px, {degrees:.0f} degrees across the image"
    return focal, source, (f"focal length {source}; give the camera's for a truer depth",)
