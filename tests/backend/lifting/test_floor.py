# SPDX-License-Identifier: GPL-3.0-or-later
import math

import numpy as np
import pytest
import torch

from backend.diffusion.canonical import LIMB_METRES, limb_lengths, limb_sum, mid_hip
from backend.lifting.floor import floor_normal
from backend.training.gaits import draw_body, make_motion


def walker(frames=120, slope=(0.0, 0.0), metres=3.0):
    """A figure whose ankles step along Y over a plane of the given slopes; the rest of its points do not matter."""
    world = torch.zeros(frames, 18, 3)
    for index, phase in ((13, 0), (10, 15)):
        time = torch.arange(frames) + phase
        steps = torch.div(time, 30, rounding_mode="floor") + ((time % 30).clamp(min=20) - 20) / 10
        world[:, index, 1] = steps * metres / (frames / 30) - metres / 2
        world[:, index, 0] = 0.1 if index == 13 else -0.1
        world[:, index, 2] = 0.09 + 0.15 * torch.sin(math.pi * ((time % 30).clamp(min=20) - 20) / 10)
    world[..., 2] += slope[0] * world[..., 0] + slope[1] * world[..., 1]
    return world


def off_by(found, slope):
    """Degrees between a normal and that of the plane with this slope."""
    normal = torch.nn.functional.normalize(torch.tensor([-slope[0], -slope[1], 1.0]), dim=0)
    return math.degrees(math.acos(min(1.0, float(found @ normal))))


@pytest.mark.parametrize("slope", [0.0, 0.08, -0.1])
def test_a_walk_over_a_slope_is_levelled(slope):
    assert off_by(floor_normal(walker(slope=(0, slope))), (0, slope)) < 0.25 * math.degrees(abs(slope)) + 0.3


def test_somebody_who_stands_still_says_little_and_changes_little():
    world = walker(metres=0.0)
    world[:, :, 2] += 0.02 * torch.randn(world.shape[:2], generator=torch.Generator().manual_seed(0))
    assert off_by(floor_normal(world), (0, 0)) < 1.0


def test_feet_in_the_air_say_nothing():
    world = torch.zeros(30, 18, 3)
    world[:, [13, 10], 1] = torch.arange(30.0)[:, None]  # 30 m/s: never standing
    assert off_by(floor_normal(world), (0, 0)) < 0.1


def test_an_animals_paws_level_the_floor_though_each_stands_but_briefly():
    """A trot across a floor that slopes by 3 degrees in the camera's depth, in canonical metres."""
    generator = np.random.default_rng(2)
    made = make_motion(generator, draw_body(generator, "dog"), 4.0, 30, "trot")
    points = torch.as_tensor(made.keypoints, dtype=torch.float32)
    points = points * (LIMB_METRES / limb_sum(limb_lengths(points)).median())
    root = mid_hip(points)
    heading = torch.atan2(*(root[-1] - root[0])[[1, 0]])
    turn = torch.tensor([[heading.sin(), -heading.cos(), 0], [heading.cos(), heading.sin(), 0], [0, 0, 1]])
    slope = 0.05
    tilt = torch.tensor([[1.0, 0, 0], [0, math.cos(slope), -math.sin(slope)], [0, math.sin(slope), math.cos(slope)]])
    up = floor_normal((points - root[0]) @ turn.T @ tilt.T)
    assert math.degrees(math.acos(min(float(up @ tilt[:, 2]), 1.0))) < 1.0
