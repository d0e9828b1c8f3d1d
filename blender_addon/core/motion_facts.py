# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be said of a motion in figures: how long it is, how well it fits what was seen, how sure that was."""

import hashlib
from dataclasses import dataclass

import numpy as np

from .motion_file import Motion


@dataclass(frozen=True)
class MotionFacts:
    """seconds: from the first frame to the end of the last. reprojection: mean distance in pixels between the lifted
    keypoints in the camera's picture and the source's. confidence: mean of the keypoints that the source has, in
    [0, 1]. missing: share of keypoints that it has not. focal: pixels. None: the file does not tell.
    """

    frames: int
    fps: float
    seconds: float
    reprojection: float | None
    confidence: float | None
    missing: float | None
    focal: float | None


def motion_facts(motion: Motion) -> MotionFacts:
    """The figures of a motion; those of the source only where its keypoints are in the file."""
    reprojection = confidence = missing = None
    seen = motion.keypoints
    if seen is not None:
        present = seen.confidence > 0
        missing = float(1 - present.mean())
        if present.any():
            confidence = float(seen.confidence[present].mean())
        if present.any() and seen.lifted is not None and motion.camera is not None:
            away = np.linalg.norm(motion.camera.project(seen.lifted) - seen.points, axis=-1)
            reprojection = float(away[present].mean())
    focal = None if motion.camera is None else float(motion.camera.matrix[0, 0] + motion.camera.matrix[1, 1]) / 2
    return MotionFacts(len(motion), motion.fps, len(motion) / motion.fps, reprojection, confidence, missing, focal)


def fingerprint(motion: Motion) -> str:
    """The same for the same motion and camera, and hardly ever for two."""
    arrays = [motion.poses, motion.trans]
    if motion.camera is not None:
        arrays += [motion.camera.matrix, motion.camera.rotation, motion.camera.translation]
    if motion.box is not None:
        arrays += [motion.box.rotations, motion.box.places, motion.box.size]
    return hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()[:24]
