# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of motion by name, and how often each is drawn."""

from . import gestures, leaping, moving, resting

WRITERS = {
    "walk": moving.steady("walk"),
    "amble": moving.steady("amble"),
    "pace": moving.steady("pace"),
    "trot": moving.steady("trot"),
    "canter": moving.steady("canter"),
    "gallop": moving.steady("gallop"),
    "rotary_gallop": moving.steady("rotary_gallop"),
    "half_bound": moving.steady("half_bound"),
    "change_gait": moving.change_gait,
    "stop_and_go": moving.stop_and_go,
    "turn": moving.turn_on_the_spot,
    "back_up": moving.back_up,
    "stalk": moving.stalk,
    "sniff": moving.sniff,
    "stand": resting.stand,
    "sit": resting.through(resting.sitting, first_held=0.35),
    "lie": resting.through(resting.lying, first_held=0.35),
    "sit_and_lie": resting.through(resting.sitting, resting.lying, first_held=0.3),
    "lie_and_sit": resting.through(resting.lying, resting.sitting, first_held=0.5),
    "crouch": resting.through(resting.crouching, first_held=0.3),
    "bow": resting.bow_to_play,
    "stretch": resting.stretch,
    "leap": leaping.leap,
    "scratch": gestures.scratch,
    "lick_paw": gestures.lick_paw,
    "paw": gestures.paw,
    "shake": gestures.shake,
    "rear_up": gestures.rear_up,
}

#: Kind -> weight with which it is drawn: what cats and dogs are filmed doing most comes most.
KINDS = {
    "walk": 16.0, "amble": 3.0, "pace": 2.0, "trot": 8.0, "canter": 4.0, "gallop": 4.0, "rotary_gallop": 3.0,
    "half_bound": 2.0, "change_gait": 7.0, "stop_and_go": 8.0, "turn": 5.0, "back_up": 3.0, "stalk": 5.0, "sniff": 5.0,
    "stand": 5.0, "sit": 6.0, "lie": 5.0, "sit_and_lie": 3.0, "lie_and_sit": 3.0, "crouch": 3.0, "bow": 2.0,
    "stretch": 3.0, "leap": 6.0, "scratch": 2.0, "lick_paw": 3.0, "paw": 2.0, "shake": 1.5, "rear_up": 1.5,
}  # fmt: skip
