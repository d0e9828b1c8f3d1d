# SPDX-License-Identifier: GPL-3.0-or-later
"""Bones of the bundled body: along the limbs, as long as they should be, alike on both sides."""

import numpy as np
import pytest

from blender_addon.core.body_file import read_body
from blender_addon.core.rest_bones import rest_bones

BODY = read_body()
INDEX = {name: joint for joint, name in enumerate(BODY.joint_names)}


@pytest.fixture(scope="module")
def bones():
    return rest_bones(BODY, *BODY.shaped(np.zeros(0)))


@pytest.mark.parametrize(
    ("bone", "child"),
    [("pelvis", "spine1"), ("spine3", "neck"), ("left_hip", "left_knee"), ("right_elbow", "right_wrist")],
)
def test_a_tail_is_the_next_joint_of_the_chain(bones, bone, child):
    np.testing.assert_allclose(bones.tails[INDEX[bone]], bones.heads[INDEX[child]])


def test_a_bone_without_child_ends_where_its_skin_ends(bones):
    top = BODY.vertices[:, 1].max()
    assert bones.tails[INDEX["head"]][2] == pytest.approx(top, abs=0.03)
    span = BODY.vertices[:, 0].max()
    assert bones.tails[INDEX["left_hand"]][0] == pytest.approx(span, abs=0.03)


def test_the_skeleton_stands_upright_and_faces_minus_y(bones):
    heads = bones.heads
    assert heads[INDEX["head"]][2] - heads[INDEX["left_ankle"]][2] > 1.2
    assert heads[INDEX["left_hip"]][0] > 0 > heads[INDEX["right_hip"]][0]
    assert heads[INDEX["left_foot"]][1] < heads[INDEX["left_ankle"]][1] - 0.05


def test_both_sides_are_mirrored_and_no_bone_is_short(bones):
    lengths = np.linalg.norm(bones.tails - bones.heads, axis=1)
    assert lengths.min() > 0.03
    for name, joint in INDEX.items():
        if name.startswith("left_"):
            other = INDEX["right_" + name[5:]]
            np.testing.assert_allclose(bones.tails[joint] * [-1, 1, 1], bones.tails[other], atol=5e-3)
            np.testing.assert_array_equal(bones.z_axes[joint], bones.z_axes[other])


def test_no_bone_lies_along_its_own_roll_reference(bones):
    directions = bones.tails - bones.heads
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    assert np.abs((directions * bones.z_axes).sum(1)).max() < 0.8
