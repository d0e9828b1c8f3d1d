# SPDX-License-Identifier: GPL-3.0-or-later
"""From a field to a closed, exactly symmetric quad mesh: surface nets on a warped grid."""

import itertools
from collections.abc import Callable

import numpy as np

from .mesh import Mesh
from .solids import Solid

#: (P, 3) points of the grid's space -> (P, 3) points in the body's frame, orientation kept.
Warp = Callable[[np.ndarray], np.ndarray]
Point = tuple[float, float, float]


def surface_nets(solid: Solid, warp: Warp, cell: float, start: Point, size: Point, mirror_axis: int = 0) -> Mesh:
    """One vertex in every grid cell that the surface crosses, one quad for every grid edge it crosses.

    cell, start, size: the grid's cell, its corner and how far it reaches, metres in the warped space, whose first
    coordinate points to the body's left, from 0; mirror_axis: that coordinate in the body's frame. Only the left half
    is walked; the right one is its mirror image, and the cells that straddle 0 give the vertices of the midline.
    """
    axes = [np.arange(-0.5, int(n / cell) + 1) * cell + first for n, first in zip(size, start, strict=True)]
    nodes = np.stack(np.meshgrid(*axes, indexing="ij"), -1)
    nodes[0, ..., 0] *= -1  # the field is symmetric: read the first layer on the side that the warp is made for
    shape = nodes.shape[:3]
    field = solid(warp(nodes.reshape(-1, 3))).reshape(shape)
    nodes[0, ..., 0] *= -1
    _fill_pinches(field)
    inside = field < 0

    total = np.zeros((*(n - 1 for n in shape), 3))
    count = np.zeros([n - 1 for n in shape])
    quads = []
    numbers = np.arange(count.size).reshape(count.shape)
    for axis in range(3):
        low = [slice(None)] * 3
        high = [slice(None)] * 3
        low[axis], high[axis] = slice(None, -1), slice(1, None)
        low, high = tuple(low), tuple(high)
        crossed = inside[low] != inside[high]
        t = np.where(crossed, field[low] / np.where(crossed, field[low] - field[high], 1), 0)[..., None]
        point = nodes[low] + t * (nodes[high] - nodes[low])
        u, v = (axis + 1) % 3, (axis + 2) % 3
        at = np.argwhere(crossed)
        for du in (0, 1):
            for dv in (0, 1):
                to = at.copy()
                to[:, u] -= du
                to[:, v] -= dv
                fits = (to >= 0).all(1) & (to < count.shape).all(1)
                np.add.at(total, tuple(to[fits].T), point[tuple(at[fits].T)])
                np.add.at(count, tuple(to[fits].T), 1)
        at = at[(at[:, u] > 0) & (at[:, v] > 0)]
        around = []
        for du, dv in ((1, 1), (0, 1), (0, 0), (1, 0)):
            to = at.copy()
            to[:, u] -= du
            to[:, v] -= dv
            around.append(numbers[tuple(to.T)])
        ring = np.stack(around, 1)
        outward = inside[tuple(at.T)]  # the edge leaves the body in its own direction
        quads.append(np.where(outward[:, None], ring, ring[:, ::-1]))
    quads = np.concatenate(quads)
    used = np.unique(quads)
    vertices = warp(total.reshape(-1, 3)[used] / count.reshape(-1)[used, None])
    middle = np.unravel_index(used, count.shape)[0] == 0
    return _both_sides(vertices, np.searchsorted(used, quads), middle, mirror_axis)


def _fill_pinches(field: np.ndarray) -> None:
    """Fill, in place, nodes where two parts of the body would touch in an edge or a corner of the grid only.

    One vertex a cell gives a closed surface everywhere else; there, as between two fingers, it would pinch.
    """

    def shifted(offset: dict[int, int]) -> tuple[slice, ...]:
        return tuple(slice(offset[a], n - 1 + offset[a]) if a in offset else slice(None) for a, n in
                     enumerate(field.shape))  # fmt: skip

    while True:
        inside = field < 0
        fill = np.zeros_like(inside)
        for u, v in ((0, 1), (0, 2), (1, 2)):
            across = shifted({u: 0, v: 0}), shifted({u: 1, v: 1})
            other = shifted({u: 0, v: 1}), shifted({u: 1, v: 0})
            for (p, q), (r, s) in ((across, other), (other, across)):
                touch = inside[p] & inside[q] & ~inside[r] & ~inside[s]
                nearer = field[r] <= field[s]
                fill[r] |= touch & nearer
                fill[s] |= touch & ~nearer
        cube = {corner: shifted(dict(enumerate(corner))) for corner in itertools.product((0, 1), repeat=3)}
        count = sum(inside[corner].astype(int) for corner in cube.values())
        for b, c in itertools.product((0, 1), repeat=2):
            start, end, beside = cube[0, b, c], cube[1, 1 - b, 1 - c], cube[1, b, c]
            fill[beside] |= inside[start] & inside[end] & (count == 2)
            fill[start] |= ~inside[start] & ~inside[end] & (count == 6)
        fill[0] = fill[1]
        if not fill.any():
            return
        field[fill] = -1e-5


def _both_sides(vertices: np.ndarray, quads: np.ndarray, middle: np.ndarray, axis: int) -> Mesh:
    vertices[middle, axis] = 0
    side = np.flatnonzero(~middle)
    mirror = np.arange(len(vertices) + len(side))
    mirror[side] = len(vertices) + np.arange(len(side))
    mirror[len(vertices) :] = side
    half = Mesh(vertices, quads, mirror, axis)
    both = np.concatenate([vertices, vertices[side] * half.flip])
    return Mesh(both, np.concatenate([quads, mirror[quads][:, ::-1]]), mirror, axis)
