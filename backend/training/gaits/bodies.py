# SPDX-License-Identifier: GPL-3.0-or-later
"""Rest joints of other animals: the open cat's, its groups of bones lengthened, straightened and widened."""

from dataclasses import dataclass

import numpy as np

from ...bodies.open_quadruped.proportions import rest_joints
from ...bodies.smal_skeleton import PARENTS, joint
from .measures import MotionError

_FORE, _BACK = ("LLeg1", "LLeg2", "LLeg3", "LFoot"), ("LLegBack1", "LLegBack2", "LLegBack3", "LFootBack")


@dataclass(frozen=True)
class Family:
    """Ranges of a group of animals. withers: height of the shoulder blades, metres; legs: over trunk, the cat's being
    1; upright: how much of the cat's crouch the legs lose; low_bones: metapodials over the rest of the leg, the cat's
    being 1; neck, head, tail, width: the same; raised: neck upwards, radians; share: how often it is drawn."""

    withers: tuple[float, float]
    legs: tuple[float, float] = (0.9, 1.15)
    upright: tuple[float, float] = (-0.1, 0.2)
    low_bones: tuple[float, float] = (0.9, 1.15)
    neck: tuple[float, float] = (0.85, 1.2)
    head: tuple[float, float] = (0.85, 1.15)
    tail: tuple[float, float] = (0.7, 1.2)
    width: tuple[float, float] = (0.8, 1.25)
    raised: tuple[float, float] = (-0.3, 0.3)
    share: float = 1.0


FAMILIES = {
    "cat": Family((0.22, 0.30), share=10.0),
    "big_cat": Family((0.55, 1.0), (0.85, 1.1), head=(0.75, 1.0), share=1.5),
    "fox": Family((0.33, 0.45), (0.95, 1.2), (0.0, 0.3), (1.0, 1.25), share=1.0),
    "dog": Family((0.4, 0.7), (0.95, 1.3), (0.05, 0.3), (0.95, 1.3), (0.9, 1.4), (1.1, 1.8), (0.5, 1.0), share=3.0),
    "small_dog": Family((0.2, 0.36), (0.75, 1.1), (0.0, 0.3), (0.8, 1.1), head=(1.0, 1.6), tail=(0.3, 0.8), share=1.0),
    "short_legs": Family((0.16, 0.28), (0.5, 0.75), (0.0, 0.2), (0.7, 1.0), head=(1.0, 1.6), share=0.7),
    "horse": Family(
        (1.2, 1.7), (1.2, 1.4), (0.35, 0.55), (1.2, 1.6), (1.7, 2.3), (2.0, 2.6), (0.35, 0.6), (0.6, 0.9), (0.1, 0.5)
    ),
    "cow": Family((1.1, 1.5), (0.9, 1.1), (0.25, 0.5), (1.0, 1.3), (1.1, 1.5), (1.8, 2.3), (0.5, 0.8), share=0.5),
}


def draw_body(generator: np.random.Generator, family: str | None = None) -> np.ndarray:
    """Draw rest joints (35, 3), metres, SMAL's frame, paws on z = 0, left and right alike.

    family: one of FAMILIES, drawn by their shares if None. Raises MotionError.
    """
    if family is not None and family not in FAMILIES:
        raise MotionError(f"expected a family of bodies out of {', '.join(FAMILIES)}, got {str(family)[:40]!r}")
    if family is None:
        shares = np.array([one.share for one in FAMILIES.values()])
        family = str(generator.choice(list(FAMILIES), p=shares / shares.sum()))
    ranges = FAMILIES[family]
    drawn = {name: generator.uniform(*getattr(ranges, name)) for name in _RANGES}
    rest = rest_joints()
    bones = rest - rest[[max(parent, 0) for parent in PARENTS]]
    bones[0] = 0
    _trunk(bones, drawn, generator)
    _head_and_tail(bones, drawn, generator)
    _legs(bones, drawn, generator, rest)
    out = np.zeros_like(rest)
    for index, parent in enumerate(PARENTS):
        if parent >= 0:
            out[index] = out[parent] + bones[index]
    return _stand(out, drawn["withers"], rest)


_RANGES = ("withers", "legs", "upright", "low_bones", "neck", "head", "tail", "width", "raised")


def _about(generator: np.random.Generator, spread: float = 0.06) -> float:
    return float(np.clip(generator.normal(1, spread), 1 - 2 * spread, 1 + 2 * spread))


def _trunk(bones: np.ndarray, drawn: dict, generator: np.random.Generator) -> None:
    for name in ("pelvis0", "spine", "spine0", "spine1", "spine2", "spine3"):
        bones[joint(name)] *= _about(generator, 0.05)
    for first in ("LLeg1", "RLeg1", "LLegBack1", "RLegBack1"):
        bones[joint(first)] *= np.array([1.0, drawn["width"], 1.0])
    for pair in (("LLeg1", "RLeg1"), ("LLegBack1", "RLegBack1")):
        deep = _about(generator, 0.1)
        for name in pair:
            bones[joint(name)] *= np.array([1.0, 1.0, deep])


def _head_and_tail(bones: np.ndarray, drawn: dict, generator: np.random.Generator) -> None:
    bones[joint("Neck")] *= _about(generator)
    x, _, z = bones[joint("Head")] * drawn["neck"]
    angle = drawn["raised"]
    bones[joint("Head")] = np.cos(angle) * x - np.sin(angle) * z, 0.0, np.sin(angle) * x + np.cos(angle) * z
    muzzle, ears = _about(generator, 0.15), np.array([1.0, _about(generator, 0.12), _about(generator, 0.15)])
    bones[joint("Mouth")] *= drawn["head"] * np.array([muzzle, 1.0, 1.0])
    for name in ("LEar", "REar"):
        bones[joint(name)] *= np.sqrt(drawn["head"]) * ears
    for count in range(2, 8):
        bones[joint(f"Tail{count}")] *= drawn["tail"]


def _legs(bones: np.ndarray, drawn: dict, generator: np.random.Generator, rest: np.ndarray) -> None:
    """Lengths by bone, then the back legs as tall as the front ones ask for."""
    tall = []
    for names in (_FORE, _BACK):
        ratio = _about(generator, 0.06)
        factors = np.array([ratio, 1 / ratio, drawn["low_bones"]]) * drawn["legs"]
        for name, factor in zip(names[1:], factors, strict=True):
            bone = bones[joint(name)] * factor
            length = np.linalg.norm(bone)
            # Upright legs stand under their joints: what leads ahead or back shrinks, the length stays. Upper arm and
            # thigh stay aslant in every mammal that runs.
            bone[0] *= 1 - drawn["upright"] * (0.35 if name == names[1] else 1.0)
            bone[2] = -np.sqrt(length**2 - bone[0] ** 2 - bone[1] ** 2)
            bones[joint(name)] = bone
        tall.append(-sum(bones[joint(name)][2] for name in names[1:]))
    wanted = [rest[joint(names[0]), 2] - rest[joint(names[-1]), 2] for names in (_FORE, _BACK)]
    slope = _about(generator, 0.03) * (wanted[0] / wanted[1])
    balance = np.sqrt(slope / (tall[0] / tall[1]))
    for names, factor in ((_FORE, balance), (_BACK, 1 / balance)):
        for name in names[1:]:
            bones[joint(name)] *= factor
            bones[joint("R" + name[1:])] = bones[joint(name)] * np.array([1.0, -1.0, 1.0])


def _stand(joints: np.ndarray, withers: float, rest: np.ndarray) -> np.ndarray:
    """Tip the body so that all paws share one height, scale it to its withers, put the floor at z = 0."""
    for _ in range(5):
        front, back = joints[joint("LFoot")], joints[joint("LFootBack")]
        angle = np.arctan2(front[2] - back[2], front[0] - back[0])
        turn = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])
        joints = joints @ turn.T
    paw, hip = rest[joint("LFootBack"), 2], rest[joint("LLegBack1"), 2]
    foot = joints[joint("LFootBack"), 2]
    joints[:, 2] += paw / (hip - paw) * (joints[joint("LLegBack1"), 2] - foot) - foot
    # A long tail on short legs does not hang through the floor.
    tail = [joint(f"Tail{count}") for count in range(1, 8)]
    joints[tail, 2] = np.maximum(joints[tail, 2], joints[joint("LFootBack"), 2])
    joints = joints * (withers / (joints[joint("spine3"), 2] * 1.09))
    middle = (joints[joint("spine3"), 0] + joints[joint("Tail1"), 0]) / 2
    joints[:, 0] -= middle
    return joints
