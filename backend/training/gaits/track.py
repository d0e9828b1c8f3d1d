# SPDX-License-Identifier: GPL-3.0-or-later
"""What an animal is to do, as curves of time, which the kinds of motion write and the solver reads."""

from dataclasses import dataclass

import numpy as np

from .footfalls import GAITS, OSCILLATIONS, other_lead
from .measures import GRAVITY, Measures
from .smooth import ease, noise

#: Seconds made before a clip begins and after it ends: paws are then already on their way at its first frame.
LEAD = 1.5

#: A standing animal. hip, shoulder: heights over the standing ones; flex: spine arched, radians; bend: to the left;
#: forward: trunk over its paws, in trunk lengths; *_ahead, *_apart: paws before the place below their joints in leg
#: lengths, and their track's width; *_flat: the lowest bone of the leg from upright (0) to lying on the floor (1);
#: out: knees turned out, radians; neck, head, mouth: radians up or down from rest; sniff: 1 brings the nose to the
#: floor; tail: raised, curl: each bone more than the last, to_side: tail to the left.
STANDING = {
    "hip": 1.0, "shoulder": 1.0, "flex": 0.0, "bend": 0.0, "roll": 0.0, "forward": 0.0, "front_ahead": 0.0,
    "back_ahead": 0.0, "front_apart": 1.0, "back_apart": 1.0, "front_flat": 0.0, "back_flat": 0.0, "out": 0.0,
    "neck": 0.0, "head": 0.0, "mouth": 0.0, "sniff": 0.0, "tail": 0.0, "curl": 0.0, "to_side": 0.0,
}  # fmt: skip


@dataclass(frozen=True)
class Leap:
    """One paw through the air: how many frames it has stood for the push, the frames at which it lifts and lands, the
    frame at whose best place it lands, and how high it goes, metres."""

    leg: int
    push: float
    lift: float
    land: float
    aim: float
    height: float


@dataclass(frozen=True)
class FreePaw:
    """A paw that leaves the floor for a place on the body: weight (T,), place (T, 3) metres in the frame of ``joint``
    at rest, lean (T,) of its lowest bone, and how far its knee turns out, radians."""

    leg: int
    joint: int
    weight: np.ndarray
    place: np.ndarray
    lean: np.ndarray
    out: float


class Track:
    """Curves over T frames, of a clip's length and LEAD before and after it; ``time`` (T,) is 0 at its first frame.

    Every curve begins as that of a standing animal; the methods blend from what a curve holds at last to a new value.
    """

    def __init__(self, generator: np.random.Generator, measures: Measures, seconds: float, fps: float):
        self.generator, self.measures, self.seconds, self.fps = generator, measures, seconds, fps
        self.lead = int(round(LEAD * fps))
        self.frames = 2 * self.lead + int(round(seconds * fps))
        self.time = (np.arange(self.frames) - self.lead) / fps
        self.pose = {name: np.full(self.frames, value) for name, value in STANDING.items()}
        self.speed, self.turn = np.zeros(self.frames), np.zeros(self.frames)
        self.rise = {"hip": np.zeros(self.frames), "shoulder": np.zeros(self.frames)}
        self.look = {name: np.zeros(self.frames) for name in ("yaw", "pitch", "tilt")}
        self.tail_wave = np.zeros((self.frames, 7))
        self.ears = np.zeros((self.frames, 2))
        self.shake = np.zeros((self.frames, 2))  # of trunk and head, about their length, radians
        self.leaps: list[Leap] = []
        self.free_paws: list[FreePaw] = []
        self.hurry = np.ones(self.frames)
        self.style(generator)

    def style(self, generator: np.random.Generator) -> None:
        """Draw what one animal keeps doing its own way."""
        self.mirrored = generator.random() < 0.5
        self.stride = generator.uniform(0.9, 1.12)
        self.vigour = generator.uniform(0.6, 1.4)
        self.gait = np.tile(self.gait_vector("walk"), (self.frames, 1))
        self.lift = generator.uniform(0.75, 1.35) * generator.uniform(0.92, 1.08, 4)
        size = self.measures.stride
        self.scatter = np.stack(
            [noise(generator, self.time, 1.5, 0.015 * size) for _ in range(8)], -1
        ).reshape(-1, 4, 2)  # fmt: skip

    @property
    def unit_speed(self) -> float:
        """sqrt(g h), metres a second: the speed that footfalls.GAITS are given in."""
        return float(np.sqrt(GRAVITY * self.measures.stride))

    @property
    def idle(self) -> float:
        """Strides a second of an animal that shifts its paws on the spot."""
        return 0.2 * float(np.sqrt(GRAVITY / self.measures.stride))

    @property
    def beat(self) -> float:
        """sqrt(h / g) in frames: how long things take that gravity rules, for a body of this size."""
        return float(np.sqrt(self.measures.stride / GRAVITY)) * self.fps

    @property
    def longest_swing(self) -> float:
        """Frames."""
        return 2.6 * self.beat

    def part(self, start: float, end: float) -> np.ndarray:
        """A blend (T,) from 0 at ``start`` to 1 at ``end``, seconds."""
        return ease((self.time - start) / max(end - start, 1e-3))

    def gait_vector(self, name: str) -> np.ndarray:
        """The gait (G,) with the lead that was drawn, as strong as this animal moves."""
        vector = GAITS[name].vector()
        vector[OSCILLATIONS] *= self.vigour
        return other_lead(vector) if self.mirrored else vector

    def to_pose(self, start: float, end: float, **values: float) -> None:
        """Blend to a posture between two moments, seconds; what is not named stays."""
        part = self.part(start, end)
        for name, value in values.items():
            self.pose[name] += (value - self.pose[name][-1]) * part

    def to_gait(self, start: float, end: float, name: str) -> None:
        """Go over to another gait."""
        self.gait += (self.gait_vector(name) - self.gait[-1]) * self.part(start, end)[:, None]

    def to_speed(self, start: float, end: float, speed: float) -> None:
        """Go over to another speed, in v / sqrt(g h); backwards if negative."""
        self.speed += (speed * self.unit_speed - self.speed[-1]) * self.part(start, end)

    def to_turn(self, start: float, end: float, rate: float) -> None:
        """Go over to another turn, radians a second to the left."""
        self.turn += (rate - self.turn[-1]) * self.part(start, end)
