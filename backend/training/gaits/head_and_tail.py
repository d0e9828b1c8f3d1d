# SPDX-License-Identifier: GPL-3.0-or-later
"""Head, neck, ears, mouth and tail: what moves freely above the trunk, and stays above the floor."""

import numpy as np
from scipy.ndimage import gaussian_filter1d, maximum_filter1d

from ...bodies.smal_skeleton import joint
from .measures import Measures
from .points import skin_offsets
from .track import Track
from .trunk import Trunk
from .turning import pitch, roll, turned, unit, yaw

TAIL = tuple(joint(f"Tail{count}") for count in range(1, 8))
_LOWEST_NOSE, _LOWEST_TAIL = 0.05, 0.035  # leg lengths
#: The neck goes along with this share of the trunk's pitch; the head is carried nearly level (vestibular reflex).
_NECK_FOLLOWS, _HEAD_FOLLOWS = 0.45, 0.15
_STEEPEST = 2.0  # radians that a neck goes down from rest


def carry_head(measures: Measures, track: Track, trunk: Trunk, turns: np.ndarray, nod: np.ndarray) -> None:
    """Write the world rotations of neck, head, mouth and ears into ``turns (T, 35, 3, 3)``; nod (T,) of the gait."""
    pose, look = track.pose, track.look
    ahead = trunk.chest_turn[..., 0]
    heading = np.arctan2(ahead[:, 1], ahead[:, 0])
    rising = np.arcsin(np.clip(ahead[:, 2], -1, 1))
    side = np.arcsin(np.clip(trunk.chest_turn[:, 2, 1], -1, 1))
    neck_rise = _NECK_FOLLOWS * rising + pose["neck"] + 0.5 * look["pitch"] + 0.5 * nod
    head_rise = _HEAD_FOLLOWS * rising + pose["head"] + look["pitch"] - 0.2 * nod
    yaw_part = 0.5 * look["yaw"]

    def turned_by(down: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        # A lowered nose comes down by the neck first; the head follows by half.
        neck = yaw(heading + yaw_part) @ pitch(neck_rise - down) @ roll(0.4 * side + 0.5 * track.shake[:, 1])
        head = yaw(heading + look["yaw"]) @ pitch(head_rise - 0.45 * down)
        return neck, head @ roll(look["tilt"] + track.shake[:, 1])

    nose = skin_offsets(measures)["nose"][1]
    rest = measures.rest
    base = trunk.attached(measures, joint("Neck"), True)
    reach = rest[joint("Head")] - rest[joint("Neck")]

    def nose_height(down: np.ndarray) -> np.ndarray:
        neck, head = turned_by(down)
        return base[:, 2] + (neck @ reach)[:, 2] + (head @ nose)[:, 2]

    aim = measures.stride * _LOWEST_NOSE
    wanted = _lowered(nose_height, aim * 1.8, track.frames)
    down = pose["sniff"] * wanted
    deepest = _lowered(nose_height, aim, track.frames)
    # Noses do not pass the floor: where one would, the neck rises in time, smoothly.
    excess = np.maximum(down - deepest, 0)
    width = 0.06 * track.fps
    down = down - gaussian_filter1d(maximum_filter1d(excess, int(4 * width) | 1), width)
    neck, head = turned_by(down)
    turns[:, joint("Neck")], turns[:, joint("Head")] = neck, head
    turns[:, joint("Mouth")] = head @ pitch(-pose["mouth"])
    for index, sign in ((joint("LEar"), 1), (joint("REar"), -1)):
        ear = track.ears[:, 0 if sign > 0 else 1]
        turns[:, index] = head @ pitch(ear) @ roll(sign * -0.5 * ear)


def _lowered(height, aim: float, frames: int) -> np.ndarray:
    """The angle (T,) that brings the nose to the height ``aim``, by bisection; negative where it is lower already."""
    low, high = np.full(frames, -1.2), np.full(frames, _STEEPEST)
    for _ in range(14):
        middle = (low + high) / 2
        above = height(middle) > aim
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return (low + high) / 2


def carry_tail(measures: Measures, track: Track, trunk: Trunk, turns: np.ndarray) -> None:
    """Write the world rotations of the seven tail joints into ``turns (T, 35, 3, 3)``."""
    rest, pose = measures.rest, track.pose
    place = trunk.attached(measures, TAIL[0], False)
    # A tail hangs from the pelvis but keeps its own way half of the time.
    back = trunk.turn[..., 0]
    turn = yaw(np.arctan2(back[:, 1], back[:, 0])) @ pitch(0.5 * np.arcsin(np.clip(back[:, 2], -1, 1)))
    floor = _LOWEST_TAIL * measures.stride
    for order, index in enumerate(TAIL):
        raised = (pose["tail"] if order == 0 else 0) + pose["curl"]
        # The tail points backwards: raised is a pitch downwards of its frame, to its left a turn to the right.
        swing = track.tail_wave[:, order] + pose["to_side"] / len(TAIL)
        turn = turn @ yaw(-swing) @ pitch(-raised)
        if order + 1 < len(TAIL):
            bone = rest[TAIL[order + 1]] - rest[index]
            turn = _above(turn, bone, place[:, 2], floor)
            place = place + turned(turn, np.broadcast_to(bone, place.shape))
        turns[:, index] = turn


def _above(turn: np.ndarray, bone: np.ndarray, start: np.ndarray, floor: float) -> np.ndarray:
    """Rotations (T, 3, 3) lifted about a level axis where the bone's end would be under ``floor``."""
    along = turned(turn, np.broadcast_to(bone, (len(turn), 3)))
    length = np.linalg.norm(bone)
    height = along[:, 2] / length
    least = np.clip((floor - start) / length, -1, 0.95)
    gap = 0.08  # eased in, so that a tail that comes down to lie does not stop at once
    lifted = least + gap * np.logaddexp(0, (height - least) / gap)
    lift = np.where(height - least > 8 * gap, 0, np.arcsin(np.clip(lifted, -1, 1)) - np.arcsin(np.clip(height, -1, 1)))
    axis = unit(np.cross(along, np.array([0.0, 0.0, 1.0])) + 1e-9)
    return _about(axis, lift) @ turn


def _about(axis: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Rodrigues' formula: axis (T, 3) unit, angle (T,) radians -> (T, 3, 3)."""
    x, y, z = axis.T
    zero = np.zeros_like(x)
    cross = np.stack([zero, -z, y, z, zero, -x, -y, x, zero], -1).reshape(-1, 3, 3)
    sine, cosine = np.sin(angle)[:, None, None], np.cos(angle)[:, None, None]
    return np.eye(3) + sine * cross + (1 - cosine) * (cross @ cross)
