# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways in which quadrupeds differ from the cat, as displacements of its mesh and its joints for one unit of beta.

`dog` and `horse` lead to those animals in their own size; the others vary any of them.
"""

import numpy as np

from ..building.mesh import Mesh
from ..building.skinning import smoother
from .bone_maps import SPINE, BoneMaps, Change
from .proportions import rest_joints

_FORE, _HIND = ("LLeg1", "LLeg2", "LLeg3"), ("LLegBack1", "LLegBack2", "LLegBack3")
_FEET = ("LFoot", "LFootBack")
_TAIL = tuple(f"Tail{i}" for i in range(1, 8))


def _each(names, value) -> dict:
    return dict.fromkeys(names, value)


#: Bone lengths as measured in motion capture of dogs, as factors on the cat's; withers at about 0.55 m.
_DOG = Change(
    length={
        **_each(SPINE[:3], 1.33), **_each(SPINE[3:], 1.60), "Neck": 2.26, "Head": 1.80, "Mouth": 1.80, "LEar": 2.1,
        "LLeg1": 2.08, "LLeg2": 2.10, "LLeg3": 1.96, "LLegBack1": 1.85, "LLegBack2": 1.83, "LLegBack3": 1.67,
        **_each(_FEET, 1.7), **_each(_TAIL, 0.95),
    },
    girth={
        **_each(SPINE[:3], (1.75, 2.1)), **_each(SPINE[3:], (1.75, 2.2)), "Neck": (1.75, 1.85), "Head": (1.65, 1.65),
        "Mouth": (1.65, 1.65),
        "LEar": (2.0, 2.0), "LLeg1": (1.65, 1.75), "LLeg2": (1.7, 1.75), "LLeg3": (1.75, 1.75),
        "LLegBack1": (1.65, 1.8), "LLegBack2": (1.7, 1.8), "LLegBack3": (1.75, 1.75), **_each(_FEET, (1.7, 1.7)),
        **_each(_TAIL, (1.35, 1.35)),
    },
    pitch={"LLegBack1": -9, "LLegBack2": -17, "Neck": -8, "Head": 8, "Mouth": 8},
    muzzle=0.038,
)  # fmt: skip
#: A horse of 1.45 m: as long as it is high, its legs half of that.
_HORSE = Change(
    length={
        **_each(SPINE, 4.2), "Neck": 10.2, "Head": 4.5, "Mouth": 4.5, "LEar": 3.2,
        "LLeg1": 4.6, "LLeg2": 4.7, "LLeg3": 8.6, "LLegBack1": 4.6, "LLegBack2": 4.3, "LLegBack3": 5.6,
        **_each(_FEET, 5.0), **_each(_TAIL, 3.2),
    },
    girth={
        **_each(SPINE[:3], (5.0, 5.0)), **_each(SPINE[3:], (4.6, 5.5)), "Neck": (2.8, 3.7), "Head": (3.1, 3.9),
        "Mouth": (3.1, 3.9), "LEar": (2.2, 2.2), "LLeg1": (4.2, 4.8), "LLeg2": (3.7, 4.0), "LLeg3": (3.2, 3.4),
        "LLegBack1": (4.6, 4.8), "LLegBack2": (4.0, 4.4), "LLegBack3": (3.5, 3.6), **_each(_FEET, (3.3, 3.0)),
        **_each(_TAIL, (3.6, 3.6)),
    },
    pitch={
        "LLeg1": 10, "LLeg2": 7, "LLeg3": 26, "LLegBack1": 2, "LLegBack2": -20, "LLegBack3": 14, "Neck": -8,
        "Head": 46, "Mouth": 46, "LEar": -5, **_each(_TAIL, -30),
    },
    muzzle=0.25,
)  # fmt: skip
_LIMBS = (*_FORE, *_HIND)

CHANGES: dict[str, Change] = {
    "dog": _DOG,
    "horse": _HORSE,
    "leg_length": Change(length=_each(_LIMBS, 1.12)),
    "trunk_length": Change(length=_each(SPINE, 1.10)),
    "neck_length": Change(length={"Neck": 1.25}),
    "muzzle_length": Change(muzzle=0.012),
    "tail_length": Change(length=_each(_TAIL, 1.25)),
    "ear_size": Change(length={"LEar": 1.3}, girth={"LEar": (1.25, 1.25)}),
    "ear_droop": Change(roll={"LEar": -50}),
    "girth": Change(girth={**_each(SPINE, (1.12, 1.08)), "Neck": (1.10, 1.08), **_each(_TAIL, (1.08, 1.08))}),
    "leg_thickness": Change(girth=_each((*_LIMBS, *_FEET), (1.15, 1.15))),
}
#: One unit of size is this much of the cat, about one standard deviation of cats.
_SIZE = 0.08
NAMES = ("dog", "horse", "size", *list(CHANGES)[2:])


def shape_directions(mesh: Mesh, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(V, 3, B) and (35, 3, B): metres for one unit of each of NAMES at the vertices and at the joints.

    weights (V, 35): the mesh's skinning, which is smoothed here, so that long stretches stay soft.
    """
    soft = smoother(mesh, 0.012).solve(weights)
    joints = rest_joints()
    vertex_shapes, joint_shapes = [], []
    for name in NAMES:
        if name == "size":
            vertex_shapes.append(_SIZE * mesh.vertices)
            joint_shapes.append(_SIZE * joints)
            continue
        maps = BoneMaps(CHANGES[name])
        moved = maps.displacements(mesh.vertices, soft)
        vertex_shapes.append((moved + moved[mesh.mirror] * mesh.flip) / 2)
        joint_shapes.append(maps.joints - joints)
    return np.stack(vertex_shapes, -1), np.stack(joint_shapes, -1)
