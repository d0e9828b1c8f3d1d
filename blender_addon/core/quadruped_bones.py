# SPDX-License-Identifier: GPL-3.0-or-later
"""Where SMAL's joints alone do not say how an animator draws a quadruped's bones: muzzle, ears, paws, and all rolls.

Everything here is in an armature at rest: metres, Z up, facing -Y, the animal's left to +X.
"""

import numpy as np

_FRONT, _SIDE = np.array([0.0, -1.0, 0.0]), np.array([1.0, 0.0, 0.0])
_HEAD, _MOUTH = "Head", "Mouth"
_EARS, _PAWS = ("LEar", "REar"), ("LFoot", "RFoot", "LFootBack", "RFootBack")
_SHORTEST = 0.01  # metres: bones of no length are deleted by Blender
_TIP = 0.9  # an ear's tip is what of its skin lies further out than this share of its length


def leaf_tips(names: list[str], heads: np.ndarray, skin: np.ndarray, owner: np.ndarray) -> dict[int, np.ndarray]:
    """Tails (3,) of the bones that end in skin, by their number. heads: (J, 3). skin: (V, 3). owner: (V,), which bone
    each vertex follows most.

    The head goes to the tip of the muzzle and the mouth to that of the jaw, both in the body's middle plane; a paw
    straight forward to its toes; an ear to its tip. A bone that no skin follows is left out.
    """
    index = {name: bone for bone, name in enumerate(names)}
    found = {}
    for name in (_HEAD, _MOUTH):
        tip = _foremost(skin[owner == index[name]])
        if tip is not None and tip @ _FRONT > heads[index[name]] @ _FRONT + _SHORTEST:
            found[index[name]] = np.array([heads[index[name]][0], *tip[1:]])
    for name in _PAWS:
        bone = index[name]
        reach = ((skin[owner == bone] - heads[bone]) @ _FRONT).max(initial=0.0)
        if reach > 0:
            found[bone] = heads[bone] + max(reach, _SHORTEST) * _FRONT
    for name in _EARS:
        bone = index[name]
        away = np.linalg.norm(skin[owner == bone] - heads[bone], axis=1)
        if away.max(initial=0.0) > _SHORTEST:
            found[bone] = skin[owner == bone][away >= _TIP * away.max()].mean(axis=0)
    return found


def roll_axes(names: list[str], heads: np.ndarray, tails: np.ndarray) -> np.ndarray:
    """The Z axes (J, 3) of the bones: perpendicular to each bone and to the body's side, so that limbs and spine bend
    about their own X, alike on the left and the right. Up on the back, the head and the tail, to the front on limbs.

    The tail's bones run against the others, and their Z would point to the ground if their X pointed to the same side.
    """
    directions = tails - heads
    side = np.array([_SIDE if name.startswith("Tail") else -_SIDE for name in names])
    axes = np.cross(side, directions)
    return axes / np.maximum(np.linalg.norm(axes, axis=1, keepdims=True), 1e-9)


def _foremost(points: np.ndarray) -> np.ndarray | None:
    """The point (3,) that lies furthest to the front; None of no points."""
    return points[(points @ _FRONT).argmax()] if len(points) else None
