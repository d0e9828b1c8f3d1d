# SPDX-License-Identifier: GPL-3.0-or-later
"""BADJA's dog, which a camera follows that nobody tells of, lifted by the bundled model: it runs, on its paws."""

from dataclasses import replace

import numpy as np

from backend.keypoints import read_keypoints
from backend.keypoints.anatomy import QUADRUPED
from backend.lifting import rigs
from backend.lifting.lift import lift_keypoints
from backend.lifting.models import load_models
from backend.lifting.options import LiftOptions

FIRST = 90  # frames: a gallop past the camera
PAWS = [QUADRUPED.index(name) for name in rigs.SMAL.feet]


def test_the_dog_runs_on_its_paws(shared_data):
    clip = read_keypoints(shared_data / "keypoints" / "badja_rs_dog.json")
    clip = replace(clip, points=clip.points[:FIRST], confidence=clip.confidence[:FIRST])
    motion = lift_keypoints(clip, LiftOptions(), load_models(LiftOptions(), "cat"))
    assert "the camera moves" in motion.warnings[-1]
    height, root = motion.height, motion.trans[:, :2]
    assert np.linalg.norm(root[-1] - root[0]) > 5 * height
    assert motion.keypoints[..., PAWS, 2].min(1).max() < 0.25 * height  # in the air between strides, no higher
    seen = clip.confidence > 0
    tall = np.median([np.ptp(points[there, 1]) for points, there in zip(clip.points, seen, strict=True)])
    assert motion.reprojection_error() < 0.05 * tall
