# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of bodies measure on triangle meshes."""

import numpy as np


def closed(faces: np.ndarray) -> bool:
    """Every edge in exactly two faces, once in each direction."""
    edges = np.concatenate([faces[:, [i, (i + 1) % 3]] for i in range(3)])
    _, count = np.unique(edges, axis=0, return_counts=True)
    there = {tuple(edge) for edge in edges}
    return bool((count == 1).all()) and all((b, a) in there for a, b in there)


def volume(vertices: np.ndarray, faces: np.ndarray) -> float:
    """Cubic metres inside a closed mesh."""
    a, b, c = (np.asarray(vertices)[faces[:, i]].astype(float) for i in range(3))
    return float(np.einsum("fi,fi->f", a, np.cross(b, c)).sum() / 6)
