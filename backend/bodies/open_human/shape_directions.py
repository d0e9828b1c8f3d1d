# SPDX-License-Identifier: GPL-3.0-or-later
"""Ten ways in which bodies differ, one standard deviation each, as displacements of any point of the body.

A direction is a function of points, so the vertices and the joints move by the same rule and cannot disagree.
Standard deviations are rounded from the ANSUR summary statistics (see proportions).
"""

from collections.abc import Callable

import numpy as np

from ..building.skinning import step
from .proportions import FLOOR, rest_joints

#: (P, 3) points in the body's frame -> (P, 3) displacement for one unit of beta, metres.
Direction = Callable[[np.ndarray], np.ndarray]


def _vertical(amount: np.ndarray) -> np.ndarray:
    return np.stack([np.zeros_like(amount), amount, np.zeros_like(amount)], 1)


def _ramp(value: np.ndarray, low: float, high: float, soft: float) -> np.ndarray:
    """The integral of a plateau that is 1 between low and high with soft shoulders: grows from 0 to high - low."""

    def corner(t):
        t = np.clip(t / soft, -1, 1) * soft
        return (t + soft) ** 2 / (4 * soft)

    def rise(at):
        return np.where(value - at > soft, value - at, corner(value - at))

    return rise(low) - rise(high)


def _parts(points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """|x|, height over the floor, z, and how much of an arm the point is."""
    x, y = np.abs(points[:, 0]), points[:, 1] - FLOOR
    return x, y, points[:, 2], step(x, 0.15, 0.21)


def stature(points: np.ndarray) -> np.ndarray:
    """All of the body larger: 3.8 % (6.6 cm)."""
    return 0.038 * points


def _axis(points: np.ndarray) -> np.ndarray:
    """The nearest point on the line of bones that a point belongs to: what girth grows around."""
    joints = rest_joints()
    x, y, z, arm = _parts(points)
    left = joints[[1, 4, 7]] - [0, FLOOR, 0]
    leg_x = np.interp(y, left[::-1, 1], left[::-1, 0]) * 0.97
    leg_z = np.interp(y, left[::-1, 1], left[::-1, 2] - [0.02, 0.0, 0.0])
    leg = 1 - step(y, 0.79, 0.90)
    trunk_z = np.interp(y, [0.9, 1.1, 1.3, 1.47, 1.56, 1.62], [-0.004, 0.010, -0.004, -0.018, 0.008, 0.010])
    axis = np.stack([leg * leg_x, y, leg * leg_z + (1 - leg) * trunk_z], 1)
    arms = joints[[16, 18, 20, 22]] - [0, FLOOR, 0]
    reach = np.stack([x, np.interp(x, arms[:, 0], arms[:, 1]), np.interp(x, arms[:, 0], arms[:, 2])], 1)
    axis = (1 - arm[:, None]) * axis + arm[:, None] * reach
    return np.stack([axis[:, 0] * np.sign(points[:, 0]), axis[:, 1] + FLOOR, axis[:, 2]], 1)


def weight(points: np.ndarray) -> np.ndarray:
    """More girth at the same height: about 9 % at the trunk, the belly most, hands, feet and head least."""
    x, y, z, arm = _parts(points)
    trunk = np.interp(y, [0.0, 0.09, 0.35, 0.75, 1.0, 1.10, 1.3, 1.44, 1.52, 1.56, 1.62],
                      [0.01, 0.03, 0.07, 0.10, 0.09, 0.12, 0.09, 0.07, 0.09, 0.04, 0.012])  # fmt: skip
    limb = np.interp(x, [0.2, 0.35, 0.60, 0.70, 0.80], [0.10, 0.10, 0.06, 0.02, 0.02])
    rate = (1 - arm) * trunk + arm * limb
    out = rate[:, None] * (points - _axis(points))
    belly = np.exp(-(((y - 1.08) / 0.10) ** 2) - (x / 0.11) ** 2) * step(z, -0.02, 0.10) * (1 - arm)
    out[:, 2] += 0.012 * belly
    return out


def leg_length(points: np.ndarray) -> np.ndarray:
    """Legs longer by 2.4 cm and trunk shorter by as much, at the same stature."""
    x, y, z, arm = _parts(points)
    legs = _ramp(y, 0.10, 0.86, 0.04) / 0.76
    trunk = _ramp(y, 0.98, 1.42, 0.05) / 0.44
    return _vertical(0.024 * (legs - trunk - 1))  # the pelvis stays


def arm_length(points: np.ndarray) -> np.ndarray:
    """Arms longer by 2.6 cm, hands in proportion."""
    x, y, z, arm = _parts(points)
    grow = 0.026 * _ramp(x, 0.20, 0.86, 0.03) / 0.66
    return np.stack([grow * np.sign(points[:, 0]), np.zeros_like(x), np.zeros_like(x)], 1)


def thigh_to_shin(points: np.ndarray) -> np.ndarray:
    """Knees lower by 1.2 cm: thighs longer, shins shorter."""
    y = _parts(points)[1]
    return _vertical(0.012 * (_ramp(y, 0.51, 0.84, 0.03) / 0.33 - _ramp(y, 0.12, 0.46, 0.03) / 0.34))


def upper_arm_to_forearm(points: np.ndarray) -> np.ndarray:
    """Elbows farther out by 1 cm: upper arms longer, forearms shorter."""
    x = _parts(points)[0]
    grow = 0.010 * (_ramp(x, 0.21, 0.41, 0.025) / 0.20 - _ramp(x, 0.465, 0.665, 0.025) / 0.20)
    return np.stack([grow * np.sign(points[:, 0]), np.zeros_like(x), np.zeros_like(x)], 1)


def shoulder_width(points: np.ndarray) -> np.ndarray:
    """Shoulders broader by 1.2 cm on each side, the arms moving with them."""
    x, y, z, arm = _parts(points)
    out = 0.012 * _ramp(x, 0.03, 0.15, 0.03) / 0.12 * np.maximum(step(y, 1.10, 1.36), arm)
    out = out * (1 - (1 - arm) * step(y, 1.45, 1.53))
    return np.stack([out * np.sign(points[:, 0]), np.zeros_like(x), np.zeros_like(x)], 1)


def hip_width(points: np.ndarray) -> np.ndarray:
    """Hips broader by 1 cm on each side, legs set 0.6 cm farther apart at the top."""
    x, y, z, arm = _parts(points)
    spread = 0.006 * step(y, 0.20, 0.80) * (1 - step(y, 0.92, 1.06)) * np.clip(_ramp(x, 0.0, 0.06, 0.02) / 0.06, 0, 1)
    flesh = 0.005 * np.exp(-(((y - 0.87) / 0.12) ** 2)) * step(x, 0.06, 0.17)
    return np.stack([(spread + flesh) * (1 - arm) * np.sign(points[:, 0]), np.zeros_like(x), np.zeros_like(x)], 1)


def muscle(points: np.ndarray) -> np.ndarray:
    """Chest, shoulders, arms, thighs and calves fuller, waist narrower."""
    x, y, z, arm = _parts(points)
    trunk = np.interp(y, [0.1, 0.33, 0.45, 0.70, 0.88, 1.10, 1.33, 1.42, 1.50, 1.56],
                      [0.0, 0.07, 0.02, 0.06, 0.01, -0.03, 0.08, 0.08, 0.07, 0.0])  # fmt: skip
    limb = np.interp(x, [0.2, 0.31, 0.42, 0.50, 0.66, 0.72], [0.10, 0.13, 0.04, 0.08, 0.01, 0.0])
    return ((1 - arm) * trunk + arm * limb)[:, None] * (points - _axis(points))


def head_size(points: np.ndarray) -> np.ndarray:
    """Head 4 % larger around the base of the skull, neck a little longer."""
    x, y, z, arm = _parts(points)
    centre = rest_joints()[15]
    head = (step(y, 1.47, 1.57) * (1 - arm))[:, None]
    return head * (0.04 * (points - centre) + [0, 0.004, 0])


DIRECTIONS: dict[str, Direction] = {
    direction.__name__: direction
    for direction in (stature, weight, leg_length, arm_length, thigh_to_shin, upper_arm_to_forearm, shoulder_width,
                      hip_width, muscle, head_size)
}  # fmt: skip


def displacements(points: np.ndarray) -> np.ndarray:
    """(P, 3) -> (P, 3, 10): every direction at every point."""
    return np.stack([direction(points) for direction in DIRECTIONS.values()], -1)
