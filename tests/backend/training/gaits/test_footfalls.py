# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest

from backend.bodies.open_quadruped.proportions import rest_joints
from backend.bodies.smal_skeleton import joint
from backend.training.gaits import draw_body, make_motion
from backend.training.gaits.footfalls import GAITS, other_lead, stride_length, wave

LF, RF, LH, RH = range(4)
MIRROR = {LF: RF, RF: LF, LH: RH, RH: LH}


def _clip(kind, seed, family=None, fps=120):
    generator = np.random.default_rng(seed)
    return make_motion(generator, draw_body(generator, family) if family else rest_joints(), 6, fps, kind)


def _landings(motion, leg):
    return np.flatnonzero(motion.planted[1:, leg] & ~motion.planted[:-1, leg]) + 1


def _parts(motion):
    """The part of a stride, 0 to 1, by which each paw lands after the left back one: medians over the clip."""
    reference = _landings(motion, LH)
    stride = np.median(np.diff(reference))
    out = []
    for leg in range(4):
        angles = 2 * np.pi * (_landings(motion, leg)[:, None] - reference[None]) / stride
        nearest = angles[np.arange(len(angles)), np.abs(angles).argmin(1)]
        out.append(np.angle(np.exp(1j * nearest).mean()) / (2 * np.pi) % 1)
    return np.array(out)


def _order(motion):
    """The cycle of landing paws, from the left back one on."""
    return tuple(int(leg) for leg in np.argsort(_parts(motion) + np.array([0, 0, -1, 0])))


@pytest.mark.parametrize("kind", ["walk", "amble"])
def test_a_walk_is_a_lateral_sequence(kind):
    for seed, family in enumerate(("cat", "dog", "horse")):
        motion = _clip(kind, seed, family)
        assert _order(motion) == (LH, LF, RH, RF), family
        assert 0.1 < _parts(motion)[LF] < 0.3  # the front paw lands a tenth to a third after the back paw of its side


def test_a_trot_goes_by_diagonals_and_a_pace_by_sides():
    trot, pace = _parts(_clip("trot", 0)), _parts(_clip("pace", 0))
    assert abs(trot[RF] - 0.5) > 0.42 and abs(trot[LF] - trot[RH]) < 0.08 and abs(trot[RH] - 0.5) < 0.06
    assert min(pace[LF], 1 - pace[LF]) < 0.1 and abs(pace[RF] - pace[RH]) < 0.1 and abs(pace[RH] - 0.5) < 0.06


@pytest.mark.parametrize(
    "kind, order", [("gallop", (LH, RH, LF, RF)), ("rotary_gallop", (LH, RH, RF, LF)), ("half_bound", (LH, RH, LF, RF))]
)
def test_gallops_differ_in_the_order_of_the_front_paws(kind, order):
    mirrored = tuple(MIRROR[leg] for leg in order)
    # The mirrored cycle, too, is read from the left back paw on.
    mirrored = mirrored[1:] + mirrored[:1]
    seen = {_order(_clip(kind, seed)) for seed in range(6)}
    assert seen == {order, mirrored}


def test_a_canter_has_three_beats():
    for seed in range(3):
        parts = np.sort(_parts(_clip("canter", seed)) % 1)
        gaps = np.sort(np.diff(np.append(parts, parts[0] + 1)))
        assert gaps[0] < 0.06 and gaps[1] > 0.2


@pytest.mark.parametrize("family", ["cat", "dog", "horse"])
@pytest.mark.parametrize("kind", ["walk", "trot", "canter", "gallop"])
def test_paws_stand_as_long_as_the_gait_says(kind, family):
    motion = _clip(kind, 2, family)
    assert abs(motion.planted.mean() - np.mean(GAITS[kind].duty)) < 0.03
    # The three beats of a canter may fill the stride; trot and gallop have a flight phase, a walk has none.
    if kind != "canter":
        assert (~motion.planted.any(1)).any() == (kind != "walk")


def test_speed_and_stride_follow_the_froude_number():
    for family in ("cat", "dog", "horse"):
        speeds, lengths = [], []
        for seed in range(4):
            motion = _clip("walk", seed, family, fps=60)
            leg = motion.rest[joint("LLegBack1"), 2] - motion.rest[joint("LFootBack"), 2]
            travelled = np.linalg.norm(np.diff(motion.joints[:, 0, :2], axis=0), axis=-1).sum()
            speeds.append(travelled / 6 / np.sqrt(9.81 * leg))
            lengths.append(travelled / 6 * np.median(np.diff(_landings(motion, LH))) / 60 / leg)
        low, high = GAITS["walk"].speed
        assert low * 0.85 < min(speeds) and max(speeds) < high * 1.15
        # Strides of 1 to 2 leg lengths at a walk, in animals of every size.
        assert 0.8 < min(lengths) and max(lengths) < 2.2
    assert 1.0 < stride_length(np.array(0.4)) < 2.0 < stride_length(np.array(1.0)) < 3.0


def test_the_other_lead_exchanges_left_and_right():
    vector = GAITS["gallop"].vector()
    np.testing.assert_array_equal(other_lead(other_lead(vector)), vector)
    assert other_lead(vector)[0] == vector[1]
    phase = np.linspace(0, 1, 9)
    walk = np.tile(GAITS["walk"].vector(), (9, 1))
    turned = np.tile(other_lead(walk[0]), (9, 1))
    np.testing.assert_allclose(wave(turned, "bend_1", phase), -wave(walk, "bend_1", phase))
