# SPDX-License-Identifier: GPL-3.0-or-later
"""What is joined when keypoints are drawn: by the backend's own layouts, whose names come in motion files."""

import pytest

from backend.keypoints.layouts import LAYOUTS
from blender_addon.core.source_keypoints import BOX, LEFT, MIDDLE, RIGHT, lines, side


@pytest.mark.parametrize("layout", [name for name, layout in LAYOUTS.items() if "neck" in layout.names])
def test_every_keypoint_of_a_layout_hangs_in_one_tree(layout):
    names = LAYOUTS[layout].names
    found = lines(names)
    assert {child for _, child in found} == set(range(len(names))) - {names.index("neck")}
    wanted = {("neck", "nose"), ("right_hip" if "right_hip" in names else "tail_root", "right_knee")}
    assert {(names[a], names[b]) for a, b in found} >= wanted - {("tail_root", "right_knee")}


def test_a_point_that_is_not_there_is_passed_over():
    assert lines(("neck", "left_wrist", "tail")) == [(0, 1)]
    assert lines(("left_hip", "neck")) == [(1, 0)]


def test_sides_are_in_the_names():
    assert [side(name) for name in ("left_knee", "neck", "right_ear", "box_1")] == [LEFT, MIDDLE, RIGHT, BOX]


def test_every_edge_of_a_box_is_drawn_once():
    names = tuple(f"box_{number}" for number in range(1, 9))
    edges = {frozenset(pair) for pair in lines(names)}
    around = [(0, 1), (1, 2), (2, 3), (3, 0), (4, 5), (5, 6), (6, 7), (7, 4), (0, 4), (1, 5), (2, 6), (3, 7)]
    assert len(lines(names)) == 12 and edges == {frozenset(pair) for pair in around}
    assert len(lines(names[:5])) == 5
