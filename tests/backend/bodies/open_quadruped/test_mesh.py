# SPDX-License-Identifier: GPL-3.0-or-later
"""The bundled cat's mesh: closed, symmetric and of a cat's size; and the mesher in the quadruped's frame."""

import numpy as np
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from backend.bodies.building.relax import relax
from backend.bodies.building.solids import ellipsoid, tube
from backend.bodies.building.surface_nets import surface_nets
from backend.bodies.open_quadruped.warp import GRID_SIZE, GRID_START, LATERAL, Warp
from backend.bodies.smal import load_quadruped
from tests.backend.bodies.meshes import closed, volume


@pytest.fixture(scope="module")
def cat():
    fields = load_quadruped().fields
    return fields["v_template"].astype(float), fields["f"]


def test_the_body_is_closed_in_one_piece_without_holes(cat):
    vertices, faces = cat
    assert 4000 <= len(vertices) <= 8000
    assert closed(faces)
    edges = np.unique(np.sort(np.concatenate([faces[:, [i, (i + 1) % 3]] for i in range(3)]), 1), axis=0)
    assert len(vertices) - len(edges) + len(faces) == 2
    graph = coo_matrix((np.ones(len(edges)), edges.T), shape=(len(vertices),) * 2)
    assert connected_components(graph, directed=False)[0] == 1


def test_the_body_has_a_cats_size_and_stands_on_the_floor(cat):
    vertices, faces = cat
    assert 3.5e-3 < volume(vertices, faces) < 5.5e-3  # litres, and about kilograms
    assert abs(vertices[:, 2].min()) < 1e-3
    for ahead in (True, False):
        for side in (1, -1):
            paw = (vertices[:, 0] > 0) == ahead
            assert vertices[paw & (vertices[:, 1] * side > 0.01), 2].min() < 2e-3
    trunk = vertices[np.abs(vertices[:, 0] - 0.07) < 0.02]
    tuck = vertices[np.abs(vertices[:, 0] + 0.03) < 0.02]
    depth = [part[np.abs(part[:, 1]) < 0.01, 2].min() for part in (trunk, tuck)]
    assert depth[0] < depth[1] - 0.01  # the chest hangs deeper than the belly


def test_left_and_right_are_mirror_images(cat):
    vertices, faces = cat
    distance, mirror = cKDTree(vertices).query(vertices * [1, -1, 1])
    assert distance.max() < 1e-6 and (mirror[mirror] == np.arange(len(vertices))).all()
    kept = {tuple(sorted(face)) for face in faces}
    assert all(tuple(sorted(face)) in kept for face in mirror[faces])


def test_no_face_is_degenerate(cat):
    vertices, faces = cat
    a, b, c = (vertices[faces[:, i]] for i in range(3))
    assert np.linalg.norm(np.cross(b - a, c - a), axis=1).min() / 2 > 1e-7  # a tenth of a square millimetre


def test_the_grid_is_turned_into_the_quadrupeds_frame():
    radii, centre = np.array([0.10, 0.04, 0.06]), np.array([0.0, 0.0, 0.2])
    solid = ellipsoid(centre, radii)
    mesh = relax(surface_nets(solid, Warp(head=1, paw=1, tail=1), 0.01, GRID_START, GRID_SIZE, LATERAL), solid)
    np.testing.assert_allclose(np.linalg.norm((mesh.vertices - centre) / radii, axis=1), 1, atol=2e-3)
    np.testing.assert_array_equal(mesh.flip, [1, -1, 1])
    np.testing.assert_allclose(mesh.vertices[mesh.mirror], mesh.vertices * [1, -1, 1], atol=1e-12)
    exact = 4 / 3 * np.pi * radii.prod()
    assert closed(mesh.triangles) and exact * 0.95 < volume(mesh.vertices, mesh.triangles) < exact


def test_the_warp_folds_nothing():
    steps = [np.linspace(start + 0.005, start + size, 40) for start, size in zip(GRID_START, GRID_SIZE, strict=True)]
    grid = np.stack(np.meshgrid(*steps, indexing="ij"), -1).reshape(-1, 3)
    move, warp = 1e-4, Warp()
    columns = [(warp(grid + move * np.eye(3)[i]) - warp(grid - move * np.eye(3)[i])) / (2 * move) for i in range(3)]
    assert np.linalg.det(np.stack(columns, -1)).min() > 0


def test_an_ellipsoids_front_sinks_about_any_side_axis():
    human = ellipsoid((0, 0, 0), (0.1, 0.1, 0.3), turn=0.4)  # y up, z ahead
    beast = ellipsoid((0, 0, 0), (0.3, 0.1, 0.1), turn=0.4, about=1)  # z up, x ahead
    ahead, down = 0.25 * np.cos(0.4), -0.25 * np.sin(0.4)
    for solid, place in ((human, lambda up: [[0, up, ahead]]), (beast, lambda up: [[ahead, 0, up]])):
        assert solid(np.array(place(down)))[0] < 0 < solid(np.array(place(-down)))[0]


def test_a_tube_goes_through_its_points_with_its_radii():
    points, radii = np.array([[0, 0, 0], [0.1, 0, 0.05], [0.2, 0, 0]]), (0.02, 0.01, 0.03)
    np.testing.assert_allclose(tube(points, radii)(points), np.negative(radii), atol=1e-3)
