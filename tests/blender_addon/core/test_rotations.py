# SPDX-License-Identifier: GPL-3.0-or-later
"""Rotations against scipy's, and pose bones against a composition written out as Blender does it."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from blender_addon.core import rotations as r


def wxyz(rotation: Rotation) -> np.ndarray:
    return rotation.as_quat()[..., [3, 0, 1, 2]]


def same_rotation(a: np.ndarray, b: np.ndarray) -> bool:
    return np.allclose(np.abs((a * b).sum(-1)), 1.0, atol=1e-12)


@pytest.fixture
def vectors():
    rng = np.random.default_rng(0)
    axes = rng.normal(size=(200, 3))
    axes /= np.linalg.norm(axes, axis=1, keepdims=True)
    angles = np.concatenate([[0.0, 1e-12, 1e-7, np.pi - 1e-9, np.pi], rng.uniform(0, np.pi, 195)])
    return axes * angles[:, None]


def test_conversions_agree_with_scipy(vectors):
    truth = Rotation.from_rotvec(vectors)
    quaternions = r.quaternion_from_axis_angle(vectors)
    assert same_rotation(quaternions, wxyz(truth))
    np.testing.assert_allclose(r.matrix_from_quaternion(quaternions), truth.as_matrix(), atol=1e-12)
    assert same_rotation(r.quaternion_from_matrix(truth.as_matrix()), wxyz(truth))


def test_a_product_turns_by_its_right_factor_first(vectors):
    a, b = vectors[:100], vectors[100:]
    found = r.multiply(r.quaternion_from_axis_angle(a), r.quaternion_from_axis_angle(b))
    assert same_rotation(found, wxyz(Rotation.from_rotvec(a) * Rotation.from_rotvec(b)))


def test_continuity_keeps_rotations_and_takes_the_shorter_way():
    angles = np.linspace(0, 6 * np.pi, 90)
    turned = np.stack([np.cos(angles / 2), 0 * angles, 0 * angles, np.sin(angles / 2)], axis=-1)
    flipped = turned * np.where(np.random.default_rng(1).random(90) < 0.5, -1.0, 1.0)[:, None]
    found = r.continuous(flipped)
    assert same_rotation(found, turned)
    assert ((found[1:] * found[:-1]).sum(-1) > 0.9).all()
    assert not ((flipped[1:] * flipped[:-1]).sum(-1) > 0.9).all()


def test_pose_bones_compose_to_the_skeletons_global_rotations():
    rng = np.random.default_rng(2)
    parents = np.array([-1, 0, 1, 0])
    local = Rotation.random(5 * 4, random_state=3)
    quaternions = wxyz(local).reshape(5, 4, 4)
    matrices = local.as_matrix().reshape(5, 4, 3, 3)
    rest = Rotation.random(4, random_state=int(rng.integers(99))).as_matrix()
    basis = r.matrix_from_quaternion(r.pose_bone_quaternions(quaternions, parents, rest))
    for frame in range(5):
        pose, world = {}, {}
        for bone, parent in enumerate(parents):
            # Blender: pose = parent's pose * rest relative to the parent * basis.
            above = np.eye(3) if parent < 0 else pose[parent] @ np.linalg.inv(rest[parent])
            pose[bone] = above @ rest[bone] @ basis[frame, bone]
            world[bone] = matrices[frame, bone] if parent < 0 else world[parent] @ matrices[frame, bone]
            # What turns the armature's rest into this pose, seen from SMPL's rest frame.
            turned = pose[bone] @ np.linalg.inv(rest[bone]) @ r.REST_TO_BLENDER
            np.testing.assert_allclose(turned, world[bone], atol=1e-9)


def test_the_rest_frames_meet_up_on_z_and_front_on_minus_y():
    np.testing.assert_array_equal(r.REST_TO_BLENDER @ [0, 1, 0], [0, 0, 1])
    np.testing.assert_array_equal(r.REST_TO_BLENDER @ [0, 0, 1], [0, -1, 0])
    assert np.linalg.det(r.REST_TO_BLENDER) == 1.0
