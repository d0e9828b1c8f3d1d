# SPDX-License-Identifier: GPL-3.0-or-later
"""The gaits: when each paw lands within a stride, how long it stays, how fast, and how the trunk moves with it.

Footfall patterns and duty factors: Hildebrand (1965, Science 150:701; 1989, BioScience 39:766); those of dogs over the
range of speeds: Maes et al. (2008, J Exp Biol 211:138); of cats: Miller & Van der Meche (1975, Brain Res 91:255) and
English (1978, J Morphol 158:261). Animals of different sizes move alike at equal Froude numbers, v^2 / (g h) (Alexander
& Jayes 1983, J Zool 201:135), so speeds here are v / sqrt(g h), h being the height of the hip joint over the paw.
"""

from dataclasses import dataclass

import numpy as np

#: Columns of a gait as a vector, which blends into another one by weights.
TOUCHDOWN, DUTY, CLEARANCE = slice(0, 4), slice(4, 8), slice(8, 10)
#: First and second harmonics of a stride, as cosine and sine: heights in leg lengths, angles in radians.
WAVES = ("hip_1", "hip_2", "shoulder_1", "shoulder_2", "flex_1", "bend_1", "roll_1", "sway_1", "nod_1", "nod_2")
OSCILLATIONS = slice(10, 10 + 2 * len(WAVES))
_COLUMNS = 10 + 2 * len(WAVES)


@dataclass(frozen=True)
class Gait:
    """touchdown: part of a stride at which the paws land (left front, right front, left back, right back), unwrapped so
    that gaits blend; duty: of front and back paws; speed: range of v / sqrt(g h); clearance: of front and back paws in
    leg lengths; waves: amplitudes by name, with the part of a stride at which each is at its top."""

    touchdown: tuple[float, float, float, float]
    duty: tuple[float, float]
    speed: tuple[float, float]
    clearance: tuple[float, float]
    heave: tuple[float, float] = (0.0, 0.0)
    flex: float = 0.0
    bend: float = 0.0
    roll: float = 0.0
    sway: float = 0.0

    def vector(self) -> np.ndarray:
        """The gait as numbers (G,) that may be blended with those of another."""
        out = np.zeros(_COLUMNS)
        front, back = self.duty
        out[TOUCHDOWN], out[DUTY], out[CLEARANCE] = self.touchdown, (front, front, back, back), self.clearance
        middle = np.array(self.touchdown) + out[DUTY] / 2
        pairs = {"hip": middle[2:], "shoulder": middle[:2]}
        for name, middles in pairs.items():
            for order, size in enumerate(self.heave, 1):
                # Paws that land together press once a stride, paws that alternate twice.
                _add(out, f"{name}_{order}", size, middles, order)
        for order, size in enumerate(self.heave, 1):
            _add(out, f"nod_{order}", 0.8 * size, middle[:2] + 0.1, order)
        # Gathered as the hind paws come forward to land, stretched as they leave; a hip goes forward with its paw.
        _add(out, "flex_1", self.flex, np.array(self.touchdown[2:]) - 0.07, 1)
        _add(out, "bend_1", self.bend, np.array([self.touchdown[2]]), 1)
        _add(out, "roll_1", self.roll, np.array([middle[2]]), 1)
        _add(out, "sway_1", self.sway, np.array([middle[2], middle[0]]), 1)
        return out


def other_lead(vector: np.ndarray) -> np.ndarray:
    """The gait (G,) with left and right exchanged."""
    out = vector.copy()
    out[:8] = vector[[1, 0, 3, 2, 5, 4, 7, 6]]
    for name in ("bend_1", "roll_1", "sway_1"):
        column = 10 + 2 * WAVES.index(name)
        out[column : column + 2] *= -1
    return out


def _add(vector: np.ndarray, name: str, size: float, tops: np.ndarray, order: int) -> None:
    column = 10 + 2 * WAVES.index(name)
    wave = size * np.exp(2j * np.pi * order * tops).mean()
    vector[column : column + 2] = wave.real, wave.imag


def wave(vectors: np.ndarray, name: str, phase: np.ndarray) -> np.ndarray:
    """The oscillation ``name`` (T,) of gait vectors (T, G) at the stride's phase (T,), in strides."""
    column, order = 10 + 2 * WAVES.index(name), int(name[-1])
    angle = 2 * np.pi * order * phase
    return vectors[:, column] * np.cos(angle) + vectors[:, column + 1] * np.sin(angle)


#: By legs: left front, right front, left back, right back. Asymmetric gaits lead with the right here; see other_lead.
GAITS = {
    # Four beats, each front paw a quarter of a stride after the back paw of its side.
    "walk": Gait((0.22, 0.72, 0.0, 0.5), (0.64, 0.66), (0.22, 0.62), (0.16, 0.11), (0, 0.012), 0, 0.07, 0.05, 0.03),
    "stalk": Gait((0.25, 0.75, 0.0, 0.5), (0.74, 0.76), (0.06, 0.2), (0.14, 0.1), (0, 0.004), 0, 0.05, 0.03, 0.02),
    "amble": Gait((0.16, 0.66, 0.0, 0.5), (0.5, 0.53), (0.55, 0.95), (0.17, 0.13), (0, 0.01), 0, 0.05, 0.05, 0.03),
    "pace": Gait((0.04, 0.54, 0.0, 0.5), (0.46, 0.47), (0.75, 1.3), (0.18, 0.14), (0, -0.025), 0, 0.03, 0.07, 0.06),
    "trot": Gait((0.5, 1.0, 0.0, 0.5), (0.44, 0.43), (0.7, 1.5), (0.2, 0.16), (0, -0.03), 0, 0.05, 0.02, 0.0),
    "canter": Gait(
        (0.34, 0.62, 0.0, 0.32), (0.38, 0.38), (1.15, 1.9), (0.22, 0.2), (-0.06, -0.012), 0.16, 0.02, 0.02, 0.01
    ),
    "gallop": Gait((0.46, 0.58, 0.0, 0.13), (0.27, 0.27), (1.8, 3.0), (0.24, 0.24), (-0.07, -0.01), 0.34, 0.0, 0.02),
    "rotary_gallop": Gait(
        (0.56, 0.44, 0.0, 0.1), (0.25, 0.25), (1.9, 3.2), (0.24, 0.24), (-0.07, -0.01), 0.4, 0.0, 0.02
    ),
    "half_bound": Gait((0.42, 0.54, 0.0, 0.03), (0.27, 0.27), (1.4, 2.4), (0.26, 0.28), (-0.09, -0.01), 0.45, 0.0, 0.0),
}


def stride_length(speed: np.ndarray) -> np.ndarray:
    """Stride over leg length at ``speed`` v / sqrt(g h): a power of the speed (Alexander & Jayes 1983)."""
    return 2.45 * np.clip(np.abs(speed), 1e-3, None) ** 0.58
