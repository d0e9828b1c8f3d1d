# SPDX-License-Identifier: GPL-3.0-or-later
"""Even out a mesh along the surface that it stands for."""

from dataclasses import replace

import numpy as np
import scipy.sparse

from .mesh import Mesh
from .solids import Solid


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
        vertices[mesh.mirror[half]] = point * mesh.flip
        vertices[half] = point
        middle = half[mesh.mirror[half] == half]
        vertices[middle, mesh.axis] = 0
    return replace(mesh, vertices=vertices)
