# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest

from backend.bodies.smal_skeleton import MIRROR, joint
from backend.training.gaits import MotionError, draw_body
from backend.training.gaits.bodies import FAMILIES
from backend.training.gaits.measures import measure


@pytest.mark.parametrize("family", FAMILIES)
def test_bodies_stand_on_their_paws_left_and_right_alike(family):
    for seed in range(20):
        rest = draw_body(np.random.default_rng(seed), family)
        np.testing.assert_allclose(rest[list(MIRROR)] * [1, -1, 1], rest, atol=1e-12)
        paws = rest[[joint(name) for name in ("LFoot", "RFoot", "LFootBack", "RFootBack")], 2]
        np.testing.assert_allclose(paws, paws[0], atol=1e-6)
        body = measure(rest)
        assert 0 < paws[0] < 0.15 * body.hip and rest[:, 2].min() > 0
        low, high = FAMILIES[family].withers
        assert 0.85 * low < rest[joint("spine3"), 2] < 1.05 * high
        for leg in body.legs:
            assert 1.02 < leg.reach / leg.height < 1.8  # bent enough to walk on


def test_families_have_their_proportions():
    def legs_over_trunk(family):
        bodies = [measure(draw_body(np.random.default_rng(seed), family)) for seed in range(10)]
        return np.mean([body.stride / body.trunk for body in bodies])

    assert legs_over_trunk("short_legs") < 0.85 * legs_over_trunk("cat") < legs_over_trunk("horse")
    assert draw_body(np.random.default_rng(0), "horse")[:, 2].max() > 1.2
    assert draw_body(np.random.default_rng(0), "cat")[:, 2].max() < 0.6


def test_bodies_come_from_the_generator():
    one, same, other = (draw_body(np.random.default_rng(seed)) for seed in (3, 3, 4))
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).max() > 1e-3
    with pytest.raises(MotionError, match="family"):
        draw_body(np.random.default_rng(0), "dragon")
