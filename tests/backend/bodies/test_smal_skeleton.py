# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np

from backend.bodies import smal_skeleton
from backend.bodies.open_quadruped.proportions import rest_joints


def test_the_two_sides_of_the_body_have_the_same_tree():
    mirror = smal_skeleton.MIRROR
    assert [mirror[j] for j in mirror] == list(range(35)) and sum(m != j for j, m in enumerate(mirror)) == 18
    for joint, parent in enumerate(smal_skeleton.PARENTS[1:], 1):
        assert smal_skeleton.PARENTS[mirror[joint]] == mirror[parent]


def test_the_cat_stands_on_its_paws_with_its_left_to_the_left():
    joints = rest_joints()
    at = smal_skeleton.joint
    np.testing.assert_allclose(joints[list(smal_skeleton.MIRROR)], joints * [1, -1, 1])
    assert joints[at("Head"), 0] > joints[at("Tail1"), 0] and (joints[:, 2] > 0.01).all()
    for name in ("LLeg1", "LFoot", "LLegBack1", "LFootBack", "LEar"):
        assert joints[at(name), 1] > 0
    bones = joints[1:] - joints[list(smal_skeleton.PARENTS[1:])]
    assert np.linalg.norm(bones, axis=1).min() > 0.015
