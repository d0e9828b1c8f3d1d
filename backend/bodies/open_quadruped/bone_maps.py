# SPDX-License-Identifier: GPL-3.0-or-later
"""A changed skeleton, and how it carries the body along: one affine map a bone, blended by the skinning weights."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import brentq
from scipy.spatial.transform import Rotation

from ..building.skinning import step
from ..smal_skeleton import JOINT_COUNT, JOINT_NAMES, MIRROR, PARENTS, joint
from .head import CHIN, EAR_TIP, NOSE_TIP
from .proportions import rest_joints
from .trunk import TAIL_TIP

SPINE = ("root", "pelvis0", "spine", "spine0", "spine1", "spine2", "spine3")
_FLIP = np.array([1.0, -1.0, 1.0])
#: The joint that a bone runs to, where it is not the first that hangs on it.
_ALONG = {"root": "pelvis0", "spine3": "Neck"}
_ENDS = {"Head": NOSE_TIP, "Mouth": CHIN, "LEar": EAR_TIP, "Tail7": TAIL_TIP}
#: The muzzle begins between these places along the body, and ends between these distances around its axis, below the
#: eyes, at this height.
_MUZZLE_START, _MUZZLE_WIDTH, _MUZZLE_HEIGHT = (0.234, 0.264), (0.020, 0.035), 0.274


@dataclass(frozen=True)
class Change:
    """What a skeleton's bones become. Joints by name, of the left side and the midline; what is not named stays.

    length: factor along the bone. girth: factors to the side and upwards, across the bone. pitch: degrees that the bone
    is turned about +y, positive lowers what is ahead; roll: the same about +x, positive turns up to the right. Both are
    the bone's own: what hangs on it is not turned by them. muzzle: metres by which it is longer.
    """

    length: Mapping[str, float] = field(default_factory=dict)
    girth: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    pitch: Mapping[str, float] = field(default_factory=dict)
    roll: Mapping[str, float] = field(default_factory=dict)
    muzzle: float = 0.0


class BoneMaps:
    """The changed rest joints (35, 3), standing on the floor, and each bone's linear map (35, 3, 3) about its joint."""

    def __init__(self, change: Change):
        self.change, self.rest = change, rest_joints()
        # the trunk is turned until hind and front paws stand on the same floor
        height = [joint("LFoot"), joint("LFootBack")]
        tilt = brentq(lambda angle: np.subtract(*self._walk(angle)[0][height, 2]) - self._soles(), -40, 40)
        self.joints, self.maps = self._walk(tilt)
        self.joints += self._stand()

    def _soles(self) -> float:
        """How much higher the front paw's joint stands over its sole than the hind one's."""
        front, back = (self.rest[joint(n), 2] * self.change.length.get(n, 1.0) for n in ("LFoot", "LFootBack"))
        return front - back

    def _stand(self) -> np.ndarray:
        """What sets the paws on the floor, and the middle of the trunk where it was."""
        ends = [joint("spine3"), joint("Tail1")]
        floor = self.rest[joint("LFoot"), 2] * self.change.length.get("LFoot", 1.0) - self.joints[joint("LFoot"), 2]
        return np.array([(self.rest[ends, 0] - self.joints[ends, 0]).mean(), 0.0, floor])

    def _walk(self, tilt: float) -> tuple[np.ndarray, np.ndarray]:
        joints, maps = self.rest.copy(), np.empty((JOINT_COUNT, 3, 3))
        for index in range(JOINT_COUNT):
            if MIRROR[index] < index:
                maps[index] = maps[MIRROR[index]] * np.outer(_FLIP, _FLIP)
            else:
                maps[index] = self._map(index, tilt)
            if PARENTS[index] >= 0:
                above = PARENTS[index]
                joints[index] = joints[above] + maps[above] @ (self.rest[index] - self.rest[above])
        return joints, maps

    def _map(self, index: int, tilt: float) -> np.ndarray:
        name, change = JOINT_NAMES[index], self.change
        bone = _end(index) - self.rest[index]
        along = bone / np.linalg.norm(bone)
        aside = np.array([0.0, 1.0, 0.0]) - along[1] * along
        aside /= np.linalg.norm(aside)
        up = np.cross(along, aside)
        side, high = change.girth.get(name, (1.0, 1.0))
        scale = sum(f * np.outer(v, v) for f, v in ((change.length.get(name, 1.0), along), (side, aside), (high, up)))
        pitch = change.pitch.get(name, 0.0) + (tilt if name in SPINE else 0.0)
        return Rotation.from_euler("xy", [change.roll.get(name, 0.0), pitch], degrees=True).as_matrix() @ scale

    def displacements(self, points: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """(P, 3) metres: points (P, 3) carried along by the bones that they are weighted to (P, 35)."""
        moved = np.einsum("jab,pjb->pja", self.maps, points[:, None] - self.rest) + self.joints
        around = np.hypot(points[:, 1], points[:, 2] - _MUZZLE_HEIGHT)
        muzzle = step(points[:, 0], *_MUZZLE_START) * (1 - step(around, *_MUZZLE_WIDTH))
        muzzle = muzzle * weights[:, [joint("Head"), joint("Mouth")]].sum(1)
        forward = self.maps[joint("Head")] @ [1.0, 0.0, 0.0]
        longer = self.change.muzzle * forward / np.linalg.norm(forward)
        return np.einsum("pj,pja->pa", weights, moved) - points + muzzle[:, None] * longer


def _end(index: int) -> np.ndarray:
    """Where the bone of a joint ends: at the next joint, at a tip, or on the floor."""
    name, rest = JOINT_NAMES[index], rest_joints()
    if name in _ENDS:
        return np.asarray(_ENDS[name])
    if name in ("LFoot", "LFootBack"):
        return rest[index] * [1, 1, 0]
    return rest[joint(_ALONG[name]) if name in _ALONG else PARENTS.index(index)]
