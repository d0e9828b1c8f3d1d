# SPDX-License-Identifier: GPL-3.0-or-later
"""The bundled body is read whole; broken ones are refused in one line."""

import os
from dataclasses import replace

import numpy as np
import pytest

from blender_addon import places
from blender_addon.core.body_family import SMPL
from blender_addon.core.body_file import BodyFileError, read_body


@pytest.fixture(scope="module")
def arrays():
    with np.load(places.find(SMPL.body)) as file:
        return {name: file[name] for name in file.files}


def test_the_bundled_body_is_read_with_its_tree(arrays):
    body = read_body()
    assert len(body.joint_names) == 24 and body.joint_names[0] == "pelvis"
    assert body.parents[0] == -1 and body.parents[20] == 18
    np.testing.assert_array_equal(body.vertices, arrays["v_template"])


def test_shape_values_move_vertices_and_joints_together(arrays):
    body = read_body()
    vertices, joints = body.shaped(np.array([2.0, -1.0]))
    expected = body.vertices + 2 * arrays["shapedirs"][..., 0] - arrays["shapedirs"][..., 1]
    np.testing.assert_allclose(vertices, expected, atol=1e-6)
    np.testing.assert_allclose(joints, arrays["J_regressor"] @ expected, atol=1e-5)
    assert not np.allclose(joints, body.shaped(np.zeros(0))[1], atol=1e-3)


def test_groups_of_equal_weight_are_the_weights(arrays):
    body = read_body()
    weights = np.zeros_like(body.weights)
    for joint, groups in enumerate(body.weight_groups):
        for vertices, weight in groups:
            assert weight > 0 and not weights[vertices, joint].any()
            weights[vertices, joint] = weight
    np.testing.assert_array_equal(weights, body.weights.astype(np.float32))
    still = np.zeros((2, 1))
    assert replace(body, weights=still).weight_groups == [[]]


def test_a_file_is_read_once_and_again_when_it_has_changed(tmp_path, arrays):
    np.savez(tmp_path / "b.npz", **arrays)
    first = read_body(tmp_path / "b.npz")
    assert read_body(tmp_path / "b.npz") is first
    np.savez(tmp_path / "b.npz", **{**arrays, "v_template": 2 * arrays["v_template"]})
    os.utime(tmp_path / "b.npz", ns=(1, 1))
    np.testing.assert_array_equal(read_body(tmp_path / "b.npz").vertices, 2 * arrays["v_template"])


def changed(arrays: dict, name: str, **changes) -> dict:
    """The arrays with another array under a name, or with some of its values changed."""
    array = arrays[name].copy()
    for index, value in changes.pop("at", {}).items():
        array[index] = value
    return {**arrays, name: changes.get("to", array)}


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("weights", {"to": None}, "has no weights"),
        ("weights", {"to": np.zeros((10, 24))}, "weights has shape"),
        ("v_template", {"at": {(5, 1): np.nan}}, "not finite"),
        ("v_template", {"to": np.array(3.0)}, "has shape"),
        ("J_regressor", {"to": np.array([{}], dtype=object)}, "cannot be read"),
        ("kintree_table", {"at": {(0, 2): 2}}, "each after its parent"),  # its own parent
        ("f", {"at": {(0, 0): 10**6}}, "vertices that are not there"),
        ("joint_names", {"to": np.array(["hip"] * 24)}, "names of their own"),
        ("joint_names", {"to": np.array([1.0])}, "has shape"),
    ],
)
def test_a_broken_body_is_one_line(arrays, tmp_path, name, change, words):
    held = changed(arrays, name, **change)
    np.savez(tmp_path / "body.npz", **{key: array for key, array in held.items() if array is not None})
    with pytest.raises(BodyFileError, match=words) as caught:
        read_body(tmp_path / "body.npz")
    assert "\n" not in str(caught.value)
