# SPDX-License-Identifier: GPL-3.0-or-later
import re

import numpy as np
import pytest

from backend.keypoints.errors import KeypointError
from backend.keypoints.layouts import LAYOUTS, convert, get_layout

# What the formats' own documentation numbers, written out by hand: the maps must agree with it point by point.
COCO_17_IN_OPENPOSE_18 = {0: 0, 1: 15, 2: 14, 3: 17, 4: 16, 5: 5, 6: 2, 7: 6, 8: 3, 9: 7, 10: 4, 11: 11, 12: 8, 13: 12,
                          14: 9, 15: 13, 16: 10}  # fmt: skip
BODY_25_IN_OPENPOSE_18 = {0: 0, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7, 9: 8, 10: 9, 11: 10, 12: 11, 13: 12, 14: 13, 15: 14,
                          16: 15, 17: 16, 18: 17}  # fmt: skip


@pytest.mark.parametrize(
    ("source", "mapping"),
    [
        ("coco17", COCO_17_IN_OPENPOSE_18),
        ("body25", BODY_25_IN_OPENPOSE_18),
        ("coco18", {k: k for k in range(18) if k != 1}),
    ],
)
def test_maps_follow_the_published_numbering(source, mapping):
    count = len(get_layout(source))
    points = np.random.default_rng(0).uniform(0, 1000, (3, count, 2))
    confidence = np.random.default_rng(1).uniform(0.1, 1, (3, count))
    new_points, new_confidence = convert(points, confidence, source, "openpose18")
    for old, new in mapping.items():
        np.testing.assert_array_equal(new_points[:, new], points[:, old])
        np.testing.assert_array_equal(new_confidence[:, new], confidence[:, old])
    # the neck is the mid-point of the shoulders (2 and 5), never the one the source has learnt
    np.testing.assert_allclose(new_points[:, 1], (new_points[:, 2] + new_points[:, 5]) / 2)
    np.testing.assert_array_equal(new_confidence[:, 1], np.minimum(new_confidence[:, 2], new_confidence[:, 5]))


def test_without_a_shoulder_there_is_no_neck():
    points, confidence = np.ones((1, 25, 2)), np.ones((1, 25))
    points[0, 5], confidence[0, 5] = np.nan, 0
    new_points, new_confidence = convert(points, confidence, "body25", "openpose18")
    assert np.isnan(new_points[0, 1]).all() and new_confidence[0, 1] == 0


def test_neck_of_a_file_already_in_openpose18_is_put_right():
    points, confidence = np.random.default_rng(0).uniform(0, 9, (2, 18, 2)), np.ones((2, 18))
    new_points, _ = convert(points, confidence, "openpose18", "openpose18")
    np.testing.assert_allclose(new_points[:, 1], (points[:, 2] + points[:, 5]) / 2)


def test_a_layout_cannot_give_points_it_lacks():
    with pytest.raises(KeypointError, match="mid_hip"):
        convert(np.ones((1, 17, 2)), np.ones((1, 17)), "coco17", "body25")
    with pytest.raises(KeypointError, match="expected one of openpose18"):
        get_layout("wombat")
    with pytest.raises(KeypointError):
        get_layout(["unhashable"])


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=list(LAYOUTS))
def test_skeletons_are_trees_with_mirrored_sides(layout):
    roots = [k for k, parent in enumerate(layout.parents) if parent < 0]
    assert roots, "a root"
    for k in range(len(layout)):
        seen = set()
        while k >= 0:
            assert k not in seen, "no cycle"
            seen.add(k)
            k = layout.parents[k]
    partner = dict(layout.figure.mirrored) | {second: first for first, second in layout.figure.mirrored}
    other = {"left": "right", "right": "left"}
    swapped = [re.sub("left|right", lambda side: other[side[0]], layout.names[k]) for k in layout.mirror]
    assert [partner.get(name, name) for name in swapped] == list(layout.names)
    assert {frozenset((layout.mirror[a], layout.mirror[b])) for a, b in layout.bones} == set(
        map(frozenset, layout.bones)
    )
