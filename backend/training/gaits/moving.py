# SPDX-License-Identifier: GPL-3.0-or-later
"""Kinds of motion that go somewhere: each function writes one clip's track."""

import numpy as np

from ...bodies.smal_skeleton import joint
from .footfalls import GAITS
from .living import glance
from .smooth import noise
from .track import LEAD, Track

_BEFORE = -LEAD - 1


def set_out(track: Track, gait: str, share: float | None = None) -> float:
    """Be in a gait from the start; its speed, v / sqrt(g h), ``share`` of the way through its range."""
    low, high = GAITS[gait].speed
    share = track.generator.beta(1.6, 1.8) if share is None else share
    speed = low + share * (high - low)
    track.to_gait(_BEFORE, _BEFORE + 0.1, gait)
    track.to_speed(_BEFORE, _BEFORE + 0.1, speed)
    return speed


def wander(track: Track, strength: float = 1.0) -> None:
    """Straight on, a steady curve, or a winding path, as tight as the speed allows."""
    generator = track.generator
    way = generator.choice(["straight", "curve", "winding"], p=[0.35, 0.3, 0.35])
    # Turning radius in trunk lengths; faster animals take wider curves, leaning in.
    fastest = track.speed.max() / track.unit_speed
    tightest = (1.6 + 2.5 * fastest**2) * track.measures.trunk
    if way == "curve":
        bend = generator.choice([-1, 1]) * generator.uniform(0.3, 1.0) + noise(generator, track.time, 0.3, 0.1)
    elif way == "winding":
        bend = noise(generator, track.time, generator.uniform(0.2, 0.5), 0.5)
    else:
        bend = noise(generator, track.time, 0.2, 0.06)
    track.turn += strength * np.clip(bend, -1.2, 1.2) * np.abs(track.speed) / tightest
    track.pose["roll"] -= np.clip(0.5 * track.turn * track.speed / 9.81, -0.3, 0.3)
    track.look["yaw"] += np.clip(0.25 * track.turn, -0.5, 0.5)


def unsteady(track: Track, share: float = 0.12) -> None:
    """Let the speed vary by a share."""
    track.speed *= 1 + np.clip(noise(track.generator, track.time, 0.5, share), -0.3, 0.3)


def steady(gait: str):
    """A kind: one gait all along."""

    def write(track: Track) -> None:
        set_out(track, gait)
        if gait in ("gallop", "rotary_gallop", "half_bound", "canter"):
            track.to_pose(_BEFORE, _BEFORE + 0.1, neck=track.generator.normal(-0.3, 0.12))
        unsteady(track)
        wander(track)

    return write


def stalk(track: Track) -> None:
    """A low, slow walk, head and back in one line, with halts."""
    generator = track.generator
    speed = set_out(track, "stalk")
    low = generator.uniform(0.55, 0.78)
    track.to_pose(
        _BEFORE, _BEFORE + 0.1, hip=low * generator.uniform(0.92, 1.1), shoulder=low, out=0.15,
        neck=generator.uniform(-0.7, -0.35), head=generator.uniform(-0.1, 0.1), flex=generator.normal(0, 0.08),
    )  # fmt: skip
    start = generator.uniform(0.2, 0.6) * track.seconds
    if generator.random() < 0.7:
        track.to_speed(start, start + 0.7, 0.0)
        lower = generator.uniform(0.8, 0.95)
        track.to_pose(start, start + 1.0, hip=low * lower, shoulder=low * lower)
        if generator.random() < 0.6:
            wait = start + generator.uniform(1.0, 2.5)
            track.to_speed(wait, wait + 0.6, speed)
    wander(track, 0.7)


def sniff(track: Track) -> None:
    """Walk with the nose near the floor, to and fro, sometimes stopping at a place."""
    generator = track.generator
    speed = set_out(track, "walk", generator.uniform(0, 0.6))
    track.pose["sniff"] += np.clip(0.92 + noise(generator, track.time, 0.5, 0.08), 0.3, 1.0)
    track.look["yaw"] += noise(generator, track.time, 0.8, 0.35)
    # A neck that is shorter than the legs needs the shoulders lower, on front paws wide apart.
    body = track.measures
    neck = np.linalg.norm(body.rest[joint("Head")] - body.rest[joint("Neck")]) + 0.1 * body.trunk
    lower = np.clip((body.rest[joint("Neck"), 2] - 1.25 * neck) / body.shoulder - 0.12, 0.0, 0.45)
    lower *= generator.uniform(0.7, 1.05)
    track.to_pose(_BEFORE, _BEFORE + 0.1, shoulder=1 - lower, hip=1 - 0.4 * lower, flex=0.6 * lower)
    for _ in range(generator.integers(0, 3)):
        start = generator.uniform(0, track.seconds)
        track.to_speed(start, start + 0.5, 0.0)
        track.to_speed(start + 1.5, start + 2.1, speed)
    if generator.random() < 0.5:
        start = generator.uniform(0.4, 0.8) * track.seconds
        track.to_pose(start, start + generator.uniform(0.6, 1.2), sniff=-track.pose["sniff"][-1] * 0.02)
    wander(track)


def stop_and_go(track: Track) -> None:
    """Walk or trot, stand, look about, go on."""
    generator = track.generator
    gait = generator.choice(["walk", "walk", "trot"])
    speed = set_out(track, gait)
    going, start = True, generator.uniform(0.3, 2.5)
    while start < track.seconds:
        needed = generator.uniform(0.5, 1.0)
        track.to_speed(start, start + needed, 0.0 if going else speed * generator.uniform(0.8, 1.2))
        if going:
            glance(track, start + 0.4, generator.uniform(0.7, 1.6), 0.4)
        going = not going
        start += generator.uniform(1.6, 3.2)
    wander(track)


def turn_on_the_spot(track: Track) -> None:
    """Stand, turn about with small steps, stand."""
    generator = track.generator
    track.hurry += generator.uniform(0.2, 0.8)
    start = generator.uniform(-1, 0.8)
    while start < track.seconds:
        lasting = generator.uniform(1.0, 2.8)
        rate = generator.choice([-1, 1]) * generator.uniform(0.35, 0.9) * np.sqrt(0.2 / track.measures.stride) ** 0.5
        track.to_turn(start, start + 0.5, rate)
        track.to_turn(start + lasting, start + lasting + 0.5, 0.0)
        start += lasting + generator.uniform(0.7, 2.0)
    # The spine leads the turn, the head leads the spine.
    track.pose["bend"] += np.clip(0.3 * track.turn, -0.35, 0.35)
    track.look["yaw"] += np.clip(0.5 * track.turn, -0.6, 0.6)


def back_up(track: Track) -> None:
    """Stand, walk backwards, stand or go forward again."""
    generator = track.generator
    track.to_gait(_BEFORE, _BEFORE + 0.1, "walk")
    start = generator.uniform(-1.0, 1.0)
    end = start + generator.uniform(2.0, 4.0)
    track.to_speed(start, start + 0.6, -generator.uniform(0.12, 0.3))
    track.to_speed(end, end + 0.6, 0.0)
    if generator.random() < 0.5:
        track.to_speed(end + 0.9, end + 1.6, generator.uniform(0.2, 0.45))
    track.to_pose(start, start + 0.8, hip=0.95, neck=generator.normal(0, 0.15))
    wander(track, 0.6)


def change_gait(track: Track) -> None:
    """Go faster and slower through neighbouring gaits."""
    generator = track.generator
    order = [["walk"], ["amble", "trot", "trot", "pace"], ["canter"], ["gallop", "rotary_gallop", "half_bound"]]
    level = int(generator.integers(0, 4))
    set_out(track, str(generator.choice(order[level])))
    start = generator.uniform(0.8, 2.5)
    while start < track.seconds:
        level = level + int(generator.choice([-1, 1])) if 0 < level < 3 else (1 if level == 0 else 2)
        name = str(generator.choice(order[level]))
        low, high = GAITS[name].speed
        needed = generator.uniform(0.9, 1.6)
        track.to_gait(start, start + needed, name)
        track.to_speed(start, start + needed, low + generator.uniform(0.1, 0.7) * (high - low))
        start += needed + generator.uniform(0.8, 2.2)
    wander(track)
