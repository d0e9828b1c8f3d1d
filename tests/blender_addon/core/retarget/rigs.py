# SPDX-License-Identifier: GPL-3.0-or-later
"""Rigs as plain arrays, made for the tests: a source's own skeleton, changed, and a toy of six bones."""

import numpy as np

from blender_addon.core.retarget.rig import Rig
from blender_addon.core.retarget.skeletons import SKELETONS
from blender_addon.core.retarget.source import Source

# Faces -Y, as rigs in Blender do: (head, tail, parent).
TOY = {
    "body": ((0, 0.18, 0.2), (0, -0.15, 0.2), ""),
    "head": ((0, -0.15, 0.22), (0, -0.28, 0.28), "body"),
    "leg front left": ((0.06, -0.12, 0.2), (0.06, -0.12, 0.0), "body"),
    "leg front right": ((-0.06, -0.12, 0.2), (-0.06, -0.12, 0.0), "body"),
    "leg back left": ((0.06, 0.15, 0.2), (0.06, 0.15, 0.0), "body"),
    "leg back right": ((-0.06, 0.15, 0.2), (-0.06, 0.15, 0.0), "body"),
}
TOY_ROLES = {
    "root": ["body"], "head": ["head"], "fore.L.upper": ["leg front left"], "fore.R.upper": ["leg front right"],
    "hind.L.upper": ["leg back left"], "hind.R.upper": ["leg back right"],
}  # fmt: skip


def toy(size: float = 1.0) -> Rig:
    names = list(TOY)
    heads, tails = (np.array([bone[end] for bone in TOY.values()], float) * size for end in (0, 1))
    parents = np.array([names.index(parent) if parent else -1 for _, _, parent in TOY.values()])
    return Rig(names, parents, heads, tails, np.ones(6, bool), np.ones(6, bool))


def own_rig(
    source: Source, turn=((1.0, 0, 0), (0, 1, 0), (0, 0, 1)), size: float = 1.0, shift=(0.0, 0, 0)
) -> tuple[Rig, dict]:
    """The source's skeleton as a rig, turned, sized and moved, with its roles."""
    heads = size * source.heads @ np.asarray(turn).T + shift
    tails = heads.copy()
    for joint, parent in enumerate(source.parents):
        if parent >= 0:
            tails[parent] = heads[joint]
    for joint in range(len(tails)):
        if not (source.parents == joint).any():
            tails[joint] = 2 * heads[joint] - heads[source.parents[joint]]
    count = len(heads)
    rig = Rig(list(source.names), source.parents, heads, tails, np.ones(count, bool), np.ones(count, bool))
    return rig, SKELETONS[source.family]
