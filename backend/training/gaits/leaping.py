# SPDX-License-Identifier: GPL-3.0-or-later
"""Leaps: crouch, launch from the hind paws, ballistic flight, landing on the front paws first."""

import numpy as np
from scipy.interpolate import CubicHermiteSpline

from .measures import GRAVITY
from .moving import _BEFORE, set_out, wander
from .track import Leap, Track


def leap(track: Track) -> None:
    """One or two leaps, from standing or from a run."""
    generator = track.generator
    speed = 0.0
    track.hurry += 0.4
    if generator.random() < 0.65:
        gait = str(generator.choice(["walk", "trot", "canter", "canter"]))
        speed = set_out(track, gait, generator.uniform(0.1, 0.6))
    else:
        track.to_gait(_BEFORE, _BEFORE + 0.1, "walk")
    now = generator.uniform(0.8, 2.0)
    for _ in range(generator.integers(1, 3)):
        now = _one(track, now, speed) + generator.uniform(1.2, 2.2) * max(1.0, (track.measures.stride / 0.19) ** 0.4)
    if generator.random() < 0.4:
        track.to_speed(now - 0.8, now, 0.0)
    wander(track, 0.5)


def _one(track: Track, take_off: float, speed: float) -> float:
    """A leap whose hind paws leave the floor at ``take_off``; returns when all paws have landed, seconds."""
    generator, size = track.generator, track.measures.stride
    beat = float(np.sqrt(size / GRAVITY))  # seconds: the time scale of a body of this size
    # The larger an animal, the less of its own height it jumps.
    height = generator.uniform(0.25, 1.1) * size * (0.19 / size) ** 0.3
    upward = float(np.sqrt(2 * GRAVITY * height))
    flight = 2 * upward / GRAVITY
    crouch, landing = generator.uniform(0.25, 0.5) * size, generator.uniform(0.1, 0.2) * size + 0.15 * height
    wait = generator.uniform(2.0, 6.0) * beat
    if speed > 0.3:
        crouch, wait = 0.6 * crouch, 0.5 * beat
    push = min(1.6 * beat, 2.4 * crouch / upward)
    ahead = generator.uniform(0.5, 1.6) * np.sqrt(height / size) + 0.2
    during = max(speed, ahead)
    # The shoulders go up before the hips and come down before them.
    early, soon = generator.uniform(0.35, 0.7) * beat, generator.uniform(0.25, 0.5) * beat
    spans = {
        "shoulder": (take_off - early, take_off - early + max(flight + early - soon, 0.8 * flight)),
        "hip": (take_off, take_off + flight + 0.3 * beat),
    }
    for name, (up, down) in spans.items():
        track.rise[name] += _arc(
            track.time, up, down - up, (0.7 if name == "shoulder" else 1.0) * crouch, landing, wait
        )
    begin = take_off - push
    track.to_speed(begin - 0.2 * beat, take_off + 0.3 * beat, during)
    # In the air nothing changes the speed; after it the animal runs out, or stands.
    land = take_off + flight
    track.to_speed(land, land + 4 * beat, speed)
    shown = track.part(begin, take_off + 0.3 * beat)
    gathered = track.part(take_off + 0.15 * flight, take_off + 0.7 * flight)
    over = track.part(land, land + 4 * beat)
    strength = generator.uniform(0.6, 1.3)
    # Arched to push, stretched in flight, arched again as the hind paws come forward to land.
    track.pose["flex"] += strength * (-0.35 * shown + 0.6 * gathered - 0.25 * over)
    track.pose["neck"] += 0.2 * (track.part(begin - wait, begin) - over)
    own = track.beat
    for leg in range(4):
        up, down = (track.lead + moment * track.fps for moment in spans["shoulder" if leg < 2 else "hip"])
        lift, touch = up - generator.uniform(0.0, 0.25) * own, down + generator.uniform(0.0, 0.3) * own
        # Front paws land well ahead, to brake: they aim at where the body will be a little later.
        aim = touch + min(0.8 if leg < 2 else 0.5, 0.45 / max(during, 0.1)) * own
        stood = own / max(during, 0.65)
        rise = height + generator.uniform(0.1, 0.3) * size
        track.leaps.append(Leap(leg, stood, lift, max(touch, lift + 2), aim, rise))
    return land + 4 * beat


def _arc(time: np.ndarray, up: float, flight: float, low: float, landing: float, wait: float) -> np.ndarray:
    """Height (T,) over standing: down into the crouch, up through the push, a parabola, down into the landing.

    up: when standing height is passed upwards, flight: seconds until it is passed downwards; low, landing: metres below
    standing; wait: seconds in the crouch.
    """
    upward = GRAVITY * flight / 2
    # Long enough that the cubic does not swing beyond the lowest place.
    push, sink = 2.4 * low / upward, 2.4 * landing / upward
    before = CubicHermiteSpline(
        [up - push - wait - 0.5, up - push - 0.3 * wait, up - push, up], [0, -low, -low, 0], [0, 0, 0, upward]
    )
    rest = up + flight + sink + 1.5 * wait
    after = CubicHermiteSpline([up + flight, up + flight + sink, rest], [0, -landing, 0], [-upward, 0, 0])
    air = time - up
    out = np.zeros_like(time)
    rising, flying, landed = air < 0, (air >= 0) & (air < flight), air >= flight
    out[rising] = before(np.clip(time[rising], up - push - wait - 0.5, None))
    out[flying] = upward * air[flying] - GRAVITY * air[flying] ** 2 / 2
    out[landed] = after(np.clip(time[landed], None, rest))
    return out
