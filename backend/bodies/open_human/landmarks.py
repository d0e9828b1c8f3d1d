# SPDX-License-Identifier: GPL-3.0-or-later
"""The named surface points that smplx reads off a body: face, toes, heels and finger tips."""

import numpy as np

from ..building.mesh import Mesh
from .proportions import FLOOR

#: Left or middle point: (x, height over the floor, z) near which the vertex lies, metres.
_LEFT = {
    "nose": (0.0, 1.575, 0.132),
    "leye": (0.031, 1.608, 0.091),
    "lear": (0.086, 1.594, 0.004),
    "LBigToe": (0.098, 0.012, 0.180),
    "LSmallToe": (0.156, 0.012, 0.130),
    "LHeel": (0.090, 0.020, -0.090),
    "lthumb": (0.796, 1.386, 0.056),
    "lindex": (0.866, 1.392, 0.021),
    "lmiddle": (0.877, 1.392, -0.013),
    "lring": (0.867, 1.392, -0.047),
    "lpinky": (0.840, 1.392, -0.078),
}


def named_vertices(mesh: Mesh) -> dict[str, int]:
    """The vertex of each of smplx's names, the right side's being the left side's mirror image."""
    found = {}
    for name, (x, height, z) in _LEFT.items():
        vertex = int(np.linalg.norm(mesh.vertices - (x, height + FLOOR, z), axis=1).argmin())
        found[name] = vertex
        if name != "nose":
            found[("R" if name[0] == "L" else "r") + name[1:]] = int(mesh.mirror[vertex])
    return found
