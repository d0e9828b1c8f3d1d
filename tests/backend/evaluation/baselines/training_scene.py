# SPDX-License-Identifier: GPL-3.0-or-later
"""Trainings in small of the baselines that learn from 2D alone."""

from backend.diffusion.checkpoint import load_tensors
from backend.progress import silent
from backend.training.history import unheard

from .lifting_scene import CPU, mocap_set


def trained(train, folder, seed=0, resume=False, progress=silent, hear=unheard, data=None):
    """What a 'tiny' training leaves: its tensors and its card."""
    return load_tensors(train(data or mocap_set(150), folder, "tiny", seed, CPU, resume, progress, hear))
