# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from backend.keypoints.anatomy import HUMAN, HUMAN_BOX, anatomy_of
from backend.keypoints.box import BOX8_NAMES, CORNERS, MIRRORED, box_points, upright_first
from backend.keypoints.layouts import LAYOUTS, convert
from backend.subjects import subject_of_layout

SIZE = np.array([0.5, 0.4, 0.3])


def test_the_edges_from_the_first_point_are_the_axes_of_a_right_handed_frame():
    rotation = Rotation.from_rotvec([0.3, -0.4, 1.2]).as_matrix()
    points = box_points(np.array([1.0, 2, 3]), rotation, SIZE)
    edges = np.stack([points[1] - points[0], points[3] - points[0], points[0] - points[4]], -1) / SIZE
    assert np.allclose(edges, rotation)
    assert np.allclose((points[2] + points[4]) / 2, [1, 2, 3])  # the two ends of a diagonal


def test_a_mirror_exchanges_points_so_that_the_frame_stays_right_handed():
    swapped = list(BOX8_NAMES)
    for first, second in MIRRORED:
        a, b = swapped.index(first), swapped.index(second)
        swapped[a], swapped[b] = swapped[b], swapped[a]
    mirrored = (CORNERS * [-1, 1, 1])[[BOX8_NAMES.index(name) for name in swapped]]
    x, y, z = mirrored[1] - mirrored[0], mirrored[3] - mirrored[0], mirrored[0] - mirrored[4]
    assert np.cross(x, y) @ z == pytest.approx(1)


@pytest.mark.parametrize("turn", [[0, 0, 0], [np.pi / 2, 0, 0], [np.pi, 0, 0.3], [0, np.pi / 2, 0.2], [0.1, -1.5, 0.1]])
def test_axes_are_named_so_that_z_is_up_and_the_box_stays_where_it_is(turn):
    rotation = Rotation.from_rotvec([turn, turn]).as_matrix()
    named, size = upright_first(rotation, SIZE)
    assert named[0, 2, 2] > 0.7 and np.allclose(np.linalg.det(named), 1)

    def corners(rotation, size):
        return sorted(np.round((CORNERS * size) @ rotation.T, 9).tolist())

    assert np.allclose(corners(named[0], size), corners(rotation[0], SIZE))


def test_layouts_with_a_box_become_the_models():
    layout = LAYOUTS["coco17_box8"]
    points = np.random.default_rng(0).normal(size=(4, len(layout), 2))
    new, confidence = convert(points, np.ones(points.shape[:2]), layout.name, "openpose18_box")
    assert new.shape == (4, 23, 2) and (confidence == 1).all()
    assert np.allclose(new[:, 18:], points[:, 17:22])
    neck = points[:, [layout.names.index("left_shoulder"), layout.names.index("right_shoulder")]].mean(1)
    assert np.allclose(new[:, 1], neck)


def test_a_person_with_a_box_is_a_subject_of_its_own():
    assert subject_of_layout("body25_box").name == "human_box"
    assert anatomy_of(23) is HUMAN_BOX and HUMAN_BOX.person
    assert HUMAN_BOX.layout.names[:18] == HUMAN.layout.names and HUMAN_BOX.hips == HUMAN.hips


def test_a_box_is_drawn_as_a_box():
    edges = {frozenset(bone) for bone in LAYOUTS["openpose18_box8"].bones if min(bone) >= 18}
    assert len(edges) == 12
    corners = CORNERS
    assert all(np.abs(corners[a - 18] - corners[b - 18]).sum() == 1 for a, b in map(tuple, edges))
