# SPDX-License-Identifier: GPL-3.0-or-later
"""What is chosen by chance for one clip: the box, how it is held, how the person who holds it moves."""

from dataclasses import dataclass

import numpy as np

from .grips import draw_grip

EDGE = (0.2, 0.7)  # metres
TABLE = (0.4, 1.0)
_CHEST, _LOW = 1.2, 0.4


@dataclass(frozen=True)
class Scene:
    """One clip's choices; metres and radians.

    size (3,) and grip (2, 3) in the frame of the person; turn, aside: how the box lies before the person; rest (2,):
    what it is taken from and put on, heights; held_height: of the wrists above the hips while carried; twist: by how
    much a box is turned in place. squat: share of the way down that the knees take; lean: how far the hips go back;
    extended: how straight the arms are; head: share of the trunk's pitch that the head takes back; elbows: how far
    out they point; tilt (2,), sway: of a carried box; stride: share of the captured steps' length.
    """

    kind: str
    size: np.ndarray
    grip: np.ndarray
    turn: float
    aside: float
    rest: np.ndarray
    held_height: float
    twist: float
    squat: float
    lean: float
    extended: float
    head: float
    elbows: float
    tilt: np.ndarray
    sway: float
    stride: float


def draw_scene(generator: np.random.Generator, kind: str) -> Scene:
    """The choices for a kind: push, drag, carry, turn or idle."""
    size = generator.uniform(*EDGE, 3)
    if kind in ("push", "drag", "turn"):
        size = np.r_[generator.uniform(0.25, 0.7, 2), generator.uniform(0.28, 0.7)]
    elif kind == "carry":
        size = np.r_[generator.uniform(0.22, 0.6), generator.uniform(0.2, 0.5), generator.uniform(*EDGE) ** 1.1]
    size = size.clip(*EDGE)
    grip = draw_grip(generator, kind, size) if kind != "idle" else np.zeros((2, 3))
    on_table = generator.random(2) < (0.45 if kind in ("carry", "idle") else 0.0)
    rest = np.where(on_table, generator.uniform(*TABLE, 2), 0.0)
    if kind == "carry":  # what stands so high that hands would take it above the chest stands lower
        rest = rest.clip(0, max(_CHEST - size[2] / 2 - grip[:, 2].mean(), 0))
    return Scene(
        kind=kind,
        size=size,
        grip=grip,
        turn=generator.normal(0, 0.12) if kind != "idle" else generator.uniform(-3, 3),
        aside=generator.normal(0, 0.03),
        rest=rest,
        held_height=generator.uniform(-0.02, 0.32),
        twist=generator.choice([-1, 1]) * generator.uniform(0.25, 0.85),
        squat=_draw_squat(generator, kind, size[2] / 2 + grip[:, 2].mean()),
        lean=generator.uniform(0.05, 0.15) if kind == "carry" else generator.uniform(0.01, 0.09),
        extended=generator.uniform(0.87, 0.975),
        head=generator.uniform(0.2, 0.6),
        elbows=generator.uniform(0.3, 1.0),
        tilt=np.r_[generator.uniform(-0.04, 0.16), generator.normal(0, 0.04)],
        sway=generator.uniform(0.005, 0.035),
        stride=generator.uniform(0.75, 1.0) if kind == "carry" else generator.uniform(0.45, 0.9),
    )


def _draw_squat(generator: np.random.Generator, kind: str, grip_height: float) -> float:
    """Who lifts bends the knees or not; who moves a box along the floor keeps them straighter, unless it is low."""
    if kind == "carry":
        return generator.uniform(np.clip(1.3 * (0.5 - grip_height), 0.1, 0.6), 0.95)
    return generator.uniform(0.0, 0.2 if grip_height > _LOW else 0.45)
