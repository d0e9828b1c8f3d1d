# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest

from backend.bodies.open_quadruped.proportions import rest_joints
from backend.training.gaits import KINDS, draw_body, make_motion
from backend.training.gaits.footfalls import GAITS
from backend.training.gaits.legs import solve_leg, within_reach
from backend.training.gaits.measures import measure

LEFT = np.array([0.0, 1.0, 0.0])


def _angle(first, corner, last):
    one, two = first - corner, last - corner
    cosine = (one * two).sum(-1) / np.linalg.norm(one, axis=-1) / np.linalg.norm(two, axis=-1)
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))


def _bow(first, corner, last, ahead):
    """How far (T,) the corner lies ahead of the line from first to last."""
    line = last - first
    along = ((corner - first) * line).sum(-1) / (line * line).sum(-1)
    return ((corner - first - along[:, None] * line) * ahead).sum(-1)


def test_a_leg_at_rest_is_solved_as_it_stands():
    rest = rest_joints()
    for leg in measure(rest).legs:
        points = rest[list(leg.joints)]
        lean, still = np.array([leg.lean]), np.zeros(1)
        pose = solve_leg(leg, points[:1], points[3:], LEFT[None], lean, still)
        # Within what the plane takes from a leg whose joints are not quite in one.
        np.testing.assert_allclose(pose.points[0], points, atol=0.012)
        np.testing.assert_allclose(pose.points[0, 3], points[3], atol=1e-9)
        bones = np.diff(pose.points[0], axis=0)
        np.testing.assert_allclose(
            np.einsum("bij,bj->bi", pose.turns[0], np.diff(points, axis=0)), bones, atol=1e-9
        )  # the rotations carry the bones of rest into those of the pose


def test_paws_within_reach_are_met_and_bones_keep_their_lengths():
    generator = np.random.default_rng(0)
    rest = rest_joints()
    for leg in measure(rest).legs:
        top = np.tile(rest[leg.joints[0]], (200, 1))
        paw = np.tile(rest[leg.joints[3]], (200, 1)) + generator.uniform(-0.05, 0.05, (200, 3)) * [1.2, 0.4, 0]
        paw[:, 2] += generator.uniform(0, 0.06, 200)
        paw = within_reach(leg, top, paw)
        paw[:, 2] = np.maximum(paw[:, 2], leg.sole)
        lean = leg.lean + generator.normal(0, 0.4, 200)
        pose = solve_leg(leg, top, paw, np.tile(LEFT, (200, 1)), lean, np.zeros(200))
        np.testing.assert_allclose(pose.points[:, 3], paw, atol=1e-6)
        lengths = np.linalg.norm(np.diff(pose.points, axis=1), axis=-1)
        np.testing.assert_allclose(lengths, np.tile(leg.lengths, (200, 1)), rtol=1e-9)


@pytest.mark.parametrize("kind", ["walk", "trot", "canter", "gallop", "change_gait", "turn", "back_up", "sit", "lie"])
def test_joints_fold_the_natural_way(kind):
    for seed, family in enumerate(("cat", "dog", "horse")):
        generator = np.random.default_rng(seed)
        motion = make_motion(generator, draw_body(generator, family), 6, kind=kind)
        measures = measure(motion.rest)
        for leg in measures.legs:
            top, knee, ankle, paw = (motion.joints[:, index] for index in leg.joints)
            ahead = motion.joints[:, measures.legs[0].joints[0]] - motion.joints[:, measures.legs[2].joints[0]]
            bow = _bow(top, knee, ankle, ahead / np.linalg.norm(ahead, axis=-1, keepdims=True)) / measures.stride
            # Elbows point to the tail, stifles to the head; a knee that is turned out shows less of it.
            least = np.quantile(-bow if leg.fore else bow, 0.02)
            assert least > -0.02, (family, least)
            if not leg.fore:
                hock = _bow(knee, ankle, paw, ahead / np.linalg.norm(ahead, axis=-1, keepdims=True))
                assert (hock < 0.01 * measures.stride).mean() > 0.95


@pytest.mark.parametrize("kind", KINDS)
def test_joint_angles_stay_within_what_animals_show(kind):
    for family in ("cat", "dog"):
        generator = np.random.default_rng(1)
        motion = make_motion(generator, draw_body(generator, family), 6, kind=kind)
        for leg in measure(motion.rest).legs:
            top, knee, ankle, paw = (motion.joints[:, index] for index in leg.joints)
            # A dog that sits folds its stifle to some 20 degrees, one that gallops stretches its elbow.
            upper, lower = _angle(top, knee, ankle), _angle(knee, ankle, paw)
            assert np.quantile(upper, 0.02) > 10 and np.quantile(lower, 0.02) > 5
            if kind in GAITS and kind != "stalk":
                assert np.quantile(upper, 0.02) > 35 and np.quantile(lower, 0.02) > 60
