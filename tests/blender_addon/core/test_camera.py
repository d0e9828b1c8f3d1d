# SPDX-License-Identifier: GPL-3.0-or-later
"""The camera's own projection and axes; that Blender's projects alike is checked in tests/blender."""

from dataclasses import replace

import cv2
import numpy as np
from scipy.spatial.transform import Rotation

from blender_addon.core.camera import Camera


def camera(count: int = 3) -> Camera:
    matrix = np.array([[900.0, 0, 300], [0, 900, 260], [0, 0, 1]])
    rotation = Rotation.from_rotvec(np.linspace(-0.2, 0.3, 3 * count).reshape(count, 3)).as_matrix()
    return Camera(matrix, rotation, np.array([[0.1, 0.2, 5.0]] * count), (641, 479))


def test_projection_agrees_with_opencv():
    points = np.random.default_rng(0).normal(size=(3, 20, 3))
    found = camera().project(points)
    for index in range(3):
        vector, _ = cv2.Rodrigues(camera().rotation[index])
        truth, _ = cv2.projectPoints(points[index], vector, camera().translation[index], camera().matrix, None)
        np.testing.assert_allclose(found[index], truth[:, 0], atol=1e-6)


def test_blenders_axes_are_opencvs_with_y_and_z_turned_round():
    seen = camera()
    place, axes = seen.blender_locations(), seen.blender_rotations()
    for index in range(3):
        ahead = place[index] - axes[index][:, 2]  # Blender looks along -Z
        np.testing.assert_allclose(seen.rotation[index] @ ahead + seen.translation[index], [0, 0, 1], atol=1e-9)
        above = place[index] + axes[index][:, 1]
        np.testing.assert_allclose(seen.rotation[index] @ above + seen.translation[index], [0, -1, 0], atol=1e-9)


def test_the_lens_keeps_the_field_of_view():
    lens = camera().blender_lens()
    assert np.isclose(lens["sensor_width"] / lens["lens"], 641 / 900)
    assert np.isclose(lens["shift_x"], (320.5 - 300) / 641) and np.isclose(lens["shift_y"], (260 - 239.5) / 641)


def test_a_zoom_is_a_longer_lens():
    zoom = np.array([1.0, 1.5, 0.8])
    still, points = camera(), np.random.default_rng(0).normal(size=(3, 20, 3))
    zooming = replace(still, zoom=zoom)
    middle = still.matrix[:2, 2]
    expected = (still.project(points) - middle) * zoom[:, None, None] + middle
    np.testing.assert_allclose(zooming.project(points), expected)
    np.testing.assert_allclose(zooming.blender_lenses(), zoom * still.blender_lens()["lens"])
    assert still.blender_lenses() is None
