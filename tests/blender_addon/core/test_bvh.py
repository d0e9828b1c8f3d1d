# SPDX-License-Identifier: GPL-3.0-or-later
"""What a BVH file says, read back by hand, is the skeleton's own forward kinematics, Y up."""

import numpy as np
import pytest

from blender_addon.core.bvh import BvhSkeleton, bvh_text, zxy_angles
from blender_addon.core.rotations import matrix_from_quaternion

NAMES = ["root", "left leg", "right_leg", "left foot"]
PARENTS = np.array([-1, 0, 0, 1])
HEADS = np.array([[0.1, 0.2, 1.0], [0.2, 0.2, 0.9], [0.0, 0.2, 0.9], [0.2, 0.1, 0.4]])


def turned(angles: np.ndarray) -> np.ndarray:
    """Rz Rx Ry (.., 3, 3) of angles about Z, X and Y in radians."""
    axes = np.array([[0, 0, 1], [1, 0, 0], [0, 1, 0]])
    quaternions = np.concatenate([np.cos(angles / 2)[..., None], np.sin(angles / 2)[..., None] * axes], axis=-1)
    z, x, y = np.moveaxis(matrix_from_quaternion(quaternions), -3, 0)
    return z @ x @ y


def read_back(text: str) -> tuple[list[str], np.ndarray]:
    """Names as the file tells them, and joint positions (T, J, 3) by its offsets and channels."""
    names, parents, offsets, stack, lines = [], [], [], [], iter(text.splitlines())
    for line in lines:
        words = line.split()
        if words[0] in ("ROOT", "JOINT"):
            parents.append(stack[-1] if stack else -1)
            names.append(words[1])
        elif words[0] == "End":
            stack.append(None)
        elif words[0] == "OFFSET" and (not stack or stack[-1] is not None):
            offsets.append([float(word) for word in words[1:]])
            stack.append(len(names) - 1)
        elif words[0] == "}":
            stack.pop()
        elif words[0] == "MOTION":
            break
    count = int(next(lines).split()[1])
    next(lines)
    rows = np.array([[float(word) for word in next(lines).split()] for _ in range(count)])
    angles = np.radians(rows[:, 3:].reshape(count, len(names), 3))
    places, turns = np.empty((count, len(names), 3)), turned(angles)
    for joint, parent in enumerate(parents):
        if parent < 0:
            places[:, joint] = rows[:, :3] + offsets[joint]
        else:
            places[:, joint] = places[:, parent] + turns[:, parent] @ np.array(offsets[joint])
            turns[:, joint] = turns[:, parent] @ turns[:, joint]
    return names, places


def test_joints_stand_where_the_skeletons_do_with_y_up():
    rng = np.random.default_rng(0)
    quaternions = rng.normal(size=(20, 4, 4))
    rotations = matrix_from_quaternion(quaternions / np.linalg.norm(quaternions, axis=-1, keepdims=True))
    roots = rng.normal(size=(20, 3))
    expected = np.empty((20, 4, 3))
    for joint, parent in enumerate(PARENTS):
        if parent < 0:
            expected[:, joint] = roots
        else:
            expected[:, joint] = expected[:, parent] + rotations[:, parent] @ (HEADS[joint] - HEADS[parent])
    text = bvh_text(BvhSkeleton(NAMES, PARENTS, HEADS, HEADS + [0, 0, -0.1]), rotations, roots, 30000 / 1001)
    names, places = read_back(text)
    assert names == ["root", "left_leg", "left_foot", "right_leg"]
    np.testing.assert_allclose(places, expected[:, [0, 1, 3, 2]] @ [[1, 0, 0], [0, 0, -1], [0, 1, 0]], atol=1e-5)
    assert "Frame Time: 0.03336667" in text and "Frames: 20" in text


@pytest.mark.parametrize("x", [0.3, np.pi / 2, -np.pi / 2])
def test_angles_give_their_rotation_back_even_straight_up(x):
    angles = np.array([[0.4, x, -0.7], [2.9, x, 3.0]])
    np.testing.assert_allclose(turned(zxy_angles(turned(angles))), turned(angles), atol=1e-7)


def test_angles_run_on_over_whole_turns_and_over_the_top():
    time = np.linspace(0, 1, 200)[:, None]
    angles = time * np.array([9.0, 4.0, -7.0])
    found = zxy_angles(turned(angles))
    assert np.abs(np.diff(found, axis=0)).max() < 0.2
    np.testing.assert_allclose(turned(found), turned(angles), atol=1e-9)


def test_what_hangs_on_nothing_is_a_hierarchy_of_its_own_with_a_way_of_its_own():
    rng = np.random.default_rng(1)
    quaternions = rng.normal(size=(6, 3, 4))
    rotations = matrix_from_quaternion(quaternions / np.linalg.norm(quaternions, axis=-1, keepdims=True))
    roots, heads = rng.normal(size=(6, 2, 3)), np.array([[0, 0, 1.0], [0, 0, 0.5], [1, 0, 0.2]])
    skeleton = BvhSkeleton(["root", "leg", "box"], np.array([-1, 0, -1]), heads, heads + [0, 0, -0.1])
    lines = bvh_text(skeleton, rotations, roots, 30).splitlines()
    assert [line for line in lines if line.startswith("ROOT")] == ["ROOT root", "ROOT box"]
    rows = np.array([line.split() for line in lines[lines.index("MOTION") + 3 :]], float)
    assert rows.shape == (6, 6 + 3 + 6)
    y_up = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]])
    np.testing.assert_allclose(rows[:, 9:12], roots[:, 1] @ y_up, atol=1e-5)
    np.testing.assert_allclose(turned(np.radians(rows[:, 12:])), y_up.T @ rotations[:, 2] @ y_up, atol=1e-5)
