# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest

from backend.keypoints.image_size import estimate_image_size


@pytest.mark.parametrize(
    ("corner", "size"),
    [((500, 300), (640, 360)), ((1000, 700), (1280, 720)), ((600, 1200), (720, 1280)), ((500, 700), (1280, 720)),
     ((9000, 300), (9000, 300))],
)  # fmt: skip
def test_smallest_common_size_that_holds_the_points(corner, size):
    points = np.array([[10.0, 10.0], corner])
    assert estimate_image_size(points, np.ones(2)) == size


def test_unsure_points_far_outside_do_not_count():
    points = np.array([[10.0, 10.0], [600.0, 300.0], [5000.0, 300.0]])
    assert estimate_image_size(points, np.array([0.9, 0.9, 0.1])) == (640, 360)
