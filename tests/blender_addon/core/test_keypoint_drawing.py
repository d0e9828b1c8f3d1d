# SPDX-License-Identifier: GPL-3.0-or-later
"""Where keypoints go on the screen, which are joined, and how plainly they are drawn."""

import numpy as np
import pytest

from blender_addon.core.keypoint_drawing import COLOURS, figure, over_head, place
from blender_addon.core.source_keypoints import LEFT, MIDDLE, RIGHT, SourceKeypoints

FRAME = np.array([[100.0, 50], [500, 50], [500, 350], [100, 350]])  # a camera's frame on the screen, 400 x 300


def test_a_picture_of_the_frames_shape_fills_it():
    corners = np.array([[0.0, 0], [640, 0], [640, 480], [0, 480], [320, 240]])
    expected = [[100, 350], [500, 350], [500, 50], [100, 50], [300, 200]]
    np.testing.assert_allclose(place(corners, (640, 480), FRAME), expected)


@pytest.mark.parametrize(("size", "height"), [((800, 300), 150), ((400, 800), 800)])
def test_a_picture_of_another_shape_is_as_wide_as_the_frame(size, height):
    found = place(np.array([[0.0, 0], size]), size, FRAME)
    np.testing.assert_allclose(found, [[100, 200 + height / 2], [500, 200 - height / 2]])


def keypoints(confidence) -> SourceKeypoints:
    names = ("neck", "left_shoulder", "right_shoulder", "left_elbow")
    return SourceKeypoints(names, np.zeros((1, 4, 2)), np.array([confidence]))


def test_lines_have_the_side_they_lead_to_and_fade_with_confidence():
    screen = np.arange(8.0).reshape(4, 2)
    drawn = figure(keypoints([1.0, 0.5, 1.0, 0.25]), 0, screen, 3.0)
    np.testing.assert_array_equal(drawn.lines, screen[[0, 1, 0, 2, 1, 3]])
    np.testing.assert_allclose(
        drawn.line_colours[:, :3], np.float32([COLOURS[s] for s in (LEFT, LEFT, RIGHT, RIGHT, LEFT, LEFT)])
    )
    np.testing.assert_allclose(drawn.line_colours[:, 3], [1.0, 0.6, 1.0, 1.0, 0.6, 0.4], atol=1e-6)
    assert set(map(tuple, drawn.disc_colours[:, :3].round(3))) == {
        tuple(np.float32(COLOURS[s]).round(3)) for s in (LEFT, MIDDLE, RIGHT)
    }


def test_what_is_missing_is_not_drawn():
    drawn = figure(keypoints([1.0, 0.0, 1.0, 1.0]), 0, np.zeros((4, 2)), 3.0)
    assert (
        len(drawn.lines) == 2
        and len(drawn.discs) == len(figure(keypoints([1.0] * 4), 0, np.zeros((4, 2)), 3.0).discs) * 3 / 4
    )
    nothing = figure(keypoints([0.0] * 4), 0, np.zeros((4, 2)), 3.0)
    assert nothing.lines.shape == nothing.discs.shape == (0, 2)


def test_discs_are_round_about_their_points():
    drawn = figure(keypoints([1.0, 0, 0, 0]), 0, np.full((4, 2), 10.0), 3.0)
    away = np.linalg.norm(drawn.discs - 10, axis=-1)
    assert len(drawn.discs) % 3 == 0 and set(away.round(6)) == {0.0, 3.0}


def test_a_number_goes_over_the_highest_point_that_is_there():
    assert over_head(np.array([[10.0, 5], [30, 80], [np.nan, np.nan], [14, 20]]), 6.0) == (20.0, 86.0)
    assert over_head(np.full((3, 2), np.nan), 6.0) is None
