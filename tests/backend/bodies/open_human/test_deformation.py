# SPDX-License-Identifier: GPL-3.0-or-later
"""How the bundled body moves: joints, skinning weights, shape directions and pose correctives."""

import numpy as np
import pytest
import roma
import torch
from scipy.spatial import cKDTree

from backend.bodies.open_human.proportions import STATURE, rest_joints
from backend.bodies.open_human.shape_directions import DIRECTIONS, displacements
from backend.bodies.skeleton import JOINT_NAMES, MIRROR, joint
from backend.bodies.smpl import load_body


@pytest.fixture(scope="module")
def body():
    return load_body()


def shape(name: str, amount: float = 1.0) -> torch.Tensor:
    betas = torch.zeros(len(DIRECTIONS))
    betas[list(DIRECTIONS).index(name)] = amount
    return betas


def test_the_regressor_gives_the_joints_and_follows_every_shape(body):
    regressor = body.fields["J_regressor"]
    assert (regressor >= 0).all() and np.abs(regressor.sum(1) - 1).max() < 1e-5
    assert (np.count_nonzero(regressor, axis=1) < 700).all()  # local
    np.testing.assert_allclose(body.rest_joints(torch.zeros(10)), rest_joints(), atol=1e-5)
    moved = np.stack([body.rest_joints(shape(name)).numpy() for name in DIRECTIONS], -1)
    np.testing.assert_allclose(moved - rest_joints()[..., None], displacements(rest_joints()), atol=2e-4)


def test_joints_lie_inside_the_body_and_mirror(body):
    joints = rest_joints()
    np.testing.assert_allclose(joints[list(MIRROR)], joints * [-1, 1, 1], atol=1e-12)
    low, high = body.fields["v_template"].min(0), body.fields["v_template"].max(0)
    assert ((joints > low) & (joints < high)).all()
    assert abs(np.ptp(body.fields["v_template"][:, 1]) - STATURE) < 2e-3


def test_segments_have_published_lengths():
    """Within 12 % of Drillis & Contini's fractions of stature, as Winter tables them."""
    joints = rest_joints()
    published = {("left_knee", "left_ankle"): 0.246, ("left_elbow", "left_wrist"): 0.146}
    for (a, b), fraction in published.items():
        length = np.linalg.norm(joints[joint(a)] - joints[joint(b)])
        assert abs(length / (fraction * STATURE) - 1) < 0.12, (a, b, length)


def test_weights_are_smooth_shares_of_at_most_four_joints(body):
    weights, faces = body.fields["weights"], body.fields["f"]
    assert (weights >= 0).all() and np.abs(weights.sum(1) - 1).max() < 1e-5
    assert np.count_nonzero(weights, axis=1).max() <= 4
    assert (weights.max(0) > 0.9).all()  # every joint has skin of its own
    jump = np.abs(weights[faces[:, 0]] - weights[faces[:, 1]]).max(1)
    assert jump.max() < 0.6


def test_every_joint_moves_the_skin_below_it_only(body):
    template, weights = body.fields["v_template"], body.fields["weights"]
    for name, bound in {"left_knee": template[:, 1] < -0.55, "left_elbow": template[:, 0] > 0.37,
                        "head": template[:, 1] > 0.25, "left_hip": template[:, 0] > -0.04}.items():  # fmt: skip
        assert bound[weights[:, joint(name)] > 0.02].all(), name


def test_shape_directions_do_what_they_are_called(body):
    nothing, rest = torch.zeros(10), body.rest_joints(torch.zeros(10))

    def distance(name, a, b):
        before, after = (j[joint(a)] - j[joint(b)] for j in (rest, body.rest_joints(shape(name))))
        return float(torch.linalg.norm(after) - torch.linalg.norm(before))

    taller = float(body.stature(shape("stature")) - body.stature(nothing))
    assert 0.05 < taller < 0.08
    assert abs(float(body.stature(shape("leg_length")) - body.stature(nothing))) < 0.003
    assert 0.015 < distance("leg_length", "left_hip", "left_ankle") < 0.03
    assert -0.03 < distance("leg_length", "pelvis", "neck") < -0.015
    assert 0.015 < distance("arm_length", "left_shoulder", "left_wrist") < 0.03
    assert distance("thigh_to_shin", "left_hip", "left_knee") > 0.008 > -0.008 > distance(
        "thigh_to_shin", "left_knee", "left_ankle")  # fmt: skip
    assert distance("upper_arm_to_forearm", "left_shoulder", "left_elbow") > 0.007
    assert distance("upper_arm_to_forearm", "left_elbow", "left_wrist") < -0.007
    assert 0.015 < distance("shoulder_width", "left_shoulder", "right_shoulder") < 0.03
    assert 0.008 < distance("hip_width", "left_hip", "right_hip") < 0.02
    volumes = {name: volume(body, shape(name)) / volume(body, nothing) for name in DIRECTIONS}
    assert 1.12 < volumes["weight"] < 1.25 and 1.02 < volumes["muscle"] < 1.15 and 1.1 < volumes["stature"] < 1.14
    assert 1.0 < volumes["head_size"] < 1.02


def volume(body, betas: torch.Tensor) -> float:
    vertices = body.model.v_template + body.model.shapedirs @ betas
    a, b, c = (vertices[body.fields["f"][:, i]].double() for i in range(3))
    return float((a * torch.linalg.cross(b, c)).sum() / 6)


def test_shapes_and_correctives_are_symmetric(body):
    template = body.fields["v_template"]
    mirror = cKDTree(template).query(template * [-1, 1, 1])[1]
    shapes = body.fields["shapedirs"]
    np.testing.assert_allclose(shapes[mirror], shapes * np.array([-1, 1, 1])[:, None], atol=1e-6)
    # a pose and its mirror image give mirror images of the mesh
    generator = torch.Generator().manual_seed(0)
    turns = torch.randn(24, 3, generator=generator) * 0.5
    other = turns[list(MIRROR)] * torch.tensor([1.0, -1, -1])
    rotations = roma.rotvec_to_rotmat(torch.stack([turns, other]))
    posed = body.forward(rotations, torch.zeros(10), torch.zeros(2, 3)).vertices
    torch.testing.assert_close(posed[1], posed[0][mirror] * torch.tensor([-1.0, 1, 1]), atol=1e-4, rtol=0)


@pytest.mark.parametrize(("name", "turn"), [
    ("left_elbow", [0, -2.1, 0]), ("left_knee", [2.1, 0, 0]), ("left_wrist", [1.5, 0, 0]), ("left_hip", [-1.7, 0, 0]),
])  # fmt: skip
def test_correctives_keep_volume_and_stay_near_their_joint(body, name, turn):
    turns = torch.zeros(1, 24, 3)
    turns[0, joint(name)] = torch.tensor(turn)
    rotations = roma.rotvec_to_rotmat(turns)
    offsets = ((rotations[:, 1:] - torch.eye(3)).reshape(1, -1) @ body.model.posedirs).view(-1, 3)
    size = torch.linalg.norm(offsets, dim=1)
    far = torch.linalg.norm(body.model.v_template - body.rest_joints(torch.zeros(10))[joint(name)], dim=1) > 0.25
    assert 0.002 < size.max() < 0.08 and size[far].max() < 0.004

    def loss(with_correctives: bool) -> float:
        body.model.posedirs *= with_correctives
        try:
            posed = body.forward(rotations, torch.zeros(10), torch.zeros(1, 3)).vertices[0].double()
        finally:
            body.model.posedirs.copy_(kept)
        a, b, c = (posed[body.fields["f"][:, i]] for i in range(3))
        return abs(float((a * torch.linalg.cross(b, c)).sum() / 6) - volume(body, torch.zeros(10)))

    kept = body.model.posedirs.clone()
    assert loss(True) < loss(False)


def test_names_of_joints_are_the_files(body):
    assert tuple(body.fields["joint_names"]) == JOINT_NAMES and body.shape_names == tuple(DIRECTIONS)


def test_named_vertices_lie_where_they_are_called(body):
    joints, at = rest_joints(), {n: body.fields["v_template"][i] for n, i in body.vertex_ids.items()}
    template = body.fields["v_template"]
    head = template[template[:, 1] > joints[joint("head"), 1] - 0.05]
    assert at["nose"][2] > head[:, 2].max() - 0.004
    assert at["lear"][0] > head[:, 0].max() - 0.012
    assert at["lmiddle"][0] > template[:, 0].max() - 0.004
    assert at["LHeel"][2] < joints[joint("left_ankle"), 2] - 0.03 and at["LBigToe"][2] > template[:, 2].max() - 0.015
    for name, place in at.items():
        if name[0] in "lL":
            np.testing.assert_allclose(at[{"l": "r", "L": "R"}[name[0]] + name[1:]], place * [-1, 1, 1], atol=1e-6)
