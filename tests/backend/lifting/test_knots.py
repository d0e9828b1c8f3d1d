# SPDX-License-Identifier: GPL-3.0-or-later
import math

import pytest
import torch

from backend.geometry.rotations import axis_angle_to_matrix, geodesic
from backend.lifting.knots import Knots, smooth_at


@pytest.mark.parametrize(("frames", "stride", "count"), [(120, 4, 31), (121, 4, 31), (15, 4, 5), (3, 4, 3), (1, 2, 1)])
def test_knots_are_even_and_hold_both_ends(frames, stride, count):
    knots = Knots(frames, stride)
    assert knots.count == count and len(knots.times) == count
    assert knots.times[0] == 0 and knots.times[-1] == frames - 1
    assert knots.nearest()[-1] == frames - 1


def test_a_slow_curve_survives_knots():
    knots = Knots(120, 4)
    times = torch.arange(120) / 30
    curve = torch.stack([torch.sin(2 * math.pi * 0.5 * times), times], -1)[None, :, None]
    at, weight = knots.average(curve, torch.ones(1, 120, 1))
    assert at.shape == (1, 31, 1, 2) and torch.allclose(weight, torch.ones(1, 31, 1))
    assert (knots.spread(at) - curve).abs().max() < 0.02


def test_missing_values_do_not_count():
    knots = Knots(60, 3)
    values, weights = torch.ones(1, 60, 2, 3), torch.ones(1, 60, 2)
    values[:, ::2, 0], weights[:, ::2, 0] = 99.0, 0.0
    mean, weight = knots.average(values, weights)
    assert torch.allclose(mean, torch.ones_like(mean), atol=1e-4)
    assert weight[0, 5, 0] < 0.7 < weight[0, 5, 1]


def test_gaps_are_bridged():
    values, weights = torch.ones(1, 90, 1, 3), torch.ones(1, 90, 1)
    values[:, 20:70], weights[:, 20:70] = 99.0, 0.0
    smooth, total = smooth_at(values, weights, torch.arange(90.0), 2.0)
    assert torch.allclose(smooth, torch.ones_like(smooth), atol=1e-3)
    assert total[0, 45, 0] < 1e-4


@pytest.mark.parametrize("seen", [slice(0, 15), slice(100, 120), slice(60, 61)])
def test_what_was_seen_far_away_is_held(seen):
    """A point that a detector loses for good: its weight is next to nothing, its place must still be a number."""
    values, weights = torch.full((1, 120, 1, 3), 99.0), torch.zeros(1, 120, 1)
    values[:, seen], weights[:, seen] = 2.0, 1.0
    smooth, _ = smooth_at(values, weights, torch.arange(0.0, 120, 2), 1.5)
    assert torch.allclose(smooth, torch.full_like(smooth, 2.0), atol=1e-2)


def test_rotations_between_knots_turn_evenly():
    knots = Knots(61, 4)
    angle = torch.linspace(0, 3, 61)
    turning = axis_angle_to_matrix(angle[:, None] * torch.tensor([0.6, 0.0, 0.8]))[None, :, None]
    spread = knots.spread_rotations(turning[:, knots.nearest()])
    assert torch.rad2deg(geodesic(spread, turning)).max() < 1.5


def test_smoothing_removes_jitter():
    noise = torch.randn(1, 100, 4, 3, generator=torch.Generator().manual_seed(0))
    assert smooth_at(noise, torch.ones(1, 100, 4), torch.arange(100.0), 4.0)[0].std() < 0.5


def test_a_steady_walk_stays_where_it_is_to_its_ends():
    line = (0.05 * torch.arange(40.0))[None, :, None, None].expand(1, 40, 1, 3)
    smooth = smooth_at(line, torch.ones(1, 40, 1), torch.arange(40.0), 3.0)[0]
    assert (smooth - line).abs().max() < 0.02
