# SPDX-License-Identifier: GPL-3.0-or-later
"""Where wrists are when hands hold a box: on its sides, under it, on its near edge, on top, over its far edge.

In the frame of the person who takes it: origin in the box's centre, x to the right, y away from the person, z up.
A wrist is not a palm: where a palm lies on the box, its wrist is 4 to 12 cm off the surface.
"""

from collections.abc import Callable

import numpy as np

#: How often people take a box how, by what they do with it.
GRIPS = {
    "push": {"near_top": 0.4, "sides": 0.25, "top": 0.2, "near_face": 0.15},
    "drag": {"near_top": 0.35, "sides": 0.3, "far_top": 0.2, "far_and_near": 0.15},
    "carry": {"sides": 0.45, "under": 0.35, "diagonal": 0.1, "near_under": 0.1},
    "turn": {"sides": 0.4, "far_and_near": 0.35, "near_top": 0.25},
}
HAND, LOW = 0.12, 0.28  # metres above what a box rests on that a wrist needs at least; of one that moves it there
_FAR = 0.45  # metres: deeper boxes are not taken over their far edge


def draw_grip(generator: np.random.Generator, kind: str, size: np.ndarray) -> np.ndarray:
    """Wrists (2, 3; left, right) of a grip that suits the kind and the box's ``size`` (3,) in metres."""
    shares = {name: share for name, share in GRIPS[kind].items() if size[1] < _FAR or not name.startswith("far")}
    weights = np.array(list(shares.values()))
    name = str(generator.choice(list(shares), p=weights / weights.sum()))
    wrists = _DRAWERS[name](generator, *size)
    wrists = wrists + generator.normal(0, 0.008, (2, 3)).clip(-0.016, 0.016)
    lowest = LOW if kind != "carry" else 0.06 if name == "under" else HAND
    wrists[:, 2] = wrists[:, 2].clip(-size[2] / 2 + lowest)
    return wrists


def _pair(half_apart: float, y: float, z: float) -> np.ndarray:
    return np.array([[-half_apart, y, z], [half_apart, y, z]])


def _sides(generator, width, depth, height):
    y = generator.uniform(-0.35, 0.1) * depth
    return _pair(width / 2 + generator.uniform(0.05, 0.11), y, generator.uniform(-0.3, 0.45) * height)


def _diagonal(generator, width, depth, height):
    wrists = _sides(generator, width, depth, height)
    wrists[:, 1:] = np.c_[generator.permutation([-0.35, 0.2]) * depth, wrists[:, 2] + [0.0, -0.1 * height]]
    return wrists


def _under(generator, width, depth, height):
    y = generator.uniform(-0.3, 0.1) * depth
    return _pair(width / 2 + generator.uniform(0.03, 0.07), y, -height / 2 + generator.uniform(0.0, 0.06))


def _near_under(generator, width, depth, height):
    apart = min(generator.uniform(0.12, 0.2), width / 2)
    return _pair(apart, -depth / 2 - generator.uniform(0.04, 0.08), -height / 2 + generator.uniform(0.02, 0.1))


def _near_top(generator, width, depth, height):
    apart = min(generator.uniform(0.12, 0.21), width / 2 + 0.04)
    return _pair(apart, -depth / 2 - generator.uniform(-0.02, 0.08), height / 2 + generator.uniform(0.05, 0.12))


def _top(generator, width, depth, height):
    apart = min(generator.uniform(0.12, 0.2), width / 2)
    return _pair(apart, generator.uniform(-0.4, -0.1) * depth, height / 2 + generator.uniform(0.05, 0.11))


def _near_face(generator, width, depth, height):
    apart = min(generator.uniform(0.12, 0.2), width / 2)
    return _pair(apart, -depth / 2 - generator.uniform(0.06, 0.11), generator.uniform(0.1, 0.5) * height)


def _far_top(generator, width, depth, height):
    apart = min(generator.uniform(0.12, 0.2), width / 2)
    return _pair(apart, depth / 2 - generator.uniform(0.02, 0.12), height / 2 + generator.uniform(0.06, 0.12))


def _far_and_near(generator, width, depth, height):
    far = [generator.uniform(0.0, 0.3) * width, depth / 2 - generator.uniform(-0.03, 0.06)]
    near = [generator.uniform(0.1, 0.45) * width, -depth / 2 - generator.uniform(0.0, 0.07)]
    z = height / 2 + generator.uniform(-0.02, 0.1, 2)
    far_z, near_z = max(z[0], height / 2 + 0.06), z[1] if near[1] < -depth / 2 - 0.03 else height / 2 + 0.06
    right = np.array([[-near[0], near[1], near_z], [far[0], far[1], far_z]])
    return right if generator.random() < 0.5 else right[::-1] * [-1, 1, 1]


_DRAWERS: dict[str, Callable[..., np.ndarray]] = {
    "sides": _sides, "diagonal": _diagonal, "under": _under, "near_under": _near_under, "near_top": _near_top,
    "top": _top, "near_face": _near_face, "far_top": _far_top, "far_and_near": _far_and_near,
}  # fmt: skip
