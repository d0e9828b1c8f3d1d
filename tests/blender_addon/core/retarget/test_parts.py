# SPDX-License-Identifier: GPL-3.0-or-later
"""Chains of other numbers of bones, stances and their locks, legs that reach, and rotations taken apart."""

import numpy as np
import pytest

from blender_addon.core.retarget.chains import middles, resample
from blender_addon.core.retarget.contacts import Stances, find_stances, ground, lock
from blender_addon.core.retarget.legs import longest, make_leg, reach, signed_angle
from blender_addon.core.retarget.turns import about, angle_between, between, mean_rotation, shortest, twist

LEFT, UP = np.array([0.0, 1, 0]), np.array([0.0, 0, 1])
ANGLES = np.linspace(-1, 1, 9)


def turns(angles) -> np.ndarray:
    """Rotations (1, N, 3, 3) about the vertical."""
    return about(np.broadcast_to(UP, (len(angles), 3)), np.array(angles))[None]


def test_bones_of_equal_measures_turn_alike_and_more_of_them_share():
    points = np.linspace([0, 0, 0], [3, 0, 0], 4)
    own = turns([0.1, 0.4, 0.2])
    np.testing.assert_allclose(resample(own, middles(points), middles(points)), own, atol=1e-12)
    six = resample(turns([0.0, 0.3, 0.6]), middles(points), middles(np.linspace([0, 0, 0], [3, 0, 0], 7)))
    angles = angle_between(six, np.eye(3))[0]
    np.testing.assert_allclose(angles, [0, 0.075, 0.225, 0.375, 0.525, 0.6], atol=1e-9)


def test_a_neck_of_many_bones_leads_from_the_chest_to_the_head():
    found = resample(turns([0.4]), np.array([0.5]), np.array([0.125, 0.875]), turns([0.0])[:, 0], turns([0.8])[:, 0])
    np.testing.assert_allclose(angle_between(found, np.eye(3))[0], [0.25, 0.55], atol=1e-9)


def test_a_paw_stands_while_it_is_low_and_slow_and_is_locked_there():
    fps, frames = 30.0, np.arange(90)
    phase = frames % 30
    swing = np.clip((phase - 18) / 12, 0, 1)
    path = np.stack([0.3 * (frames // 30 + swing), 0 * swing, 0.02 + 0.04 * np.sin(np.pi * swing)], axis=-1)
    path[:, 1] += 0.004 * np.sin(frames)  # it slides a little
    body = np.stack([0.3 * frames / 30, 0 * frames, 0 * frames + 0.2], axis=-1)
    (found,) = find_stances(path[:, None], body, [0.25], fps)
    assert [end - begin for begin, end in found.spans()] == [pytest.approx(19, abs=2)] * 3
    assert found.height == pytest.approx(0.02, abs=0.002)
    locked = lock(path, found, 0.5)
    for begin, end in found.spans():
        assert np.ptp(locked[begin:end], axis=0).max() < 1e-12 and locked[begin, 2] == 0.5
    assert np.linalg.norm(np.diff(locked - path, axis=0), axis=-1).max() < 0.01  # it does not jump
    flying = Stances(np.zeros(90, bool), 0.0)
    assert lock(path, flying, 0.5) is path


def test_a_paw_that_is_held_up_does_not_stand_and_one_in_flight_neither():
    frames = np.arange(90)
    still = np.zeros((90, 4, 3))
    still[:, 1, 2] = np.where(frames > 20, 0.15, 0.0)  # lifted, and held there for two seconds
    found = find_stances(still, np.tile([0.0, 0, 0.2], (90, 1)), [0.25] * 4, 30.0)
    assert found[0].standing.all() and found[1].standing[:18].all() and not found[1].standing[23:].any()
    leap = np.stack([0.08 * frames, 0 * frames, 0.3 * np.clip(np.sin(np.pi * (frames - 30) / 30), 0, None)], axis=-1)
    (flying,) = find_stances(leap[:, None], leap + [0, 0, 0.2], [0.25], 30.0)
    assert not flying.standing[35:55].any()


def test_feet_that_stand_show_how_the_floor_climbs():
    frames = np.arange(120)
    climbs = 0.001 * (frames - 59.5)
    standing = [(frames + 15 * foot) % 30 < 18 for foot in range(2)]
    heights = np.stack([0.03 * foot + climbs + 0.05 * ~standing[foot] for foot in range(2)], axis=1)
    stances = [Stances(each, float(np.median(heights[each, foot]))) for foot, each in enumerate(standing)]
    np.testing.assert_allclose(ground(heights, stances, 30.0), climbs, atol=0.01)
    assert not ground(heights, [Stances(np.zeros(120, bool), 0.0)] * 2, 30.0).any()


@pytest.mark.parametrize("fore", [True, False])
@pytest.mark.parametrize("bones", [2, 3])
def test_a_leg_reaches_and_keeps_its_bend(fore, bones):
    rng = np.random.default_rng(bones)
    way = -1.0 if fore else 1.0
    points = np.array([[0, 0, 0.3], [0.06 * way, 0, 0.2], [-0.05 * way, 0, 0.08], [0.0, 0, 0.0]])[: bones + 1]
    leg = make_leg(points, LEFT, fore)
    assert leg.ways[0] == way
    rest = np.tile(np.eye(3), (40, bones, 1, 1))
    far = longest(leg, rest) * rng.uniform(0.55, 0.97, 40)
    direction = np.stack([rng.normal(size=40) * 0.3, rng.normal(size=40) * 0.1, -np.ones(40)], axis=-1)
    goal = points[0] + direction / np.linalg.norm(direction, axis=-1, keepdims=True) * far[:, None]
    found, top = reach(leg, rest, np.broadcast_to(points[0], (40, 3)), goal)
    limbs = np.einsum("tnab,nb->tna", found, np.diff(points, axis=0))
    np.testing.assert_allclose(top + limbs.sum(axis=1), goal, atol=1e-6)
    bend = signed_angle(limbs[:, 0], limbs[:, 1], np.einsum("tab,b->ta", found[:, 0], leg.axis))
    assert (way * bend > np.radians(1.9)).all()


def test_a_leg_that_stands_right_is_left_alone_and_one_bone_slides():
    points = np.array([[0, 0, 0.3], [0.06, 0, 0.2], [-0.05, 0, 0.08], [0.0, 0, 0.0]])
    leg = make_leg(points, LEFT, False)
    rest, top = np.tile(np.eye(3), (1, 3, 1, 1)), points[:1]
    np.testing.assert_allclose(reach(leg, rest, top, points[3:])[0], rest, atol=1e-9)
    stiff = make_leg(np.array([[0, 0, 0.3], [0, 0, 0.0]]), LEFT, False)
    found, at = reach(stiff, rest[:, :1], top, np.array([[0.1, 0, 0.05]]))
    np.testing.assert_allclose(at + found[:, 0] @ [0, 0, -0.3], [[0.1, 0, 0.05]], atol=1e-12)


def test_rotations_taken_apart():
    ahead = np.array([1.0, 0, 0])
    np.testing.assert_allclose(shortest(ahead, -ahead) @ ahead, -ahead, atol=1e-9)
    np.testing.assert_allclose(shortest(ahead, UP) @ ahead, UP, atol=1e-12)
    spun = about(UP, np.array(0.7)) @ about(LEFT, np.array(0.3))
    assert angle_between(twist(spun, UP), about(UP, np.array(0.7))) < 1e-9
    half = between(np.eye(3), about(LEFT, np.array(0.8)), np.array(0.25))
    assert angle_between(half, about(LEFT, np.array(0.2))) < 1e-12
    mean = mean_rotation(np.concatenate([turns([0.2]), turns([0.4])], axis=1), np.ones(2))
    assert angle_between(mean, turns([0.3])[:, 0]).max() < 1e-9
