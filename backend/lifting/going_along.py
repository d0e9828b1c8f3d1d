# SPDX-License-Identifier: GPL-3.0-or-later
"""The path of an animal whose camera moves though nothing tells how: by its paws, which stand on the floor.

People follow a running animal with the camera. Without a film that shows how the camera turned, the animal runs on the
spot, and hovers where the camera has nodded. But its paws push it along: where one stands, the body passes over it. The
camera is taken to go along, so that the picture stays what it was.
"""

import numpy as np
import torch
import torch.nn.functional as F
from scipy.linalg import solveh_banded
from torch import Tensor

from ..geometry.cameras import Camera
from .body_fit import BodyFit
from .stances import LOW, STRIDE

WARNING = (
    "no paw stands still in the picture, so the camera moves and nothing tells how: it is taken to go along with the"
    " animal, whose path its paws tell; give the film's camera for a truer one"
)
#: The share of a clip without a paw that stands, for half a second, from which on it is the camera that moves. Measured
#: on 36 captured and made clips by a camera that stands: 0 to 0.12, with a long leap 0.20; by one that turns: 0.67.
WITHOUT_STANCE = 0.4
#: Frames over which an animal holds its speed (per one frame's evidence of a paw), and the floor its height.
STEADY, LEVEL = 30.0, 60.0
SURELY = 0.02  # of the evidence of a standing paw, that every frame has of standing as the last one did


def camera_moves(contacts: Tensor) -> bool:
    """Whether paws of contacts (T, 4), `stances.stances_seen`, stand too seldom for a camera that stands."""
    standing = F.max_pool1d(contacts.amax(-1)[None, None], 2 * STRIDE + 1, 1, STRIDE)[0, 0]
    return bool((standing < 0.5).float().mean() > WITHOUT_STANCE)


def go_along(fit: BodyFit, camera: Camera, soles: Tensor) -> tuple[BodyFit, Camera]:
    """One window's fit on the path and the floor that its soles (1, T, 4, 3) tell, and the camera that goes along, its
    translation (T, 3). Canonical metres, Z up, the floor near 0."""
    paws, root = soles[0].cpu().double().numpy(), fit.translation[0].cpu().double().numpy()
    stands = _lowest(paws[..., 2])
    # Where a paw stands the root moves against what the paw does beside it.
    back = -np.diff(paws - root[:, None], axis=0)[..., :2]
    weight = np.minimum(stands[1:], stands[:-1])
    steps = _smooth((weight[..., None] * back).sum(1), weight.sum(1), STEADY)
    path = np.concatenate([np.zeros((1, 2)), steps.cumsum(0)])
    floor = _smooth((stands * paws[..., 2]).sum(1)[:, None], stands.sum(1), LEVEL)
    shift = np.concatenate([path - (root - root[:1])[:, :2], -floor], 1)
    shift = torch.as_tensor(shift).to(fit.translation)[None]
    along = camera.translation - (camera.rotation @ shift[0, ..., None])[..., 0]
    return fit.moved(shift), Camera(camera.matrix, camera.rotation, along)


def _lowest(height: np.ndarray) -> np.ndarray:
    """How surely paws at heights (T, 4) are the lowest of half a second about, 0 to 1."""
    lowest = torch.as_tensor(height.min(1))[None, None]
    nearby = -F.max_pool1d(-lowest, 2 * STRIDE + 1, 1, STRIDE)[0, 0].numpy()
    return 1 / (1 + np.exp((height - nearby[:, None] - LOW / 2) / (0.1 * LOW)))


def _smooth(weighted: np.ndarray, weight: np.ndarray, stiffness: float) -> np.ndarray:
    """The curve (T, C) near to values that are given as their sums (T, C) by weights (T,), and that changes little."""
    weight = weight + SURELY * weight.mean()
    banded = np.zeros((2, len(weight)))
    banded[1] = weight
    banded[1, :-1] += stiffness
    banded[1, 1:] += stiffness
    banded[0, 1:] = -stiffness
    return solveh_banded(banded, weighted)
