# SPDX-License-Identifier: GPL-3.0-or-later
"""A closed quad mesh whose two sides are exact mirror images."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Mesh:
    """vertices (V, 3) metres; quads (Q, 4) counter-clockwise from outside; mirror (V,) the vertex on the other side.

    axis: the coordinate that points to the body's left and changes its sign on the other side.
    """

    vertices: np.ndarray
    quads: np.ndarray
    mirror: np.ndarray
    axis: int = 0

    @property
    def flip(self) -> np.ndarray:
        """(3,) what a mirrored point's coordinates are multiplied by."""
        return np.where(np.arange(3) == self.axis, -1.0, 1.0)

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
