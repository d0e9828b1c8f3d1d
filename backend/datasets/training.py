# SPDX-License-Identifier: GPL-3.0-or-later
"""The motions of a data set to learn from, to be filmed by virtual cameras as motion capture is."""

import numpy as np

from ..evaluation.windows import FPS
from ..training.mocap import MocapClip
from .smpl_motion import Bodies, SmplMotion, keypoints_of

#: What a model's card says of what it has learnt from.
LICENCES = {
    "aist": "AIST++ annotations, CC BY 4.0",
    "omomo": "OMOMO, for research only",
    "amass": "AMASS, for research only",
}


def clip_of(motion: SmplMotion, bodies: Bodies, licence: str) -> MocapClip:
    """A whole motion as keypoints (T, 18, 3) float32, metres, Z up, at 30 fps. Raises BodyError."""
    return MocapClip(keypoints_of(motion, bodies).astype(np.float32), FPS, motion.name, licence)
