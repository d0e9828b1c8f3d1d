# SPDX-License-Identifier: GPL-3.0-or-later
"""A quadruped's bones: facing as Blender's characters do, along its limbs, with rolls that an animator can bend."""

import numpy as np
import pytest

from backend.bodies.smal_skeleton import JOINT_NAMES, MIRROR
from blender_addon import places
from blender_addon.core.body_family import SMAL
from blender_addon.core.body_file import read_body
from blender_addon.core.rest_bones import rest_bones
from tests.blender.synthetic_cat import cat_body_arrays

INDEX = {name: joint for joint, name in enumerate(JOINT_NAMES)}


@pytest.fixture(scope="module")
def body(tmp_path_factory):
    path = tmp_path_factory.mktemp("body") / "cat.npz"
    np.savez(path, **cat_body_arrays())
    return read_body(path)


@pytest.fixture(scope="module")
def bones(body):
    return rest_bones(body, *body.shaped(np.zeros(0)))


def directions(bones) -> np.ndarray:
    along = bones.tails - bones.heads
    return along / np.linalg.norm(along, axis=1, keepdims=True)


def test_it_stands_on_the_floor_facing_minus_y_with_its_left_to_plus_x(body, bones):
    assert body.family is SMAL
    head, tail, paw = (bones.heads[INDEX[name]] for name in ("Head", "Tail1", "LFoot"))
    assert head[1] < -0.15 and tail[1] > 0.1 and head[2] > 0.25
    assert paw[0] > 0.03 and 0 < paw[2] < 0.03
    assert bones.heads[INDEX["RFoot"]][0] == pytest.approx(-paw[0])


@pytest.mark.parametrize(
    ("bone", "child"),
    [("root", "pelvis0"), ("spine3", "Neck"), ("Neck", "Head"), ("LLeg1", "LLeg2"), ("RLeg3", "RFoot"),
     ("LLegBack3", "LFootBack"), ("Tail6", "Tail7")],
)  # fmt: skip
def test_spine_limbs_and_tail_are_chains(bones, bone, child):
    np.testing.assert_allclose(bones.tails[INDEX[bone]], bones.heads[INDEX[child]])


def test_head_and_mouth_reach_the_muzzle_ears_stand_up_and_paws_point_forward(body, bones):
    skin = body.to_blender(body.vertices)
    muzzle = skin[6 * INDEX["Head"] + 5]
    np.testing.assert_allclose(bones.tails[INDEX["Head"]], muzzle, atol=1e-9)
    assert bones.tails[INDEX["Head"]][0] == 0 == bones.tails[INDEX["Mouth"]][0]
    along = directions(bones)
    for name in ("LFoot", "RFoot", "LFootBack", "RFootBack"):
        np.testing.assert_allclose(along[INDEX[name]], [0, -1, 0], atol=1e-12)
    assert along[INDEX["LEar"]][2] > 0.9 and along[INDEX["LEar"]][0] > 0 > along[INDEX["REar"]][0]
    assert along[INDEX["Mouth"]][1] < -0.8
    assert np.linalg.norm(bones.tails - bones.heads, axis=1).min() > 0.01


def test_both_sides_are_mirrored_rolls_included(bones):
    for joint, other in enumerate(MIRROR):
        np.testing.assert_allclose(bones.heads[joint] * [-1, 1, 1], bones.heads[other], atol=1e-9)
        np.testing.assert_allclose(bones.tails[joint] * [-1, 1, 1], bones.tails[other], atol=1e-9)
        np.testing.assert_allclose(bones.z_axes[joint], bones.z_axes[other], atol=1e-9)


def test_limbs_bend_about_their_own_x_and_z_is_up_on_the_back_and_the_tail(bones):
    along = directions(bones)
    np.testing.assert_allclose((along * bones.z_axes).sum(1), 0, atol=1e-12)
    x_axes = np.cross(along, bones.z_axes)
    for name, joint in INDEX.items():
        if name[:3] != "LEa" and name[:3] != "REa":
            assert abs(x_axes[joint][0]) > 0.9, name
    for name in ("spine", "spine1", "Tail1", "Tail3", "LFoot"):
        assert bones.z_axes[INDEX[name]][2] > 0.5, name
    for name in ("LLeg2", "RLeg3", "RLegBack1", "LLegBack2"):
        assert bones.z_axes[INDEX[name]][1] < -0.4, name
    # From one bone of a chain to the next no roll flips.
    tail, back = tuple(f"Tail{part}" for part in range(1, 8)), ("root", "pelvis0", "spine", "spine3", "Neck", "Head")
    fore, hind = ("LLeg1", "LLeg2", "LLeg3", "LFoot"), ("LLegBack1", "LLegBack2", "LLegBack3", "LFootBack")
    for chain in (tail, back, fore, hind):
        sides = x_axes[[INDEX[name] for name in chain], 0]
        assert (np.sign(sides) == np.sign(sides[0])).all(), chain


@pytest.mark.skipif(not places.find(SMAL.body).exists(), reason="the bundled cat is not in this checkout")
def test_the_bundled_cat_has_whole_bones_alike_on_both_sides():
    cat = read_body(None, SMAL)
    assert cat.family is SMAL
    found = rest_bones(cat, *cat.shaped(np.zeros(0)))
    assert np.linalg.norm(found.tails - found.heads, axis=1).min() > 0.01
    assert found.tails[INDEX["Head"]][1] < found.heads[INDEX["Head"]][1] - 0.03
    for joint, other in enumerate(MIRROR):
        np.testing.assert_allclose(found.tails[joint] * [-1, 1, 1], found.tails[other], atol=2e-3)
        np.testing.assert_allclose(found.z_axes[joint], found.z_axes[other], atol=0.05)
    for tail in ("LFoot", "RFootBack"):
        assert 0.01 < np.linalg.norm(found.tails[INDEX[tail]] - found.heads[INDEX[tail]]) < 0.06


def test_a_bone_that_no_skin_follows_still_has_a_length(body):
    bare = type(body)(body.joint_names, body.parents, body.vertices, body.faces, np.eye(35)[np.zeros(210, int)],
                      body.regressor, body.shape_directions)  # fmt: skip
    found = rest_bones(bare, *bare.shaped(np.zeros(0)))
    assert np.isfinite(found.z_axes).all()
    assert np.linalg.norm(found.tails - found.heads, axis=1).min() > 0.005
