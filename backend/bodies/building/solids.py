# SPDX-License-Identifier: GPL-3.0-or-later
"""Solids given by a function that is negative inside and about the distance outside: the clay of the body."""

from collections.abc import Callable

import numpy as np
from scipy.interpolate import CubicSpline, PchipInterpolator

#: (P, 3) points in metres -> (P,) values, negative inside.
Solid = Callable[[np.ndarray], np.ndarray]


def union(a: np.ndarray, b: np.ndarray, blend: float) -> np.ndarray:
    """Smooth minimum of two fields: where they differ by less than `blend` metres they flow into each other (C2)."""
    near = np.maximum(blend - np.abs(a - b), 0) / blend
    return np.minimum(a, b) - near**3 * (blend / 6)


def cut(a: np.ndarray, b: np.ndarray, blend: float) -> np.ndarray:
    """`a` without `b`, the edge rounded over `blend` metres."""
    return -union(-a, b, blend)


def ellipsoid(centre, radii, turn: float = 0.0, about: int = 0) -> Solid:
    """An ellipsoid with radii along x, y, z; turned by `turn` radians about an axis, x at first.

    A positive turn lets the front sink: z where it is about x and y is up, x where it is about y and z is up.
    """
    centre, radii = np.asarray(centre, float), np.asarray(radii, float)
    c, s = np.cos(turn), np.sin(turn)
    up, front = (about + 1) % 3, (about + 2) % 3

    def solid(points):
        d = points - centre
        d[:, up], d[:, front] = c * d[:, up] + s * d[:, front], c * d[:, front] - s * d[:, up]
        k0 = np.linalg.norm(d / radii, axis=1)
        k1 = np.linalg.norm(d / radii**2, axis=1)
        return k0 * (k0 - 1) / np.maximum(k1, 1e-9)

    return solid


def tube(points, radii, pieces: int = 5) -> Solid:
    """A tube with round ends along a smooth curve through K points (K, 3), with a radius at each."""
    points = np.asarray(points, float)
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    fine = np.concatenate([np.linspace(*along[i : i + 2], pieces, endpoint=False) for i in range(len(along) - 1)])
    fine = np.append(fine, along[-1])
    course, width = CubicSpline(along, points, bc_type="natural")(fine), PchipInterpolator(along, radii)(fine)
    axes, swell = np.diff(course, axis=0), np.diff(width)
    squares = (axes**2).sum(1)

    def solid(at):
        field, own = np.full(len(at), np.inf), (at**2).sum(1)
        for start, axis, square, radius, more in zip(course, axes, squares, width, swell, strict=False):
            ahead = at @ axis - start @ axis
            t = np.clip(ahead / square, 0, 1)
            distance = own - 2 * (at @ start) + start @ start - t * (2 * ahead - t * square)
            np.minimum(field, np.sqrt(np.maximum(distance, 0)) - radius - t * more, out=field)
        return field

    return solid


def rod(start, end, start_radius: float, end_radius: float) -> Solid:
    """A rod with round ends whose radius changes evenly from start to end."""
    start, end = np.asarray(start, float), np.asarray(end, float)
    axis = end - start

    def solid(points):
        t = np.clip((points - start) @ axis / (axis @ axis), 0, 1)
        radius = start_radius + t * (end_radius - start_radius)
        return np.linalg.norm(points - start - t[:, None] * axis, axis=1) - radius

    return solid


def sweep(along: int, across: tuple[int, int], table, roundness: float = 2.0) -> Solid:
    """A solid swept along one coordinate axis, its cross-section made of four quarters of superellipses.

    table rows: (position, centre u, centre v, radius +u, radius -u, radius +v, radius -v), positions rising; the
    columns are interpolated without overshoot. roundness 2 is an ellipse, more is boxier.
    """
    table = np.asarray(table, float)
    profile = PchipInterpolator(table[:, 0], table[:, 1:])
    first, last = table[0, 0], table[-1, 0]

    def solid(points):
        t = points[:, along]
        row = profile(np.clip(t, first, last))
        u, v = points[:, across[0]] - row[:, 0], points[:, across[1]] - row[:, 1]
        ru, rv = np.where(u > 0, row[:, 2], row[:, 3]), np.where(v > 0, row[:, 4], row[:, 5])
        norm = (np.abs(u / ru) ** roundness + np.abs(v / rv) ** roundness + 1e-12) ** (1 / roundness)
        radius = np.sqrt(u**2 + v**2 + 1e-12) / norm  # of the section in this direction
        side = (norm - 1) * np.clip(radius, np.minimum(ru, rv), np.maximum(ru, rv))
        beyond = np.maximum(first - t, t - last)
        return np.minimum(np.maximum(side, beyond), 0) + np.hypot(np.maximum(side, 0), np.maximum(beyond, 0))

    return solid
