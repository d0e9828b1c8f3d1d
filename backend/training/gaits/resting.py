# SPDX-License-Identifier: GPL-3.0-or-later
"""Kinds of motion that end or begin in a posture: sitting, lying, stretching, bowing, standing."""

import numpy as np

from .living import glance
from .moving import set_out, wander
from .track import Track

#: Every posture lets go of what the one before it held.
_STANDING = {
    "hip": 1.0, "shoulder": 1.0, "flex": 0.0, "forward": 0.0, "front_ahead": 0.0, "back_ahead": 0.0,
    "front_flat": 0.0, "back_flat": 0.0, "out": 0.0, "neck": 0.0, "head": 0.0,
}  # fmt: skip


def sitting(track: Track) -> dict[str, float]:
    """Haunches on the floor, hocks flat, front legs upright."""
    draw = track.generator.uniform
    legs = track.measures
    low = legs.legs[2].lengths[2] / legs.stride
    return _STANDING | {
        "hip": draw(0.17, 0.3), "shoulder": draw(0.9, 1.0), "flex": draw(0.1, 0.5), "forward": draw(-0.12, 0.0),
        "front_ahead": draw(-0.08, 0.06), "back_ahead": low * draw(0.95, 1.1) + draw(0.2, 0.38), "back_flat": 1.0,
        "out": draw(0.2, 0.5), "neck": draw(-0.1, 0.2),
    }  # fmt: skip


def lying(track: Track) -> dict[str, float]:
    """As a sphinx does: elbows and hocks on the floor, trunk between."""
    draw, body = track.generator.uniform, track.measures
    front, back = body.legs[0], body.legs[2]
    height = draw(0.28, 0.36)
    top, elbow = height * body.shoulder, 0.1 * body.stride
    # The elbow lies behind the shoulder by what is left of the upper bone, the forearm ahead of it.
    behind = np.sqrt(max(front.lengths[0] ** 2 - (top - elbow) ** 2, 0))
    ahead = front.lengths[1] * 0.97 + front.lengths[2] * 0.97 - behind
    return _STANDING | {
        "hip": draw(0.22, 0.3), "shoulder": height, "flex": draw(0.0, 0.3), "forward": draw(-0.06, 0.02),
        "front_ahead": (ahead + np.tan(front.slant) * front.height) / body.stride, "front_flat": 1.0,
        "back_ahead": (back.lengths[2] / body.stride) * draw(0.95, 1.1) + draw(0.15, 0.34), "back_flat": 1.0,
        "out": draw(0.25, 0.6), "neck": draw(0.0, 0.35),
    }  # fmt: skip


def crouching(track: Track) -> dict[str, float]:
    """Low on all fours."""
    draw = track.generator.uniform
    low = draw(0.5, 0.75)
    return _STANDING | {"hip": low, "shoulder": low * draw(0.9, 1.1), "out": draw(0.0, 0.3), "neck": draw(-0.4, 0.1)}


def bowing(track: Track) -> dict[str, float]:
    """The bow of play and of a stretch: chest down, rump up, front paws far ahead."""
    draw = track.generator.uniform
    return _STANDING | {
        "hip": draw(0.97, 1.06), "shoulder": draw(0.36, 0.55), "flex": draw(-0.5, -0.15), "forward": draw(-0.3, -0.15),
        "front_ahead": draw(0.4, 0.6), "front_flat": draw(0.4, 0.9), "neck": draw(0.1, 0.5), "head": draw(0.0, 0.2),
    }  # fmt: skip


def standing(track: Track) -> dict[str, float]:
    """On all fours again."""
    return dict(_STANDING)


def _into(track: Track, start: float, posture: dict[str, float], quick: float = 1.0) -> float:
    """Take a posture from ``start``; returns when it is reached. Small animals are quicker."""
    needed = track.generator.uniform(0.9, 1.7) * quick * (track.measures.stride / 0.25) ** 0.25
    track.to_pose(start, start + needed, **posture)
    return start + needed


def _arrive(track: Track, wanted: float = 0.6) -> float:
    """Perhaps walk at first; returns when the animal stands."""
    generator = track.generator
    track.hurry += generator.uniform(0.3, 0.9)
    if generator.random() > wanted:
        return generator.uniform(-1.0, 1.0)
    speed = set_out(track, str(generator.choice(["walk", "walk", "trot"])), generator.uniform(0, 0.6))
    stop = generator.uniform(0.2, 0.35 * track.seconds)
    track.to_speed(stop, stop + 0.5 + 0.6 * speed, 0.0)
    wander(track)
    return stop + generator.uniform(0.4, 0.9) + 0.6 * speed


def _leave(track: Track, start: float, chance: float = 0.5) -> None:
    """Perhaps stand up and walk away after ``start``."""
    generator = track.generator
    if generator.random() < chance:
        up = _into(track, start, standing(track))
        track.to_speed(up - 0.3, up + 0.5, generator.uniform(0.25, 0.6))


def through(*postures, first_held: float = 0.0):
    """A kind: arrive, take these postures one after the other, hold each for a while, perhaps leave."""

    def write(track: Track) -> None:
        generator = track.generator
        if generator.random() < first_held:
            # Begins in the first posture.
            track.hurry += generator.uniform(0.3, 0.9)
            track.to_pose(-9, -8, **postures[0](track))
            now, rest = generator.uniform(0.5, 0.5 * track.seconds), postures[1:]
        else:
            now, rest = _arrive(track), postures
        for posture in rest:
            now = _into(track, now, posture(track))
            if generator.random() < 0.6:
                glance(track, now, generator.uniform(0.6, 2.0))
            now += generator.uniform(0.6, 0.35 * track.seconds)
        _leave(track, now)

    return write


def bow_to_play(track: Track) -> None:
    """Drop into the bow, bounce, come up."""
    generator = track.generator
    now = _arrive(track)
    for _ in range(generator.integers(1, 3)):
        held = _into(track, now, bowing(track), 0.5)
        hold = generator.uniform(0.4, 1.6)
        shown = track.part(held - 0.2, held) - track.part(held + hold - 0.1, held + hold + 0.1)
        track.pose["to_side"] += shown * np.sin(2 * np.pi * 2.5 * track.time) * generator.uniform(0.3, 1.2)
        track.pose["tail"] += 0.5 * shown
        now = _into(track, held + hold, standing(track), 0.5) + generator.uniform(0.2, 1.0)


def stretch(track: Track) -> None:
    """Front down and rump up, then forward over the front paws with the hips low and the back hollow."""
    generator = track.generator
    now = _arrive(track, 0.4)
    now = _into(track, now, bowing(track), 1.2) + generator.uniform(0.4, 1.4)
    if generator.random() < 0.7:
        draw = generator.uniform
        long = _STANDING | {
            "hip": draw(0.6, 0.8), "shoulder": draw(1.0, 1.04), "flex": draw(-0.45, -0.15), "forward": draw(0.1, 0.25),
            "back_ahead": draw(-0.5, -0.25), "neck": draw(0.0, 0.4),
        }  # fmt: skip
        now = _into(track, now, long, 1.2) + generator.uniform(0.3, 1.0)
    _into(track, now, standing(track))


def stand(track: Track) -> None:
    """Stand and shift from paw to paw, looking about."""
    generator = track.generator
    for start in np.arange(0, track.seconds, generator.uniform(1.2, 2.5)):
        glance(track, start, generator.uniform(0.5, 1.5), 0.3)
        track.to_pose(
            start, start + 0.8, forward=generator.normal(0, 0.05), hip=generator.uniform(0.93, 1.0),
            shoulder=generator.uniform(0.93, 1.0), flex=generator.normal(0, 0.1), bend=generator.normal(0, 0.1),
            neck=generator.normal(0, 0.25),
        )  # fmt: skip
