# SPDX-License-Identifier: GPL-3.0-or-later
"""Joints are points; Blender's bones have tails and a roll. This says where those go, in the armature's space."""

from dataclasses import dataclass

import numpy as np

from .body_family import SMAL
from .body_file import Body
from .quadruped_bones import leaf_tips, roll_axes

FRONT, UP = np.array([0.0, -1.0, 0.0]), np.array([0.0, 0.0, 1.0])

# A bone without child, whose own skin ends at once, still gets this part of its parent's length.
_SHORTEST_LEAF = 0.3
_MIDDLE = 0.005  # metres: children that lie no further apart across the body are all in its middle plane


@dataclass(frozen=True)
class RestBones:
    """Bones at rest in armature space: metres, Z up, facing -Y. heads, tails: (J, 3). z_axes: (J, 3), directions
    that a bone's own Z axis is to lie nearest to, which sets its roll alike on the left and the right."""

    heads: np.ndarray
    tails: np.ndarray
    z_axes: np.ndarray


def rest_bones(body: Body, vertices: np.ndarray, joints: np.ndarray) -> RestBones:
    """Bones for a shaped body: vertices (V, 3) and joints (J, 3) of `Body.shaped`.

    A head is its joint. A tail is the child's head; of several children, the first in the body's middle plane (the
    spine rather than a hip or the tail, the neck rather than a collar). A bone without child goes on as its parent
    points, to where the skin that follows it ends; a quadruped's head, mouth, ears and paws as `quadruped_bones` says.
    """
    heads, skin = body.to_blender(joints), body.to_blender(vertices)
    tails = np.empty_like(heads)
    owner = body.weights.argmax(axis=1)
    for bone, parent in enumerate(body.parents):
        children = np.flatnonzero(body.parents == bone)
        if len(children):
            aside = np.abs(heads[children, 0] - heads[0, 0])
            tails[bone] = heads[children[np.flatnonzero(aside < aside.min() + _MIDDLE)[0]]]
            continue
        along = heads[bone] - heads[parent]
        length = np.linalg.norm(along)
        reach = (skin[owner == bone] - heads[bone]) @ along / length
        tails[bone] = heads[bone] + along / length * max(reach.max(initial=0.0), _SHORTEST_LEAF * length)
    if body.family is SMAL:
        for bone, tip in leaf_tips(body.joint_names, heads, skin, owner).items():
            tails[bone] = tip
        return RestBones(heads, tails, roll_axes(body.joint_names, heads, tails))
    directions = tails - heads
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    # Bones that point to the front themselves (the feet) take the other reference.
    z_axes = np.where(np.abs(directions @ FRONT)[:, None] > 0.7, UP, FRONT)
    return RestBones(heads, tails, z_axes)
