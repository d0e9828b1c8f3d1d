# SPDX-License-Identifier: GPL-3.0-or-later
"""From a track of intentions to the joints' rotations: path, steps, trunk, legs, head and tail, in that order."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d, maximum_filter1d

from ...bodies.smal_skeleton import JOINT_COUNT, PARENTS, joint
from .footfalls import DUTY, stride_length, wave
from .head_and_tail import carry_head, carry_tail
from .legs import LegPose, leaning, solve_leg, within_reach
from .measures import Leg, Measures
from .smooth import bump
from .stepping import Paws, settled, step
from .track import Track
from .trunk import SPINE, Trunk, place_trunk
from .turning import yaw

#: Lowest places of joints over the floor, in leg lengths.
ELBOW_FLOOR, KNEE_FLOOR, TAIL_FLOOR, HIP_FLOOR = 0.07, 0.08, 0.05, 0.1
#: A stance leg is planned to be stretched to this share at most, and takes this many leg lengths of travel.
PLANNED_STRETCH, LONGEST_TRAVEL = 0.975, 1.2
#: The trunk gives way by this many leg lengths at most; a paw that would want more leaves its place.
LARGEST_DROP = 0.2
_ROUNDS = 4


@dataclass(frozen=True)
class Solved:
    """turns (T, 35, 3, 3): world rotations; root (T, 3) metres; planted (T, 4) bool."""

    turns: np.ndarray
    root: np.ndarray
    planted: np.ndarray


def solve(measures: Measures, track: Track) -> Solved:
    """Find the pose of every frame of the track, lead included."""
    heading, middle = _path(track)
    phase = _phase(measures, track)
    shape = _shape(measures, track, phase)
    wanted = _stances(measures, track, heading, middle)
    paws = step(measures, track, phase, wanted)
    sideways = np.column_stack([-np.sin(heading), np.cos(heading)]) * shape["sway"][:, None]
    hip, shoulder = shape["hip"], shape["shoulder"]
    spread = max(2.0, 0.05 * track.fps)
    for last in [False] * (_ROUNDS - 1) + [True]:
        trunk = place_trunk(
            measures, middle + sideways, heading, hip, shoulder,
            shape["flex"], shape["bend"], shape["roll"], shape["twist"],
        )  # fmt: skip
        poses, lower = _legs(measures, track, trunk, paws)
        if last:
            # What still pulls a paw off its place, at the very end of a stance, lifts it.
            reached = np.stack([pose.points[:, 3] for pose in poses], 1)
            missed = np.linalg.norm(reached - paws.places, axis=-1) > 0.004 * measures.stride
            paws.planted[missed] = False
            break
        # Where a stance leg is too short the trunk goes down there, where a limb would pass the floor it goes up.
        hip, shoulder = (
            np.maximum(height - _around(down, spread), asked - LARGEST_DROP * measures.stride) + _around(-down, spread)
            for height, down, asked in ((hip, lower[0], shape["hip"]), (shoulder, lower[1], shape["shoulder"]))
        )
    turns = _assemble(measures, track, trunk, poses, paws)
    carry_head(measures, track, trunk, turns, wave(track.gait, "nod_1", phase) + wave(track.gait, "nod_2", phase))
    carry_tail(measures, track, trunk, turns)
    return Solved(turns, trunk.root, paws.planted)


def _around(values: np.ndarray, spread: float) -> np.ndarray:
    """A smooth curve (T,) over the positive ``values (T,)``, frames wide."""
    return gaussian_filter1d(maximum_filter1d(np.maximum(values, 0), int(4 * spread)), spread)


def _path(track: Track) -> tuple[np.ndarray, np.ndarray]:
    heading = np.cumsum(track.turn) / track.fps
    ahead = np.column_stack([np.cos(heading), np.sin(heading)])
    middle = np.cumsum(ahead * track.speed[:, None], 0) / track.fps
    return heading, middle + ahead * (track.pose["forward"] * track.measures.trunk)[:, None]


def _phase(measures: Measures, track: Track) -> np.ndarray:
    """Strides done (T,): strides as long as the speed asks for, but no longer than stance legs can follow."""
    # A turn on the spot is travel for the paws, half a trunk away from its centre.
    speed = np.abs(track.speed) + 0.5 * measures.trunk * np.abs(track.turn)
    length = measures.stride * track.stride * stride_length(speed / track.unit_speed)
    duty = track.gait[:, DUTY]
    for pair, height, legs in (
        (slice(0, 2), track.pose["shoulder"], measures.legs[:2]), (slice(2, 4), track.pose["hip"], measures.legs[2:])
    ):  # fmt: skip
        leg = legs[0]
        tall = np.clip(height * leg.height * settled(measures, leg), 0, 0.93 * leg.reach)
        travel = 2 * 0.9 * np.sqrt((0.97 * leg.reach) ** 2 - tall**2)
        length = np.minimum(length, np.minimum(travel, LONGEST_TRAVEL * measures.stride) / duty[:, pair].max(1))
    rate = np.maximum(speed / length, track.idle * track.hurry)
    return np.cumsum(rate) / track.fps


def _shape(measures: Measures, track: Track, phase: np.ndarray) -> dict[str, np.ndarray]:
    """Heights (metres) and angles (radians) of the trunk (T,), gait's oscillations included."""
    # A trunk swings as its legs travel: not at all on the spot.
    moving = np.abs(track.speed) / track.unit_speed
    moving = np.clip(moving / 0.25, 0, 1)
    pose, size = track.pose, measures.stride

    def swing(name: str, *orders: int) -> np.ndarray:
        return moving * sum(wave(track.gait, f"{name}_{order}", phase) for order in orders)

    curve = np.where(track.speed > 0, track.turn / np.clip(np.abs(track.speed), 0.3 * track.unit_speed, None), 0)
    curve = gaussian_filter1d(np.clip(curve * measures.trunk, -0.6, 0.6), 0.2 * track.fps)
    front, back = (1 - moving * (1 - settled(measures, measures.legs[leg])) for leg in (0, 2))
    return {
        "hip": measures.hip * pose["hip"] * back + size * swing("hip", 1, 2) + track.rise["hip"],
        "shoulder": measures.shoulder * pose["shoulder"] * front
        + size * swing("shoulder", 1, 2)
        + track.rise["shoulder"],
        "flex": pose["flex"] + swing("flex", 1),
        "bend": pose["bend"] + swing("bend", 1) + curve,
        "roll": pose["roll"] + swing("roll", 1) + track.shake[:, 0],
        "twist": -1.6 * swing("roll", 1) + 0.6 * track.shake[:, 0],
        "sway": size * swing("sway", 1),
    }


def _stances(measures: Measures, track: Track, heading: np.ndarray, middle: np.ndarray) -> np.ndarray:
    """Where each paw would best stand, (T, 4, 2): below its joint, as far out as at rest."""
    pose, still = track.pose, np.zeros(track.frames)
    hip = measures.hip * pose["hip"] + track.rise["hip"]
    shoulder = measures.shoulder * pose["shoulder"] + track.rise["shoulder"]
    trunk = place_trunk(
        measures, middle, heading, hip, shoulder, pose["flex"], pose["bend"], still, still
    )  # fmt: skip
    wanted = np.empty((track.frames, 4, 2))
    for fore, pair in ((True, (0, 1)), (False, (2, 3))):
        tops = [trunk.attached(measures, measures.legs[leg].joints[0], fore) for leg in pair]
        centre = (tops[0] + tops[1])[:, :2] / 2
        across = (tops[0] - tops[1])[:, :2]
        across /= np.linalg.norm(across, axis=-1, keepdims=True).clip(1e-9)
        ahead = np.column_stack([across[:, 1], -across[:, 0]])
        name = "front" if fore else "back"
        # At speed the two tracks draw together.
        narrow = pose[f"{name}_apart"] * (1 - 0.3 * np.clip(np.abs(track.speed) / track.unit_speed, 0, 1))
        for leg in pair:
            parts = measures.legs[leg]
            forward = pose[f"{name}_ahead"] * measures.stride - np.tan(parts.slant) * parts.height
            wanted[:, leg] = centre + ahead * forward[:, None] + across * (parts.out * narrow)[:, None]
    return wanted


def _legs(measures: Measures, track: Track, trunk: Trunk, paws: Paws) -> tuple[list[LegPose], np.ndarray]:
    """Poses of the four legs, and how far (2, T) hips and shoulders should go down (up if negative), metres."""
    poses, lower, size = [], np.zeros((2, track.frames)), measures.stride
    for index, leg in enumerate(measures.legs):
        top = trunk.attached(measures, leg.joints[0], leg.fore)
        left = (trunk.chest_turn if leg.fore else trunk.turn)[..., 1]
        level = left * np.array([1.0, 1.0, 0.0])
        ahead = np.cross(level, np.array([0.0, 0.0, 1.0]))
        ahead /= np.linalg.norm(ahead, axis=-1, keepdims=True)
        paw, planted = paws.places[:, index], paws.planted[:, index]
        side = 1 if index % 2 == 0 else -1
        flat = track.pose["front_flat" if leg.fore else "back_flat"]
        out = side * track.pose["out"] * (0.4 if leg.fore else 1.0)
        swing = paws.swing[:, index]
        near = within_reach(leg, top, paw)
        near[:, 2] = np.maximum(near[:, 2], leg.sole)
        # Full use of the leg's length as it lifts and lands, so that the paw leaves the floor without a jump.
        paw = paw + (np.sin(np.pi * swing) ** 0.7 * ~planted)[:, None] * (near - paw)
        lean = _lean(leg, top, paw, ahead, swing, paws.size[:, index], flat)
        for free in track.free_paws:
            if free.leg == index:
                base = trunk.attached(measures, free.joint, leg.fore)
                turn = trunk.chest_turn if leg.fore else trunk.turn
                there = base + (turn @ free.place[..., None])[..., 0]
                there = within_reach(leg, top, there)
                there[:, 2] = np.maximum(there[:, 2], leg.sole)
                paw = paw + free.weight[:, None] * (there - paw)
                lean = lean + free.weight * (free.lean - lean)
                out = out + free.weight * (side * free.out - out)
                planted = planted & (free.weight < 1e-6)
                paws.planted[:, index] &= planted
        pose = solve_leg(leg, top, paw, left, lean, out * (-1 if leg.fore else 1))
        poses.append(pose)
        away = np.linalg.norm((paw - top)[:, :2], axis=-1)
        tallest = paw[:, 2] + np.sqrt(np.clip((PLANNED_STRETCH * leg.reach) ** 2 - away**2, 0, None))
        down = np.where(planted, np.clip(top[:, 2] - tallest, 0, None), 0)
        floor = ELBOW_FLOOR if leg.fore else KNEE_FLOOR
        up = np.clip(floor * size - pose.points[:, 1, 2], 0, None)
        up = np.maximum(up, np.clip(HIP_FLOOR * size - top[:, 2], 0, None))
        # Two bones of unequal length cannot fold to nothing.
        missed = np.linalg.norm(pose.points[:, 3] - paw, axis=-1)
        up = np.maximum(up, np.where(planted & (np.linalg.norm(top - paw, axis=-1) < 0.6 * leg.reach), 1.5 * missed, 0))
        if not leg.fore:
            tail = trunk.attached(measures, joint("Tail1"), False)
            up = np.maximum(up, np.clip(TAIL_FLOOR * size - tail[:, 2], 0, None))
        row = 1 if leg.fore else 0
        lower[row] = np.where(up > 0, np.minimum(lower[row], -up), np.where(lower[row] < 0, lower[row],
                              np.maximum(lower[row], down)))  # fmt: skip
    return poses, lower


def _lean(leg: Leg, top, paw, ahead, swing: np.ndarray, size: np.ndarray, flat: np.ndarray) -> np.ndarray:
    """How the lowest bone leans (T,): with the leg in stance, folded back in swing, level where the leg lies."""
    follow, fold, early = (0.9, 1.15, 0.3) if leg.fore else (0.8, 0.7, 0.8)
    slant = leaning(paw, top, ahead)
    # A leg that crouches goes down on its metapodials: its upper two bones could not fold so far.
    crouch = np.clip(1 - (top[:, 2] - leg.sole) / leg.height, 0, 1)
    lean = leg.lean + follow * (slant - leg.slant) - 1.3 * crouch
    lean = lean + (1 - 0.8 * crouch) * fold * size * bump(swing, early)
    return lean + flat * (-1.5 - lean)


def _assemble(measures: Measures, track: Track, trunk: Trunk, poses: list[LegPose], paws: Paws) -> np.ndarray:
    """World rotations (T, 35, 3, 3) of trunk and legs; what hangs on them turns with its parent for now."""
    turns = np.zeros((track.frames, JOINT_COUNT, 3, 3))
    turns[:, 0] = trunk.turn
    known = {0}
    for order, index in enumerate(SPINE):
        turns[:, index] = turns[:, PARENTS[index]] @ trunk.bends[:, order]
        known.add(index)
    for index, (leg, pose) in enumerate(zip(measures.legs, poses, strict=True)):
        turns[:, list(leg.joints[:3])] = pose.turns
        turns[:, leg.joints[3]] = _paw_turn(leg, pose, paws, index)
        known.update(leg.joints)
    for index, parent in enumerate(PARENTS):
        if index not in known:
            turns[:, index] = turns[:, parent]
    return turns


def _paw_turn(leg: Leg, pose: LegPose, paws: Paws, index: int) -> np.ndarray:
    """A planted paw lies flat and points where its leg does; a lifted one goes with the bone above it."""
    low = pose.turns[:, 2]
    level = yaw(np.arctan2(low[:, 1, 0] - low[:, 0, 1], low[:, 0, 0] + low[:, 1, 1]))
    lifted = np.clip((pose.points[:, 3, 2] - leg.sole) / (0.12 * leg.height), 0, 1)[:, None, None]
    mixed = (1 - lifted) * level + lifted * low
    left, _, right = np.linalg.svd(mixed)
    return left @ right
