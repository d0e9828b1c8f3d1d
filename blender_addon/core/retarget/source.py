# SPDX-License-Identifier: GPL-3.0-or-later
"""What is retargeted: a skeleton at rest with where its joints went, from a motion file or from a scene's character."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..body_file import read_body
from ..box import BoxPath
from ..forward_kinematics import joint_transforms
from ..motion_file import read_motion
from ..rotations import REST_TO_BLENDER
from . import RetargetError
from .roles import HUMAN, QUADRUPED
from .skeletons import SKELETONS
from .smal_motion import NAMES, PARENTS, is_smal, read_smal


@dataclass(frozen=True)
class Source:
    """A motion in Blender's world. names, parents: J joints, each after its parent. heads: (J, 3), at rest, upright.
    rotations: (T, J, 3, 3), relative to rest. positions: (T, J, 3). frame_start: the first frame's number. box: what is
    handled, if anything is.
    """

    name: str
    family: str
    names: Sequence[str]
    parents: np.ndarray
    heads: np.ndarray
    rotations: np.ndarray
    positions: np.ndarray
    fps: float
    frame_start: int = 1
    box: BoxPath | None = None

    def __len__(self) -> int:
        return len(self.positions)

    def joints(self, role: str) -> list[int]:
        """The joints of a part of the body, from the trunk outwards; [] if the family has none."""
        return [self.names.index(name) for name in SKELETONS[self.family].get(role, ())]


def read_source(path: Path | str) -> Source:
    """The motion in a file. Raises CoreError for anything that is no sound motion."""
    path = Path(path)
    if is_smal(path):
        motion = read_smal(path)
        parts = motion.poses, motion.trans, motion.rest, np.array(PARENTS)
        frame = np.eye(3)  # SMAL rests Z up
        return _posed(path.stem, QUADRUPED, NAMES, *parts, frame, motion.fps, motion.frame_start)
    motion = read_motion(path)
    body = read_body(motion.body_file)
    if len(body.joint_names) != motion.poses.shape[1]:
        raise RetargetError(f"{path} moves {motion.poses.shape[1]} joints and its body has {len(body.joint_names)}")
    rest = body.shaped(motion.betas if motion.ours else np.zeros(0))[1]
    parts = motion.poses, motion.trans, rest, body.parents
    source = _posed(motion.name, HUMAN, body.joint_names, *parts, REST_TO_BLENDER, motion.fps, motion.frame_start)
    return replace(source, box=motion.box.path if motion.box else None)


def _posed(name, family, names, poses, trans, rest, parents, upright: np.ndarray, fps, frame_start) -> Source:
    """The source of local axis-angle (T, J, 3) about a rest pose that `upright` (3, 3) turns Z up."""
    rotations, positions = joint_transforms(poses, trans, rest, parents)
    return Source(
        name, family, list(names), parents, rest @ upright.T, rotations @ upright.T, positions, fps, frame_start
    )
