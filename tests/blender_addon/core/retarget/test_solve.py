# SPDX-License-Identifier: GPL-3.0-or-later
"""What a rig does under a source's motion: the same on the same skeleton, paws that stand still on any."""

import dataclasses

import numpy as np
import pytest

from blender_addon.core.retarget.contacts import spans
from blender_addon.core.retarget.legs import signed_angle
from blender_addon.core.retarget.rig import map_rig
from blender_addon.core.retarget.solve import pose, solve
from blender_addon.core.retarget.source import read_source
from blender_addon.core.retarget.turns import about, angle_between
from tests.blender.synthetic import write_motion
from tests.blender_addon.core.retarget.cat_walk import UP, walk, write_walk
from tests.blender_addon.core.retarget.rigs import TOY_ROLES, own_rig, toy

QUARTER = about(UP, -np.pi / 2)  # SMAL faces +X, rigs face -Y


@pytest.fixture(scope="module")
def cat(tmp_path_factory):
    return read_source(write_walk(tmp_path_factory.mktemp("cat") / "walk.npz"))


@pytest.fixture(scope="module")
def person(tmp_path_factory):
    return read_source(write_motion(tmp_path_factory.mktemp("person") / "swing.npz"))


def mapped(rig_and_roles, family):
    rig, roles = rig_and_roles
    return map_rig(rig, family, roles, {})


@pytest.mark.parametrize("kind", ["cat", "person"])
def test_onto_its_own_skeleton_it_is_the_same(kind, request):
    source = request.getfixturevalue(kind)
    rig = mapped(own_rig(source), source.family)
    found = solve(source, rig)
    at = [source.names.index(name) for name in rig.names]
    assert len(at) >= 22
    assert np.degrees(angle_between(found.rotations, source.rotations[:, at]).max()) < 0.1
    np.testing.assert_allclose(found.heads, source.positions[:, at], atol=1e-3)


def test_on_a_skeleton_that_rests_facing_elsewhere_and_is_larger_it_is_the_same_way_in_large(cat):
    rig = mapped(own_rig(cat, QUARTER, 3.0), cat.family)
    found = solve(cat, rig)
    at = [cat.names.index(name) for name in rig.names]
    turn = angle_between(found.rotations, cat.rotations[:, at] @ QUARTER.T)
    assert found.scale == pytest.approx(3.0) and np.degrees(turn.max()) < 0.6  # where paws are locked, legs give
    np.testing.assert_allclose(found.heads, 3 * cat.positions[:, at], atol=0.012)


@pytest.mark.parametrize("size", [0.5, 1.0, 4.0])
def test_a_creature_of_six_bones_walks_with_its_paws_on_the_floor(cat, size):
    rig = mapped((toy(size), TOY_ROLES), cat.family)
    found = solve(cat, rig)
    assert found.missed < 1e-6
    for limb, standing in walk()["standing"].items():
        bone = rig.first(f"{limb}.upper")
        paw = found.heads[:, bone] + found.rotations[:, bone] @ (rig.tails[bone] - rig.heads[bone])
        assert standing.sum() > 30
        seen = found.standing[limb]
        assert (seen == standing).mean() > 0.93
        assert np.abs(paw[seen, 2]).max() < 0.001 * size
        assert paw[~seen, 2].max() > 0.015 * size  # it is lifted, too
        steps = np.linalg.norm(np.diff(paw[:, :2], axis=0), axis=-1)[seen[1:] & seen[:-1]]
        assert steps.max() < 0.001 * size
        assert np.ptp(paw[:, 0]) > 0.3 * size


@pytest.mark.parametrize("floats, rests, stands", [(0.08, 0.0, 0.0), (0.0, 0.5, None), (0.08, 0.5, None)])
def test_a_rig_stands_on_its_floor_though_its_source_floats_and_comes_down_to_it(cat, floats, rests, stands):
    source = dataclasses.replace(cat, positions=cat.positions + [0, 0, floats])
    rig, roles = toy(), TOY_ROLES
    rig.heads[:, 2] += rests
    rig.tails[:, 2] += rests
    rig = mapped((rig, roles), cat.family)
    found = solve(source, rig)
    own = np.median(source.positions[:, source.joints("hind.L.toes")[0], 2])
    bone = rig.first("hind.L.upper")
    paw = found.heads[:, bone] + found.rotations[:, bone] @ (rig.tails[bone] - rig.heads[bone])
    wanted = found.scale * own if stands is None else stands
    np.testing.assert_allclose(paw[found.standing["hind.L"], 2], wanted, atol=1e-3)


def test_a_leg_that_is_too_short_lowers_the_body_and_keeps_its_paw_down(cat):
    rig, roles = own_rig(cat, QUARTER)
    for side in "LR":  # hind legs that rest stretched out have no length to spare
        hip, *between, paw = (rig.names.index(roles[f"hind.{side}.{name}"][0]) for name in
                              ("upper", "lower", "foot", "toes"))  # fmt: skip
        for number, bone in enumerate(between):
            share = (number + 1) / 3
            rig.heads[bone] = (1 - share) * rig.heads[hip] + share * rig.heads[paw] - [0, 0.001, 0]
    rig = map_rig(rig, cat.family, roles, {})
    found = solve(cat, rig)
    assert found.missed < 1e-4
    hips = found.heads[:, rig.first("hind.L.upper"), 2]
    assert hips.min() < rig.heads[rig.first("hind.L.upper"), 2] - 0.015


@pytest.mark.parametrize("limb", ["fore.L", "fore.R", "hind.L", "hind.R"])
def test_no_knee_bends_the_wrong_way(cat, limb):
    rig = mapped(own_rig(cat, QUARTER, 0.7, (0, 0, 0)), cat.family)
    found = solve(cat, rig)
    bones = [rig.first(f"{limb}.{segment}") for segment in ("upper", "lower", "foot")]
    left = found.rotations[:, rig.first("root")] @ (QUARTER @ [0, 1.0, 0])
    upper, lower = (found.heads[:, bones[n + 1]] - found.heads[:, bones[n]] for n in (0, 1))
    angles = signed_angle(upper, lower, left)
    assert ((angles < 0) if limb.startswith("fore") else (angles > 0)).all()


def test_bones_hang_together(cat):
    rig = mapped(own_rig(cat, QUARTER, 1.3), cat.family)
    found = solve(cat, rig)
    np.testing.assert_allclose(pose(rig, found.rotations, found.heads[:, 0]), found.heads, atol=1e-9)


def test_paws_of_a_lift_that_trembles_stand_still(cat):
    rng = np.random.default_rng(0)
    window = np.hanning(11) / np.linalg.norm(np.hanning(11))
    shaken = np.stack([np.convolve(rng.normal(size=len(cat)), window, "same") for _ in range(3)], axis=-1)
    source = dataclasses.replace(cat, positions=cat.positions + shaken[:, None] * [0.005, 0.005, 0.002])
    rig = mapped(own_rig(source, QUARTER, 1.4), cat.family)
    found = solve(source, rig)
    for limb, standing in walk()["standing"].items():
        paw = found.heads[:, rig.first(f"{limb}.toes")] / 1.4
        for begin, end in spans(standing):
            assert np.ptp(paw[begin:end], axis=0).max() < 0.01, limb


@pytest.mark.parametrize("slides", [0.25, 0.4])
def test_paws_of_a_lift_that_slides_on_a_floor_that_climbs_stand_still(cat, slides):
    """A lift that takes an animal farther than its steps do: paws that stand go its way at a share of its speed."""
    rng = np.random.default_rng(1)
    window = np.hanning(9) / np.linalg.norm(np.hanning(9))
    shaken = np.stack([np.convolve(rng.normal(size=len(cat)), window, "same") for _ in range(3)], axis=-1)
    way = cat.positions[:, :1] - cat.positions[:1, :1]
    farther = way * [slides / (1 - slides), 0, 0] + np.abs(way[..., :1]) * [0, 0, 0.04]
    source = dataclasses.replace(cat, positions=cat.positions + farther + shaken[:, None] * [0.004, 0.004, 0.002])
    rig = mapped(own_rig(source, QUARTER, 1.4), cat.family)
    found = solve(source, rig)
    for limb, standing in walk()["standing"].items():
        assert (found.standing[limb] == standing).mean() > 0.85, limb
        paw = found.heads[:, rig.first(f"{limb}.toes")] / 1.4
        for begin, end in spans(standing):
            if end - begin > 8:  # touching down and lifting off take their time
                assert np.ptp(paw[begin + 3 : end - 3], axis=0).max() < 0.01, limb
                assert np.abs(paw[begin + 3 : end - 3, 2] - rig.heads[rig.first(f"{limb}.toes"), 2] / 1.4).max() < 0.01
