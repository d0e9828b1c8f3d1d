# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest

from blender_addon.core.camera import Camera
from blender_addon.core.focal import focal_in_pixels


@pytest.mark.parametrize(
    "fit, size, focal",
    [
        ("AUTO", (1920, 1080), 50 / 36 * 1920),
        ("AUTO", (1080, 1920), 50 / 36 * 1920),
        ("HORIZONTAL", (1080, 1920), 50 / 36 * 1080),
        ("VERTICAL", (1920, 1080), 50 / 24 * 1080),
    ],
)
def test_a_lens_in_pixels_is_as_blender_fits_it(fit, size, focal):
    assert focal_in_pixels(50.0, 36.0, 24.0, fit, size) == pytest.approx(focal)


def test_it_is_the_way_back_from_a_lifted_camera():
    matrix = np.array([[1400.0, 0, 960], [0, 1400, 540], [0, 0, 1]])
    lens = Camera(matrix, np.eye(3)[None], np.zeros((1, 3)), (1920, 1080)).blender_lens()
    assert focal_in_pixels(lens["lens"], lens["sensor_width"], 24.0, "HORIZONTAL", (1920, 1080)) == pytest.approx(1400)
