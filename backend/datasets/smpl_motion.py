# SPDX-License-Identifier: GPL-3.0-or-later
"""Motion as SMPL's parameters, and the truth of one window from it: keypoints in a Z-up world at 30 fps."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from ..bodies import BodyError
from ..bodies.body_file import GENDERS, find_body_file
from ..bodies.skeleton import JOINT_COUNT
from ..bodies.smpl import SMPL_VERTEX_COUNT, Body, load_body
from ..evaluation import EvaluationError
from ..evaluation.windows import FPS, LENGTH, SHORTEST, Window, standing_height
from ..geometry.rotations import axis_angle_to_matrix
from ..keypoints.clip import MAXIMUM_FPS, MINIMUM_FPS

#: The root, then the 21 joints of a body without hands.
BODY_JOINTS = 22
# Y up to Z up: what lay along Y stands along Z, and what faced Z faces -Y.
_Z_FROM_Y = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])


@dataclass(frozen=True, eq=False)
class SmplMotion:
    """One person's motion.

    poses (N, 66 or more) axis-angle in radians, of which the root and the 21 body joints are used; translation (N, 3)
    metres, as SMPL adds it, or with of_pelvis where the pelvis joint is; up: 'y' or 'z'; betas (B,) of the gender's
    SMPL, None: the mean shape. Raises EvaluationError for anything else, and for NaN.
    """

    name: str
    poses: np.ndarray
    translation: np.ndarray
    fps: float
    up: str = "z"
    gender: str = "male"
    betas: np.ndarray | None = None
    of_pelvis: bool = False

    def __post_init__(self):
        poses, translation = numbers(self.poses, "poses"), numbers(self.translation, "translation")
        if poses.ndim != 2 or not len(poses) or poses.shape[1] < 3 * BODY_JOINTS:
            raise EvaluationError(f"expected poses (N, {3 * BODY_JOINTS} or more), got {poses.shape}")
        if translation.shape != (len(poses), 3):
            raise EvaluationError(f"expected a translation {(len(poses), 3)}, got {translation.shape}")
        if not (np.isfinite(self.fps) and MINIMUM_FPS <= self.fps <= MAXIMUM_FPS):
            raise EvaluationError(f"expected 1 to 1000 frames a second, got {self.fps}")
        object.__setattr__(self, "poses", poses[:, : 3 * BODY_JOINTS])
        object.__setattr__(self, "translation", translation)
        if self.betas is not None:
            object.__setattr__(self, "betas", numbers(self.betas, "betas").ravel())


#: The sequences of a data set by name, each read when it is called for. The call raises UserError.
Sequences = dict[str, Callable[[], SmplMotion]]


def numbers(value, what: str) -> np.ndarray:
    """An array of finite numbers as float64. Raises EvaluationError."""
    array = np.asarray(value)
    if array.dtype.kind not in "fiu" or not np.isfinite(array).all():
        raise EvaluationError(f"expected finite numbers as {what}, got {'NaN' if array.dtype.kind == 'f' else 'none'}")
    return array.astype(np.float64)


def field(values, name: str):
    """A field of what was read. Raises EvaluationError naming what there is instead."""
    if not isinstance(values, dict) or name not in values:
        found = ", ".join(map(str, list(values)[:8])) if isinstance(values, dict) else type(values).__name__
        raise EvaluationError(f"expected a field {name}, got {found or 'none'}")
    return values[name]


class Bodies:
    """The bodies that a data set's motions are posed on: the bundled one for path None, else the user's SMPL."""

    def __init__(self, path: Path | None):
        self.path = path
        self._loaded: dict[str, Body] = {}

    def name(self) -> str:
        """Which body it is, for the reader of a table."""
        if self.path is None:
            return "the bundled open body, not SMPL: --body gives the paper's"
        return f"SMPL in {self.of('male').path.name}"

    def of(self, gender: str) -> Body:
        """A folder's SMPL of that gender, or the first there is where it has none. Raises BodyError."""
        if gender not in self._loaded:
            wanted = gender if gender in GENDERS and self.path is not None and Path(self.path).is_dir() else None
            try:
                _ = wanted and find_body_file(Path(self.path), wanted)
            except BodyError:
                wanted = None
            self._loaded[gender] = load_body(self.path, wanted)
        return self._loaded[gender]


def truth_of(motion: SmplMotion, bodies: Bodies) -> Window:
    """The first 120 frames of a motion at 30 fps as keypoints in space.

    The shape is the motion's own on SMPL of its gender, else the mean. Raises EvaluationError for less than 45 frames.
    """
    points = keypoints_of(motion, bodies, LENGTH)
    if len(points) < SHORTEST:
        raise EvaluationError(f"expected at least {SHORTEST} frames at {FPS:g} fps, got {len(points)}")
    body = bodies.of(motion.gender)
    rest = body.rest_joints(_shape(motion, body)).double().numpy()
    return Window(motion.name, points, standing_height(dict(zip(body.joint_names, rest, strict=True))))


def keypoints_of(motion: SmplMotion, bodies: Bodies, longest: int | None = None) -> np.ndarray:
    """(T, 18, 3) float64, metres, Z up, at 30 fps: of the whole motion, or of its first `longest` frames.

    A frame between two of the source is on the line between them. Raises BodyError.
    """
    count = int((len(motion.poses) - 1) * FPS / motion.fps + 1e-6) + 1
    times = np.arange(count if longest is None else min(count, longest)) * motion.fps / FPS
    before = np.floor(times + 1e-6).astype(int)
    after = np.minimum(before + 1, len(motion.poses) - 1)
    part = (times - before).clip(0)[:, None, None]
    body = bodies.of(motion.gender)
    betas = _shape(motion, body)
    points = _keypoints(motion, body, betas, body.rest_joints(betas), after.max() + 1)
    points = np.where(part < 1e-6, points[before], (1 - part) * points[before] + part * points[after])
    return points @ _Z_FROM_Y.T if motion.up == "y" else points


def _shape(motion: SmplMotion, body: Body) -> torch.Tensor:
    betas = torch.zeros(body.num_betas)
    is_smpl = len(body.fields["v_template"]) == SMPL_VERTEX_COUNT
    if motion.betas is not None and is_smpl and body.gender == motion.gender:
        count = min(len(motion.betas), body.num_betas)
        betas[:count] = torch.as_tensor(motion.betas[:count], dtype=torch.float32)
    return betas


@torch.no_grad()
def _keypoints(motion: SmplMotion, body: Body, betas: torch.Tensor, rest: torch.Tensor, frames: int) -> np.ndarray:
    """(frames, 18, 3) float64 in the motion's own world."""
    poses = torch.as_tensor(motion.poses[:frames], dtype=torch.float32).unflatten(1, (BODY_JOINTS, 3))
    hands = torch.eye(3).expand(len(poses), JOINT_COUNT - BODY_JOINTS, 3, 3)
    rotations = torch.cat([axis_angle_to_matrix(poses), hands], 1)
    # Far from the origin single precision would cost millimetres: the translation is added in double.
    _, points = body.keypoints(rotations, betas, torch.zeros(len(poses), 3))
    place = motion.translation[:frames] - (rest[0].double().numpy() if motion.of_pelvis else 0.0)
    return points.double().numpy() + place[:, None]
