# SPDX-License-Identifier: GPL-3.0-or-later
"""Training motion of quadrupeds that nobody had to capture: made by rules and chance, free of others' rights."""

import hashlib
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..progress import Progress, silent
from .gaits import draw_body, make_motion
from .mocap import MocapClip
from .stages import READING

LICENCE = "GPL-3.0-or-later (procedural motion of this project)"
SECONDS = (5.0, 12.0)  # of a clip
FPS = 30.0


@dataclass(frozen=True)
class ProceduralMotion:
    """Clips of 17 points, and the local rotations (N, 34, 3, 3) of SMAL's joints 1 to 34 in some of their frames."""

    clips: list[MocapClip]
    poses: Tensor

    @property
    def fingerprint(self) -> str:
        """What tells one set from another."""
        digest = hashlib.sha256()
        for clip in self.clips:
            digest.update(clip.keypoints.tobytes())
        return digest.hexdigest()[:16]


def make_procedural(minutes: float, seed: int, progress: Progress = silent, every: int = 10) -> ProceduralMotion:
    """So many minutes of quadrupeds of all proportions, every clip another animal; poses of every so many frames."""
    generator = np.random.default_rng([seed, 0x9A17])
    wanted, made, clips, poses = minutes * 60, 0.0, [], []
    while made < wanted:
        progress(READING, int(made), int(wanted))
        seconds = generator.uniform(*SECONDS)
        motion = make_motion(generator, draw_body(generator), seconds, FPS)
        name = f"{motion.kind}_{len(clips):04d}"
        clips.append(MocapClip(motion.keypoints.astype(np.float32), FPS, name, LICENCE))
        poses.append(torch.as_tensor(motion.rotations[::every, 1:], dtype=torch.float32))
        made += len(motion.keypoints) / FPS
    return ProceduralMotion(clips, torch.cat(poses))
