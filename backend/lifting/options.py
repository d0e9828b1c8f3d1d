# SPDX-License-Identifier: GPL-3.0-or-later
"""What a lift is asked for and what it tells of its result. Needs no torch, so that wrong wishes are told at once."""

import math
from dataclasses import dataclass
from pathlib import Path

from ..errors import UserError

MOST_STEPS = 1000  # diffusion.schedule.LEVELS
MOST_SAMPLES = 100
LARGEST_SEED = 2**31 - 1
LARGEST_BETA = 30.0
#: Metres: edges of a box.
SMALLEST_EDGE, LARGEST_EDGE = 0.03, 3.0
ALL = "all"  # as a person: everybody, in one world
MOST_PEOPLE = 8


class OptionError(UserError):
    """An option that no lift can use."""


@dataclass(frozen=True)
class LiftOptions:
    """subject: human, cat or human_box (None: whose points the clip has); person: number in the file (None: the one
    seen most), or ALL: then height may be a tuple, one a person, and people is how many are looked for in a video;
    steps and samples: denoising steps, samples averaged (None: the defaults); focal: pixels (None: assumed); height:
    standing, an animal's at the withers, metres (None: the body's mean, or as a box's size tells); device: auto, cpu,
    cuda, mps; model: folder of checkpoints, body: a SMPL or SMAL file or folder, pose_prior: a VPoser folder (None:
    bundled); fps and image_size for files that do not say. first_frame, last_frame: the part to lift, both included, as
    the clip counts its frames (None: from its first, to its last). betas: a shape to keep, which sets the height too,
    so that several clips of one actor share a body (None: fitted). keypoint_map: a file that says which of the clip's
    points are which (None: one beside the clip, else by their names). box_size: the box's edges in metres, from its
    first marked point to the second, to the fourth and to the fifth (None: estimated). detector, boxes, box: what finds
    the keypoints of a video, as in video.detectors.DetectorChoice; the subject is then the one it looks for. camera: a
    camera file (`keypoints.camera_file`): lens, and how it moved."""

    subject: str | None = None
    person: int | str | None = None
    people: int = 4
    seed: int = 0
    steps: int | None = None
    samples: int | None = None
    focal: float | None = None
    height: float | tuple[float, ...] | None = None
    device: str = "auto"
    model: str | Path | None = None
    body: str | Path | None = None
    pose_prior: str | Path | None = None
    fps: float | None = None
    image_size: tuple[int, int] | None = None
    first_frame: int | None = None
    last_frame: int | None = None
    betas: tuple[float, ...] | None = None
    keypoint_map: str | Path | None = None
    box_size: tuple[float, float, float] | None = None
    detector: str = "mediapipe"
    boxes: str | Path | None = None
    box: tuple[float, float, float, float] | None = None
    camera: str | Path | None = None


@dataclass(frozen=True)
class LiftResult:
    """What a lift made: for the command line and the panel.

    seconds: it took, without reading and loading; confidence: mean of the source's; missing: fraction of the points
    that the source does not have; height: the body's, metres; device: where it ran; model: its folder's name.
    """

    path: str
    frames: int
    fps: float
    seconds: float
    reprojection_px: float
    confidence: float
    focal_source: str
    warnings: tuple[str, ...]
    first_frame: int
    person: int
    seed: int
    missing: float
    height: float
    device: str
    model: str


def check_options(options: LiftOptions) -> None:
    """Raise OptionError for values that no lift can use, whatever the clip and the models."""
    for name in ("people", "person", "seed", "steps", "samples", "first_frame", "last_frame"):
        value = getattr(options, name)
        if name == "person" and value == ALL:
            continue
        if not (isinstance(value, int) or value is None and name not in ("seed", "people")):
            raise OptionError(f"expected a whole number as {name}, got {value!r}")
    sizes = options.height if isinstance(options.height, tuple) else (options.height,)
    if len(sizes) > 1 and options.person != ALL:
        raise OptionError(f"expected one height for one person, got {len(sizes)}: several go with all people")
    for name, value in (("focal", options.focal), *(("height", size) for size in sizes)):
        if value is not None and not isinstance(value, int | float):
            raise OptionError(f"expected a number as {name}, got {value!r}")
    for name in ("device", "model", "body", "pose_prior", "subject", "keypoint_map", "camera", "detector", "boxes"):
        value = getattr(options, name)
        if not (isinstance(value, str | Path) or value is None and name not in ("device", "detector")):
            raise OptionError(f"expected text as {name}, got {value!r}")
    for name, value, most in (
        ("people to look for", options.people, MOST_PEOPLE),
        ("denoising steps", options.steps, MOST_STEPS),
        ("samples", options.samples, MOST_SAMPLES),
    ):
        if value is not None and not 1 <= value <= most:
            raise OptionError(f"expected 1 to {most} {name}, got {value}")
    if abs(options.seed) > LARGEST_SEED:
        raise OptionError(f"expected a seed of at most {LARGEST_SEED}, got {options.seed}")
    if options.betas is not None:
        _check_betas(options.betas)
    if options.box_size is not None:
        _check_box_size(options.box_size)
    if options.box is not None:
        check_box(options.box)


def _check_box_size(size: tuple[float, ...]) -> None:
    numbers = isinstance(size, list | tuple) and all(isinstance(edge, int | float) for edge in size)
    if not numbers or len(size) != 3 or not all(SMALLEST_EDGE <= edge <= LARGEST_EDGE for edge in size):
        raise OptionError(
            f"expected a box's three edges of {SMALLEST_EDGE:g} to {LARGEST_EDGE:g} metres, got {str(size)[:60]}"
        )


def check_box(box: tuple[float, ...]) -> None:
    """Raise OptionError for what is no box in an image."""
    if not isinstance(box, list | tuple) or len(box) != 4 or not all(isinstance(side, int | float) for side in box):
        raise OptionError(f"expected left, top, right and bottom as box, got {str(box)[:40]}")
    left, top, right, bottom = box
    if not (all(map(math.isfinite, box)) and left < right and top < bottom):
        raise OptionError(f"expected a box with a width and a height, got {str(box)[:60]}")


def _check_betas(betas: tuple[float, ...]) -> None:
    if not isinstance(betas, list | tuple) or not all(isinstance(beta, int | float) for beta in betas):
        raise OptionError(f"expected a list of numbers as betas, got {str(betas)[:40]}")
    if not all(math.isfinite(beta) and abs(beta) <= LARGEST_BETA for beta in betas):
        raise OptionError(f"expected betas between -{LARGEST_BETA:g} and {LARGEST_BETA:g}: these are no body's shape")
