# SPDX-License-Identifier: GPL-3.0-or-later
"""What one leg or the whole coat does on the spot: scratching, licking a paw, pawing, shaking."""

import numpy as np

from ...bodies.smal_skeleton import joint
from .points import skin_offsets
from .resting import _STANDING, _arrive, _into, sitting, standing
from .smooth import noise
from .track import FreePaw, Track
from .turning import pitch


def _held(track: Track, start: float, end: float, quick: float = 0.35) -> np.ndarray:
    quick *= max(1.0, (track.measures.stride / 0.19) ** 0.4)  # the larger, the slower
    return track.part(start, start + quick) - track.part(end, end + quick)


def scratch(track: Track) -> None:
    """Sit, bend to one side, and scratch neck or cheek with the hind paw of that side; horses and cows only paw."""
    generator, body = track.generator, track.measures
    if body.stride > 0.7:
        return paw(track)
    now = _into(track, _arrive(track, 0.4), sitting(track)) + generator.uniform(0.0, 0.6)
    leg = int(generator.choice([2, 3]))
    side = 1 if leg == 2 else -1
    end = now + generator.uniform(1.2, 3.0)
    shown = _held(track, now, end)
    quick = (0.19 / body.stride) ** 0.6
    hertz = generator.uniform(4.5, 7.0) * quick
    stroke = shown * np.sin(2 * np.pi * hertz * track.time) * generator.uniform(0.06, 0.11) * body.stride
    # Where a hind paw reaches, beside the chest: in the frame of a pelvis that sits, ahead is level and up.
    reach = generator.uniform(0.74, 0.86) * body.legs[leg].reach
    ahead = np.array([0.9, 0.2 * side, generator.uniform(-0.15, 0.15)])
    place = reach * ahead / np.linalg.norm(ahead) + stroke[:, None] * np.array([0.8, 0.0, 0.5])
    still = np.full(track.frames, generator.uniform(-0.6, 0.2))
    track.free_paws.append(FreePaw(leg, body.legs[leg].joints[0], shown, place, still, 0.15))
    track.pose["bend"] += side * generator.uniform(0.25, 0.5) * shown
    track.pose["flex"] += 0.25 * shown
    track.pose["roll"] -= side * generator.uniform(0.05, 0.18) * shown
    track.look["yaw"] += side * generator.uniform(0.2, 0.6) * shown
    track.look["tilt"] += side * generator.uniform(0.2, 0.6) * shown + 0.06 * stroke / body.stride
    track.look["pitch"] -= generator.uniform(0.1, 0.5) * shown
    if generator.random() < 0.5:
        _into(track, end + 0.6, standing(track))


def lick_paw(track: Track) -> None:
    """Sit or stand, lift a front paw, lower the head to it, lick, perhaps wash the face."""
    generator, body = track.generator, track.measures
    now = _arrive(track, 0.4)
    seated = generator.random() < 0.8
    if seated:
        now = _into(track, now, sitting(track))
    leg = int(generator.choice([0, 1]))
    side = 1 if leg == 0 else -1
    now += generator.uniform(0.0, 0.6)
    end = now + generator.uniform(2.0, 4.5)
    shown = _held(track, now, end, 0.45)
    licking = shown * np.sin(2 * np.pi * generator.uniform(1.5, 2.6) * track.time)
    parts = body.legs[leg]
    lower, nod = generator.uniform(0.6, 0.9), generator.uniform(0.3, 0.6)
    # Of the chest's pitch in a sitting animal the neck takes half, the head nearly nothing.
    lower += 0.25 * seated
    mouth = _nose(track, -lower - 0.5 * seated, -nod - 0.8 * seated)
    place = mouth - body.rest[parts.joints[0]] + np.array([0.05, -0.02 * side, -0.1]) * parts.reach
    place = place + licking[:, None] * np.array([0.02, 0, 0.05]) * parts.reach
    if generator.random() < 0.5:
        # Over the face: up and down again, slowly.
        wash = shown * np.clip(noise(generator, track.time, 1.2, 0.5), -0.3, 1.2)
        place = place + wash[:, None] * np.array([0.1, 0.0, 0.35]) * parts.reach
    lean = np.full(track.frames, generator.uniform(-1.0, -0.2))
    track.free_paws.append(FreePaw(leg, parts.joints[0], shown, place, lean, 0.1))
    track.pose["neck"] -= lower * shown
    track.pose["head"] -= nod * shown
    track.look["yaw"] += side * generator.uniform(0.0, 0.3) * shown
    track.look["pitch"] += 0.12 * licking
    if generator.random() < 0.5:
        _into(track, end + 0.5, standing(track))


def _nose(track: Track, neck: float, head: float) -> np.ndarray:
    """Where the nose is (3,) in the rest pose's frame with neck and head pitched, radians, against the chest."""
    body = track.measures
    base, skull = body.rest[joint("Neck")], body.rest[joint("Head")]
    return base + pitch(neck) @ (skull - base) + pitch(head) @ skin_offsets(body)["nose"][1]


def paw(track: Track) -> None:
    """Stand and lift a front paw: to touch something, to beg, or to wait with it in the air."""
    generator, body = track.generator, track.measures
    now = _arrive(track, 0.5)
    if generator.random() < 0.35:
        now = _into(track, now, sitting(track))
    for _ in range(generator.integers(1, 4)):
        leg = int(generator.choice([0, 1]))
        parts, end = body.legs[leg], now + generator.uniform(0.5, 1.8)
        shown = _held(track, now, end, generator.uniform(0.2, 0.4))
        way = generator.uniform(-0.9, 0.25)
        out = generator.uniform(0.5, 0.9) * parts.reach
        place = out * np.array([np.cos(way), generator.normal(0, 0.15), np.sin(way)])
        beat = noise(generator, track.time, 2.5 * (0.19 / body.stride) ** 0.5, 0.08) * parts.reach
        place = place + beat[:, None] * np.array([0.5, 0.2, 1.0])
        lean = np.full(track.frames, generator.uniform(-1.1, 0.2))
        track.free_paws.append(FreePaw(leg, parts.joints[0], shown, place, lean, 0.0))
        track.pose["forward"] -= 0.05 * shown
        track.look["pitch"] -= generator.uniform(0, 0.5) * shown
        now = end + generator.uniform(0.5, 1.4)


def shake(track: Track) -> None:
    """Shake the coat: a twist that starts at the head and runs to the tail (4 to 6 a second for cats and dogs)."""
    generator, body = track.generator, track.measures
    now = _arrive(track)
    # The smaller, the faster: frequency goes with mass to about -0.19 (Dickerson et al. 2012), so with size to -0.57.
    hertz = 5.0 * (0.25 / body.stride) ** 0.57 * generator.uniform(0.85, 1.15)
    for _ in range(generator.integers(1, 3)):
        lasting = generator.uniform(0.8, 1.8)
        head = _held(track, now, now + lasting, 0.2)
        rest = _held(track, now + 0.15, now + lasting + 0.1, 0.25)
        turn = 2 * np.pi * hertz * track.time
        track.shake[:, 1] += generator.uniform(0.5, 0.9) * head * np.sin(turn)
        track.shake[:, 0] += generator.uniform(0.1, 0.22) * rest * np.sin(turn - 1.2)
        track.ears += 0.6 * head[:, None] * np.sin(turn - 0.6)[:, None] * np.array([1.0, -1.0])
        for order in range(7):
            track.tail_wave[:, order] += 0.12 * rest * np.sin(turn - 2.5 - 0.5 * order)
        track.pose["neck"] -= 0.35 * head
        track.pose["front_apart"] += 0.3 * rest
        track.pose["back_apart"] += 0.3 * rest
        track.pose["hip"] -= 0.05 * rest
        track.pose["shoulder"] -= 0.06 * rest
        now += lasting + generator.uniform(1.0, 2.5)


def rear_up(track: Track) -> None:
    """Sit up or stand against something: front paws off the floor for a moment, weight over the hind legs."""
    generator, body = track.generator, track.measures
    now = _arrive(track, 0.4)
    end = now + generator.uniform(1.2, 3.0)
    rise = generator.uniform(1.5, 1.95)
    needed = generator.uniform(0.6, 1.0)
    track.to_pose(
        now, now + needed, **(_STANDING | {
            "hip": generator.uniform(0.75, 0.95), "shoulder": rise, "forward": -generator.uniform(0.12, 0.22),
            "back_ahead": generator.uniform(0.15, 0.35), "flex": generator.uniform(-0.2, 0.3),
        }),
    )  # fmt: skip
    shown = track.part(now - 0.1, now + 0.7 * needed) - track.part(end + 0.3 * needed, end + needed + 0.1)
    for leg in (0, 1):
        parts, way = body.legs[leg], generator.uniform(-1.2, -0.4)
        place = generator.uniform(0.5, 0.85) * parts.reach * np.array([np.cos(way), 0.0, np.sin(way)])
        beat = noise(generator, track.time, 1.5, 0.06) * parts.reach
        lean = np.full(track.frames, generator.uniform(-0.6, 0.6))
        track.free_paws.append(FreePaw(leg, parts.joints[0], shown, place + beat[:, None], lean, 0.0))
    track.to_pose(end, end + needed, **standing(track))
