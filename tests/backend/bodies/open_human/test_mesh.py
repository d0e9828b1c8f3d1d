# SPDX-License-Identifier: GPL-3.0-or-later
"""The bundled body's mesh: closed, symmetric, of human size; and the mesher on a solid whose surface is known."""

import numpy as np
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from backend.bodies.building.relax import relax
from backend.bodies.building.solids import Solid, ellipsoid
from backend.bodies.building.surface_nets import surface_nets
from backend.bodies.open_human.warp import GRID_SIZE, GRID_START, Warp
from backend.bodies.smpl import load_body
from tests.backend.bodies.meshes import closed, volume


@pytest.fixture(scope="module")
def human():
    fields = load_body().fields
    return fields["v_template"], fields["f"]


def test_the_body_is_closed_in_one_piece_without_holes(human):
    vertices, faces = human
    assert 5000 <= len(vertices) <= 8000
    assert closed(faces)
    edges = np.unique(np.sort(np.concatenate([faces[:, [i, (i + 1) % 3]] for i in range(3)]), 1), axis=0)
    assert len(vertices) - len(edges) + len(faces) == 2
    graph = coo_matrix((np.ones(len(edges)), edges.T), shape=(len(vertices),) * 2)
    assert connected_components(graph, directed=False)[0] == 1


def test_the_body_has_human_size(human):
    vertices, faces = human
    size = np.ptp(vertices, axis=0)
    assert 0.050 < volume(vertices, faces) < 0.100
    assert 1.70 < size[1] < 1.75  # stature
    assert 0.97 < size[0] / size[1] < 1.06  # span
    assert 0.23 < vertices[vertices[:, 1] < vertices[:, 1].min() + 0.05, 2].ptp() < 0.29  # foot


def test_left_and_right_are_mirror_images(human):
    vertices, faces = human
    distance, mirror = cKDTree(vertices).query(vertices * [-1, 1, 1])
    assert distance.max() < 1e-6 and (mirror[mirror] == np.arange(len(vertices))).all()
    kept = {tuple(sorted(face)) for face in faces}
    assert all(tuple(sorted(face)) in kept for face in mirror[faces])


def test_no_face_is_degenerate(human):
    vertices, faces = human
    a, b, c = (vertices[faces[:, i]].astype(float) for i in range(3))
    assert np.linalg.norm(np.cross(b - a, c - a), axis=1).min() / 2 > 3e-7  # a third of a square millimetre


def test_an_ellipsoid_is_meshed_where_it_is():
    radii, centre = np.array([0.20, 0.30, 0.15]), np.array([0.0, -0.3, 0.02])
    solid = ellipsoid(centre, radii)
    mesh = relax(surface_nets(solid, Warp(hand=1, head=1, foot=1), 0.03, GRID_START, GRID_SIZE), solid)
    unit = (mesh.vertices - centre) / radii
    np.testing.assert_allclose(np.linalg.norm(unit, axis=1), 1, atol=1e-3)
    assert closed(mesh.triangles)
    np.testing.assert_allclose(mesh.vertices[mesh.mirror], mesh.vertices * [-1, 1, 1], atol=1e-12)
    exact = 4 / 3 * np.pi * radii.prod()
    assert exact * 0.97 < volume(mesh.vertices, mesh.triangles) < exact


def scattered_balls(seed: int) -> Solid:
    """Many small balls a cell or two wide, touching in every way that a grid can get wrong."""
    centres = np.random.default_rng(seed).uniform([0.05, -0.6, -0.1], [0.5, 0.0, 0.2], (300, 3))

    def solid(points: np.ndarray) -> np.ndarray:
        return cKDTree(centres).query(points)[0] - 0.025

    return solid


def test_parts_that_nearly_touch_do_not_pinch():
    for seed in range(3):
        mesh = surface_nets(scattered_balls(seed), Warp(hand=1, head=1, foot=1), 0.03, GRID_START, GRID_SIZE)
        assert len(mesh.vertices) > 1000 and closed(mesh.triangles)
