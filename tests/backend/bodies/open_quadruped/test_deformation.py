# SPDX-License-Identifier: GPL-3.0-or-later
"""How the bundled quadruped moves and varies: joints, skinning weights, shape directions and pose correctives."""

import numpy as np
import pytest
import roma
import torch
from scipy.spatial import cKDTree

from backend.bodies.open_quadruped.bone_maps import BoneMaps
from backend.bodies.open_quadruped.proportions import WITHERS, rest_joints
from backend.bodies.open_quadruped.shape_directions import CHANGES, NAMES
from backend.bodies.smal import load_quadruped
from backend.bodies.smal_skeleton import JOINT_NAMES, MIRROR, PARENTS, joint
from tests.backend.bodies.meshes import volume


@pytest.fixture(scope="module")
def cat():
    return load_quadruped()


def shape(**amounts: float) -> torch.Tensor:
    betas = torch.zeros(len(NAMES))
    for name, amount in amounts.items():
        betas[NAMES.index(name)] = amount
    return betas


def length(joints, a: str, b: str) -> float:
    return float(np.linalg.norm(np.asarray(joints[joint(a)]) - np.asarray(joints[joint(b)])))


def test_the_regressor_gives_the_joints_and_follows_every_shape(cat):
    regressor = cat.fields["J_regressor"]
    assert (regressor >= 0).all() and np.abs(regressor.sum(1) - 1).max() < 1e-5
    assert (np.count_nonzero(regressor, axis=1) < 800).all()  # local
    np.testing.assert_allclose(cat.rest_joints(shape()), rest_joints(), atol=1e-4)
    for name in NAMES:
        wanted = rest_joints() * 1.08 if name == "size" else BoneMaps(CHANGES[name]).joints
        np.testing.assert_allclose(cat.rest_joints(shape(**{name: 1.0})), wanted, atol=1e-3, err_msg=name)


def test_joints_lie_inside_the_body_and_mirror(cat):
    joints = rest_joints()
    np.testing.assert_allclose(joints[list(MIRROR)], joints * [1, -1, 1], atol=1e-12)
    low, high = cat.fields["v_template"].min(0), cat.fields["v_template"].max(0)
    assert ((joints > low) & (joints < high)).all()
    assert abs(float(cat.stature(shape())) - WITHERS) < 3e-3


def test_the_dogs_bones_are_those_of_dogs_in_motion_capture(cat):
    """Metres, within 1 %, and within 3 % for what is not one bone."""
    joints = cat.rest_joints(shape(dog=1.0))
    measured = {("Neck", "Head"): 0.140, ("LLeg1", "LLeg2"): 0.152, ("LLeg2", "LLeg3"): 0.178,
                ("LLeg3", "LFoot"): 0.072, ("LLegBack1", "LLegBack2"): 0.160, ("LLegBack2", "LLegBack3"): 0.180,
                ("LLegBack3", "LFootBack"): 0.108}  # fmt: skip
    for (a, b), metres in measured.items():
        assert abs(length(joints, a, b) / metres - 1) < 0.01, (a, b)
    assert abs(length(joints, "LLegBack1", "spine0") / 0.190 - 1) < 0.03
    assert abs(length(joints, "spine0", "Neck") / 0.225 - 1) < 0.03
    vertices = cat.fields["v_template"] + cat.fields["shapedirs"] @ shape(dog=1.0).numpy()
    nose = vertices[cat.vertex_ids["nose"]]
    assert abs(np.linalg.norm(nose - joints[joint("Head")].numpy()) / 0.170 - 1) < 0.03
    tail = sum(length(joints, f"Tail{i}", f"Tail{i + 1}") for i in range(1, 7))
    assert 0.18 < tail < 0.25
    assert 0.50 < float(cat.stature(shape(dog=1.0))) < 0.58


def test_the_horse_is_as_long_as_it_is_high_on_legs_of_half_its_height(cat):
    joints, betas = cat.rest_joints(shape(horse=1.0)), shape(horse=1.0)
    withers = float(cat.stature(betas))
    vertices = cat.fields["v_template"] + cat.fields["shapedirs"] @ betas.numpy()
    trunk = vertices[(cat.fields["weights"][:, :7].sum(1) > 0.7)]
    assert 1.35 < withers < 1.6
    assert 0.85 < np.ptp(trunk[:, 0]) / withers < 1.15
    assert 0.45 < float(joints[joint("LLeg2"), 2]) / withers < 0.60
    rest = rest_joints()
    for a, b in (("Neck", "Head"), ("LLeg3", "LFoot")):  # longer than an enlarged cat's
        assert length(joints, a, b) / length(rest, a, b) > 1.3 * withers / WITHERS


@pytest.mark.parametrize("name", NAMES)
def test_every_shape_stands_on_its_four_paws(cat, name):
    betas = shape(**{name: 1.0})
    vertices = cat.fields["v_template"] + cat.fields["shapedirs"] @ betas.numpy()
    height = float(cat.stature(betas))
    low = vertices[:, 2].min()
    for sole in ("left_front_sole", "left_back_sole"):
        assert abs(vertices[cat.vertex_ids[sole], 2]) < 0.012 * height, sole
    assert abs(low) < 0.012 * height
    assert volume(vertices, cat.faces) > 0


def test_shape_directions_do_what_they_are_called(cat):
    rest, high = rest_joints(), float(cat.stature(shape()))

    def ratio(name, a, b):
        return length(cat.rest_joints(shape(**{name: 1.0})), a, b) / length(rest, a, b)

    assert abs(ratio("leg_length", "LLeg1", "LLeg2") - 1.12) < 0.01
    assert float(cat.stature(shape(leg_length=1.0))) > high + 0.01
    assert abs(ratio("leg_length", "root", "spine3") - 1) < 0.01
    assert abs(ratio("trunk_length", "root", "spine3") - 1.10) < 0.01
    assert abs(ratio("neck_length", "Neck", "Head") - 1.25) < 0.01
    assert abs(ratio("tail_length", "Tail1", "Tail7") - 1.25) < 0.01
    shapes = dict(zip(cat.shape_names, cat.fields["shapedirs"].transpose(2, 0, 1), strict=True))
    at = cat.vertex_ids
    assert (
        shapes["muzzle_length"][at["nose"], 0] > 0.008 > 0.004 > np.abs(shapes["muzzle_length"][at["left_eye"]]).max()
    )
    assert shapes["ear_size"][at["left_ear_tip"], 2] > 0.008
    assert shapes["ear_droop"][at["left_ear_tip"], 2] < -0.005 and shapes["ear_droop"][at["left_ear_tip"], 1] > 0.02
    template = cat.fields["v_template"]
    volumes = {n: volume(template + shapes[n], cat.faces) / volume(template, cat.faces) for n in NAMES}
    assert 1.1 < volumes["girth"] < 1.3 and 1.02 < volumes["leg_thickness"] < 1.15 and 1.2 < volumes["size"] < 1.3


def test_weights_are_smooth_shares_of_at_most_four_joints(cat):
    weights, faces = cat.fields["weights"], cat.faces
    assert (weights >= 0).all() and np.abs(weights.sum(1) - 1).max() < 1e-5
    assert np.count_nonzero(weights, axis=1).max() <= 4
    assert (weights.max(0) > 0.8).all()  # every joint has skin of its own
    assert np.abs(weights[faces[:, 0]] - weights[faces[:, 1]]).max() < 0.75


def below(name: str) -> list[int]:
    found = [joint(name)]
    for child in range(len(PARENTS)):
        if PARENTS[child] in found:
            found.append(child)
    return found


@pytest.mark.parametrize(("name", "bound"), [
    ("LLeg1", lambda v: (v[:, 1] > -0.015) & (v[:, 0] > 0.03)),
    ("LLegBack1", lambda v: (v[:, 1] > -0.015) & (v[:, 0] < -0.02)),
    ("LLeg3", lambda v: v[:, 2] < 0.075),
    ("LLegBack3", lambda v: v[:, 2] < 0.105),
    ("Neck", lambda v: v[:, 0] > 0.10),
    ("Tail2", lambda v: v[:, 0] < -0.155),
    ("LEar", lambda v: (v[:, 1] > 0) & (v[:, 2] > 0.29)),
])  # fmt: skip
def test_every_joint_moves_the_skin_below_it_only(cat, name, bound):
    moved = cat.fields["weights"][:, below(name)].sum(1) > 0.05
    assert moved.sum() > 50 and bound(cat.fields["v_template"])[moved].all()


def test_shapes_and_correctives_are_symmetric(cat):
    template, shapes = cat.fields["v_template"], cat.fields["shapedirs"]
    mirror = cKDTree(template).query(template * [1, -1, 1])[1]
    np.testing.assert_allclose(shapes[mirror], shapes * np.array([1, -1, 1])[:, None], atol=2e-5)
    # a pose and its mirror image give mirror images of the mesh
    turns = torch.randn(35, 3, generator=torch.Generator().manual_seed(0)) * 0.4
    other = turns[list(MIRROR)] * torch.tensor([-1.0, 1, -1])
    rotations = roma.rotvec_to_rotmat(torch.stack([turns, other]))
    posed = cat.forward(rotations, shape(), torch.zeros(2, 3)).vertices
    torch.testing.assert_close(posed[1], posed[0][mirror] * torch.tensor([1.0, -1, 1]), atol=1e-4, rtol=0)


@pytest.mark.parametrize(("name", "degrees"), [
    ("LLeg2", -90), ("LLeg3", 90), ("LLegBack2", 80), ("LLegBack3", -70), ("Tail3", 40), ("Neck", 40),
])  # fmt: skip
def test_correctives_keep_limbs_thick_and_stay_near_their_joint(cat, name, degrees):
    turns = torch.zeros(1, 35, 3)
    turns[0, joint(name), 1] = np.radians(degrees)
    rotations = roma.rotvec_to_rotmat(turns)
    offsets = ((rotations[:, 1:] - torch.eye(3)).reshape(1, -1) @ cat.model.posedirs).view(-1, 3)
    size = torch.linalg.norm(offsets, dim=1)
    centre = cat.rest_joints(shape())[joint(name)]
    distance = torch.linalg.norm(cat.model.v_template - centre, dim=1)
    assert 3e-4 < size.max() < 0.03 and size[distance > 0.09].max() < 0.004
    share = torch.as_tensor(cat.fields["weights"][:, below(name)].sum(1))
    bent = (share > 0.3) & (share < 0.7)

    def thinning() -> float:
        posed = cat.forward(rotations, shape(), torch.zeros(1, 3)).vertices[0]
        now = torch.linalg.norm(posed - centre, dim=1)  # the joint itself stays where it was
        return float((now / distance - 1)[bent].abs().mean())

    kept, with_correctives = cat.model.posedirs.clone(), thinning()
    try:
        cat.model.posedirs.zero_()
        without = thinning()
    finally:
        cat.model.posedirs.copy_(kept)
    assert with_correctives < 0.75 * without


def test_named_vertices_lie_where_they_are_called(cat):
    template, at = cat.fields["v_template"], {n: cat.fields["v_template"][i] for n, i in cat.vertex_ids.items()}
    assert tuple(cat.fields["joint_names"]) == JOINT_NAMES and cat.shape_names == NAMES
    assert at["nose"][0] > template[:, 0].max() - 0.003
    assert at["chin"][2] < at["nose"][2] - 0.01
    assert at["left_ear_tip"][2] > template[:, 2].max() - 0.006
    assert 0.01 < at["left_eye"][1] < 0.03 and at["nose"][0] > at["left_eye"][0] > at["left_ear_tip"][0]
    for name, x in (("neck", 0.112), ("tail_root", -0.152)):
        column = template[np.abs(template[:, 0] - x) < 0.01]
        assert at[name][2] > column[:, 2].max() - 0.004
    for name, place in at.items():
        if name.startswith("left"):
            np.testing.assert_allclose(at["right" + name[4:]], place * [1, -1, 1], atol=1e-6)
