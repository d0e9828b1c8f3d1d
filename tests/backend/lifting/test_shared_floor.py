# SPDX-License-Identifier: GPL-3.0-or-later
"""People of wrong sizes before a camera that is not quite level, put right by where their feet stand."""

import math

import pytest
import torch

from backend.lifting.shared_floor import ASSUMED_ERROR, GIVEN_ERROR, shared_floor

from .test_floor import off_by, walker

CAMERA = 1.5  # metres above the floor


def aside(number):
    return 1.0 - 2.0 * (number % 2)


def people(*sizes, slope=(0.0, 0.0), raised=0.0):
    """Walkers from three metres before the camera on, each two metres farther; so many times too large."""
    found = []
    for number, size in enumerate(sizes):
        world = walker(metres=1.0)
        world[..., 0] += aside(number)
        world[..., 1] += 3.0 + 2.0 * number
        world[..., 2] += slope[0] * aside(number) + slope[1] * (3.0 + 2.0 * number) - CAMERA
        world[..., 2] += raised * (number == 1)
        found.append(size * world)
    return found


def test_people_of_their_true_sizes_stay_as_they_are():
    found = shared_floor(people(1.0, 1.0), [ASSUMED_ERROR] * 2)
    assert off_by(found.normal, (0, 0)) < 0.3 and found.on_it == (True, True)
    torch.testing.assert_close(found.sizes, torch.ones(2), atol=0.03, rtol=0)


def test_whose_height_is_given_stays_and_the_other_is_put_right():
    found = shared_floor(people(1.0, 1.15), [0.001, ASSUMED_ERROR])
    assert found.sizes[0] == pytest.approx(1.0, abs=0.01)
    assert float(found.sizes[1]) < 0.995
    alone = shared_floor(people(1.0, 1.15)[:1], [0.001])
    assert float(alone.sizes[0]) == pytest.approx(1.0, abs=0.01)


def test_feet_that_stand_apart_level_the_floor_when_sizes_are_known():
    slope = (0.02, 0.09)
    found = shared_floor(people(1.0, 1.0, 1.0, slope=slope), [GIVEN_ERROR / 10] * 3)
    assert off_by(found.normal, slope) < 0.7 < math.degrees(0.09)


def test_after_it_they_stand_at_more_of_one_height():
    for sizes in ((1.0, 1.1), (0.93, 1.05, 1.0)):
        given = people(*sizes, slope=(0.0, 0.05))
        found = shared_floor(given, [ASSUMED_ERROR] * len(sizes))
        before, after = (
            [
                float((size * world[:, [10, 13]] @ normal).flatten().quantile(0.2))
                for world, size in zip(given, many, strict=True)
            ]
            for normal, many in ((torch.tensor([0.0, 0, 1]), torch.ones(len(sizes))), (found.normal, found.sizes))
        )
        assert max(after) - min(after) < 0.4 * (max(before) - min(before))


def test_who_stands_on_a_table_is_not_brought_down_to_the_floor():
    found = shared_floor(people(1.0, 1.0, 1.0, raised=0.9), [ASSUMED_ERROR] * 3)
    assert found.on_it == (True, False, True)
    assert found.sizes[1] == pytest.approx(1.0, abs=1e-3)
    torch.testing.assert_close(found.sizes[[0, 2]], torch.ones(2), atol=0.03, rtol=0)


def test_people_in_the_air_say_nothing():
    flying = [torch.zeros(30, 18, 3), torch.zeros(30, 18, 3)]
    for world in flying:
        world[:, [13, 10], 1] = 3 + torch.arange(30.0)[:, None]
    found = shared_floor(flying, [ASSUMED_ERROR] * 2)
    torch.testing.assert_close(found.sizes, torch.ones(2), atol=1e-3, rtol=0)
