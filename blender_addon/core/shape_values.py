# SPDX-License-Identifier: GPL-3.0-or-later
"""Which shape a motion gives the body at hand, and what to say when the two do not belong together."""

import numpy as np

from .body_file import Body
from .motion_file import Motion, MotionFileError

# How far, in metres, the stored joints may stand from those of the body at hand before it is another body.
_SAME_BODY = 0.005


def shape_values(motion: Motion, body: Body) -> tuple[np.ndarray, list[str]]:
    """The shape values (B,) for this body, and sentences for the user. Raises MotionFileError if it cannot be it."""
    if len(body.joint_names) != motion.poses.shape[1]:
        raise MotionFileError(
            f"{motion.name} moves {motion.poses.shape[1]} joints and the body has {len(body.joint_names)}; "
            "give the body it was made with"
        )
    if not motion.ours:
        if not motion.betas.any():
            return np.zeros(0), []
        return np.zeros(0), ["the file's body shape belongs to another body model, so the body has its average shape"]
    known = body.shape_directions.shape[-1]
    if len(motion.betas) > known:
        raise MotionFileError(
            f"{motion.name} has {len(motion.betas)} shape values and the body {known}; give the body it was made with"
        )
    if motion.joints is None:
        return motion.betas, []
    joints = body.shaped(motion.betas)[1]
    away = np.abs(motion.joints[:, 0] - motion.trans - joints[0]).max()
    bones = np.linalg.norm(motion.joints[0, 1:] - motion.joints[0, body.parents[1:]], axis=-1)
    away = max(away, np.abs(bones - np.linalg.norm(joints[1:] - joints[body.parents[1:]], axis=-1)).max())
    if away > _SAME_BODY:
        return motion.betas, [f"the motion was made with another body: joints stand {away * 1000:.0f} mm off"]
    return motion.betas, []


def rest_difference(body: Body, betas: np.ndarray, others: np.ndarray) -> float:
    """How far, in metres, the joints of two shapes of a body lie apart at rest, root on root, where it is most."""
    first, second = body.shaped(betas)[1], body.shaped(others)[1]
    return float(np.linalg.norm((first - first[0]) - (second - second[0]), axis=-1).max())
