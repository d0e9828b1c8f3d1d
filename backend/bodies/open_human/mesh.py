# SPDX-License-Identifier: GPL-3.0-or-later
"""From the figure's field to a closed, exactly symmetric triangle mesh: surface nets on a warped grid, then relaxed.

The grid is finer where the body has detail: it is regular in a warped space in which hands, head and feet are larger.
"""

import itertools
from dataclasses import dataclass

import numpy as np
import scipy.sparse
from scipy.interpolate import PchipInterpolator

from .proportions import FLOOR
from .solids import Solid


@dataclass(frozen=True)
class Mesh:
    """vertices (V, 3) metres; quads (Q, 4) counter-clockwise from outside; mirror (V,) the vertex across x = 0."""

    vertices: np.ndarray
    quads: np.ndarray
    mirror: np.ndarray

    @property
    def triangles(self) -> np.ndarray:
        """(2Q, 3): each quad cut along its shorter diagonal, mirrored quads alike."""
        a, b, c, d = (self.vertices[self.quads[:, i]] for i in range(4))
        short = np.linalg.norm(a - c, axis=1) <= np.linalg.norm(b - d, axis=1) + 1e-9
        q = self.quads
        first = np.where(short[:, None], q[:, [0, 1, 2]], q[:, [0, 1, 3]])
        second = np.where(short[:, None], q[:, [0, 2, 3]], q[:, [1, 2, 3]])
        return np.concatenate([first, second])

    def edges(self) -> np.ndarray:
        """(E, 2) undirected edges of the quads."""
        pairs = np.concatenate([self.quads[:, [i, (i + 1) % 4]] for i in range(4)])
        return np.unique(np.sort(pairs, 1), axis=0)


class Warp:
    """Warped grid space -> body space. Lengths in hands, head and feet shrink, so cells there are finer."""

    def __init__(self, hand: float = 3.3, head: float = 2.3, foot: float = 1.45):
        wrist, neck, ankle = 0.675, 1.49, 0.09
        self._x = _stretched([(-1, 1), (wrist - 0.03, 1), (wrist + 0.03, hand * 0.68), (2, hand * 0.68)])
        low, high = [(-1, foot), (ankle - 0.02, foot), (ankle + 0.03, 1)], [(neck + 0.03, head), (3, head)]
        self._y = _stretched([*low, (neck - 0.03, 1), *high])
        self._hand = PchipInterpolator([-9, wrist - 0.03, wrist + 0.04, 9], [1, 1, hand, hand])
        self._head = PchipInterpolator([-9, neck - 0.02, neck + 0.04, 9], [1, 1, head, head])
        self._foot = PchipInterpolator([-9, ankle - 0.02, ankle + 0.05, 9], [foot, foot, 1, 1])

    def __call__(self, grid: np.ndarray) -> np.ndarray:
        x, y = self._x(np.abs(grid[:, 0])), self._y(grid[:, 1])
        # beside the head the space is empty; squeezed there too it would fold onto the arms
        hand, head, foot = self._hand(x), np.where(x < 0.4, self._head(y), 1.0), self._foot(y)
        z = grid[:, 2]
        z = -0.024 + (z + 0.024) / (hand * head * foot)
        y = 1.402 + (y - 1.402) / hand
        x = np.where(foot > 1, 0.1 + (x - 0.1) / foot, x / head)
        return np.stack([x * np.sign(grid[:, 0]), y + FLOOR, z], 1)


def _stretched(knots) -> PchipInterpolator:
    """The inverse of the integral of a stretch given at knots of body coordinate: grid coordinate -> body."""
    at = np.array([k[0] for k in knots], float)
    stretch = PchipInterpolator(at, [k[1] for k in knots])
    fine = np.linspace(at[0], at[-1], 4001)
    grid = np.concatenate([[0], np.cumsum((stretch(fine[1:]) + stretch(fine[:-1])) / 2 * np.diff(fine))])
    return PchipInterpolator(grid - np.interp(0, fine, grid), fine)


#: Where the grid starts in the warped space, and how far it reaches.
_GRID_START = (0.0, -0.06, -0.26)
_GRID_SIZE = (1.28, 2.25, 0.68)


def surface_nets(solid: Solid, warp: Warp, cell: float) -> Mesh:
    """One vertex in every grid cell that the surface crosses, one quad for every grid edge it crosses.

    cell: metres in the warped space. Only the left half is walked; the right one is its mirror image, and the cells
    that straddle x = 0 give the vertices of the midline.
    """
    axes = [np.arange(-0.5, n) * cell + start for n, start in zip(_grid_cells(cell), _GRID_START, strict=True)]
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
    return _both_sides(vertices, np.searchsorted(used, quads), middle)


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


def _grid_cells(cell: float) -> list[int]:
    return [int(size / cell) + 1 for size in _GRID_SIZE]


def _both_sides(vertices: np.ndarray, quads: np.ndarray, middle: np.ndarray) -> Mesh:
    vertices[middle, 0] = 0
    side = np.flatnonzero(~middle)
    mirror = np.arange(len(vertices) + len(side))
    mirror[side] = len(vertices) + np.arange(len(side))
    mirror[len(vertices):] = side
    both = np.concatenate([vertices, vertices[side] * [-1, 1, 1]])
    return Mesh(both, np.concatenate([quads, mirror[quads][:, ::-1]]), mirror)


def gradient(solid: Solid, points: np.ndarray, step: float = 2e-4) -> np.ndarray:
    """The field's gradient (P, 3) from its differences at the corners of a small tetrahedron."""
    corners = np.array([[1, -1, -1], [-1, -1, 1], [-1, 1, -1], [1, 1, 1]], float)
    return sum(solid(points + step * corner)[:, None] * corner for corner in corners) / (4 * step)


def relax(mesh: Mesh, solid: Solid, rounds: int = 12, strength: float = 0.5) -> Mesh:
    """Even out the vertices along the surface: average with the neighbours, then back onto the surface, repeatedly."""
    edges = mesh.edges()
    size = len(mesh.vertices)
    both = np.concatenate([edges, edges[:, ::-1]])
    near = scipy.sparse.csr_matrix((np.ones(len(both)), (both[:, 0], both[:, 1])), shape=(size, size))
    near = scipy.sparse.diags(1 / np.asarray(near.sum(1)).ravel()) @ near
    # worked out for the left half, the first of each mirrored pair
    half = np.flatnonzero(mesh.mirror >= np.arange(size))
    flip = np.array([-1.0, 1.0, 1.0])
    vertices = mesh.vertices.copy()
    for _ in range(rounds):
        point, move = vertices[half], (near @ vertices - vertices)[half]
        normal = gradient(solid, point)
        normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-6)
        # along the surface only: a finger's tip must not be drawn in
        point = point + strength * (move - (move * normal).sum(1, keepdims=True) * normal)
        for _ in range(2):
            slope = gradient(solid, point)
            step = solid(point)[:, None] * slope / np.maximum((slope**2).sum(1, keepdims=True), 0.05)
            point = point - np.clip(step, -0.01, 0.01)
        vertices[mesh.mirror[half]] = point * flip
        vertices[half] = point
        middle = half[mesh.mirror[half] == half]
        vertices[middle, 0] = 0
    return Mesh(vertices, mesh.quads, mesh.mirror)
