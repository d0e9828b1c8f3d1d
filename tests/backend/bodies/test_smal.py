# SPDX-License-Identifier: GPL-3.0-or-later
"""The quadruped's body: both paths of posing agree, and SMAL's own files are read as they are, executing nothing."""

import pickle
import sys
import types

import numpy as np
import pytest
import roma
import scipy.sparse
import torch

from backend.bodies import BodyError
from backend.bodies.body_file import read_body_file
from backend.bodies.smal import KEYPOINT_NAMES, load_quadruped
from backend.bodies.smal_file import DATA_FILE, MODEL_FILE, SMAL_VERTEX_COUNT
from backend.bodies.smal_skeleton import JOINT_NAMES, MIRROR, PARENTS, joint
from backend.keypoints.layouts import LAYOUTS


@pytest.fixture(scope="module")
def cat():
    return load_quadruped()


def a_pose(count: int, betas: int):
    generator = torch.Generator().manual_seed(1)
    rotations = roma.rotvec_to_rotmat(torch.randn(count, 35, 3, generator=generator) * 0.4)
    return rotations, torch.randn(betas, generator=generator) * 0.2, torch.randn(count, 3, generator=generator)


def test_the_quick_path_is_the_whole_bodys(cat):
    rotations, betas, place = a_pose(5, cat.num_betas)
    for shape in (betas, betas * torch.linspace(-1, 1, 5)[:, None]):
        whole = cat.forward(rotations, shape, place)
        joints, keypoints = cat.keypoints(rotations, shape, place)
        torch.testing.assert_close(joints, whole.joints, atol=1e-5, rtol=0)
        torch.testing.assert_close(keypoints, whole.keypoints, atol=1e-5, rtol=0)
        assert whole.vertices.shape == (5, len(cat.fields["v_template"]), 3)


def test_at_rest_it_stands_facing_x_and_the_translation_is_added(cat):
    rest, place = torch.eye(3).expand(1, 35, 3, 3), torch.tensor([[1.0, 2.0, 3.0]])
    pose = cat.forward(rest, torch.zeros(cat.num_betas), place)
    torch.testing.assert_close(pose.joints[0] - place, cat.rest_joints(torch.zeros(cat.num_betas)))
    np.testing.assert_allclose(pose.vertices[0] - place, cat.fields["v_template"], atol=1e-6)
    at = dict(zip(KEYPOINT_NAMES, (pose.keypoints[0] - place).tolist(), strict=True))
    assert KEYPOINT_NAMES == LAYOUTS["ap10k"].names and at["nose"][0] > at["neck"][0] > at["tail_root"][0]
    assert all(at["left" + name[5:]][1] > 0 > at[name][1] for name in at if name.startswith("right"))


def test_gradients_reach_rotations_betas_and_translation(cat):
    arguments = [argument.clone().requires_grad_() for argument in a_pose(2, cat.num_betas)]
    joints, keypoints = cat.keypoints(*arguments)
    (joints.square().sum() + keypoints.square().sum()).backward()
    assert all(argument.grad.abs().sum() > 0 and argument.grad.isfinite().all() for argument in arguments)
    betas = torch.zeros(cat.num_betas, requires_grad=True)
    cat.stature(betas).backward()
    assert betas.grad[cat.shape_names.index("leg_length")] > 0.005 > betas.grad[cat.shape_names.index("tail_length")]


def test_wrong_shapes_are_refused_in_one_line(cat):
    rotations, betas, place = a_pose(2, cat.num_betas)
    for arguments in ((rotations[:, :24], betas, place), (rotations, betas[:-1], place), (rotations, betas, place[:1])):
        for method in (cat.forward, cat.keypoints):
            with pytest.raises(BodyError, match="Expected") as error:
                method(*arguments)
            assert "\n" not in str(error.value)


class Chumpy:
    """A module that pickles as chumpy does: arrays as objects of chumpy.ch.Ch with a state."""

    def __init__(self, monkeypatch):
        module = types.ModuleType("chumpy.ch")
        self.kind = type("Ch", (), {"__module__": "chumpy.ch"})
        module.Ch = self.kind
        monkeypatch.setitem(sys.modules, "chumpy", types.ModuleType("chumpy"))
        monkeypatch.setitem(sys.modules, "chumpy.ch", module)

    def __call__(self, values):
        thing = self.kind()
        thing.__dict__.update(x=values, _itr=3)
        return thing


def smal_like(chumpy, swapped: bool) -> dict:
    """A small random body with the fields and the oddities of SMAL's own pickle, on SMAL's count of vertices.

    swapped: the legs called left lie on the right side.
    """
    generator = np.random.default_rng(0)
    rest = load_quadruped().rest_joints(torch.zeros(load_quadruped().num_betas)).numpy().astype(float)
    if swapped:
        rest = rest[list(MIRROR)]
    owner = np.resize(np.arange(35), SMAL_VERTEX_COUNT)
    template = rest[owner] + generator.normal(size=(SMAL_VERTEX_COUNT, 3)) * 0.004
    template[[3055, 1097, 150, 2124], 1] = (-0.02, 0.02, -0.03, 0.03) if swapped else (0.02, -0.02, 0.03, -0.03)
    weights = np.eye(35)[owner]
    regressor = scipy.sparse.csc_matrix(weights.T / weights.sum(0)[:, None])
    tree = np.array([PARENTS, range(35)], np.int64)
    tree[0, 0] = 2**32 - 1
    return {
        "v_template": chumpy(template), "f": generator.integers(0, SMAL_VERTEX_COUNT, (7774, 3)).astype(np.uint32),
        "weights": chumpy(weights), "J_regressor": regressor,
        "shapedirs": chumpy(generator.normal(size=(SMAL_VERTEX_COUNT, 3, 41)) * 0.001),
        "posedirs": chumpy(generator.normal(size=(SMAL_VERTEX_COUNT, 3, 306)) * 1e-4),
        "kintree_table": tree.astype(np.uint32), "bs_style": "lbs", "bs_type": "lrotmin",
    }  # fmt: skip


@pytest.fixture(params=[False, True], ids=["as named", "sides swapped"])
def smal_folder(tmp_path, monkeypatch, request):
    """A folder with SMAL's model, and its fields."""
    content = smal_like(Chumpy(monkeypatch), request.param)
    (tmp_path / MODEL_FILE).write_bytes(pickle.dumps(content, 2))
    for name in ("v_template", "shapedirs"):
        content[name] = content[name].x
    return tmp_path, content


def test_smals_own_pickle_is_used_and_left_is_where_left_is(smal_folder, tmp_path):
    folder, content = smal_folder
    body = load_quadruped(folder)
    assert body.path.name == MODEL_FILE and body.num_betas == 41
    nothing = torch.zeros(41)
    rest = content["J_regressor"] @ content["v_template"]
    np.testing.assert_allclose(body.rest_joints(nothing), rest, atol=1e-5)
    _, keypoints = body.keypoints(torch.eye(3).expand(1, 35, 3, 3), nothing, torch.zeros(1, 3))
    at = dict(zip(KEYPOINT_NAMES, keypoints[0].numpy(), strict=True))
    for name, place in at.items():
        assert place[1] > 0 if name.startswith("left") else place[1] < 0 if name.startswith("right") else True, name
    np.testing.assert_allclose(at["nose"], content["v_template"][1863], atol=1e-5)
    np.testing.assert_allclose(at["neck"], rest[joint("Neck")], atol=1e-5)
    np.testing.assert_allclose(at["tail_root"], rest[joint("Tail1")], atol=1e-5)
    for sole, paw in (("left_front_sole", "front_paw"), ("right_back_sole", "back_paw")):
        below = body.fields["v_template"][body.vertex_ids[sole]] - at[sole.split("_")[0] + "_" + paw]
        assert below[2] < 0 and np.abs(below).max() < 0.03
    assert 0.1 < float(body.stature(nothing)) < 0.4

    body.write_npz(tmp_path / "clean.npz")
    again = load_quadruped(tmp_path / "clean.npz")
    rotations, betas, place = a_pose(2, 41)
    before, after = (one.forward(rotations, betas, place) for one in (body, again))
    torch.testing.assert_close(after.keypoints, before.keypoints, atol=1e-4, rtol=0)
    torch.testing.assert_close(after.vertices, before.vertices, atol=2e-4, rtol=0)  # posedirs in half precision


def test_the_means_of_families_are_added_where_their_file_is(smal_folder):
    folder, content = smal_folder
    means = np.random.default_rng(1).normal(size=(5, 41))
    (folder / DATA_FILE).write_bytes(pickle.dumps({"cluster_means": means, "eigenvalues": np.ones(41)}, 2))
    for family, row in ((None, 0), ("cat", 0), ("horse", 2)):
        expected = content["v_template"] + content["shapedirs"] @ means[row]
        np.testing.assert_allclose(load_quadruped(folder, family).fields["v_template"], expected, atol=1e-5)
    (folder / DATA_FILE).write_bytes(pickle.dumps({"cluster_means": means[:, :20]}, 2))
    with pytest.raises(BodyError, match="cluster_means"):
        load_quadruped(folder)


class Bomb:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


def test_a_pickle_that_would_run_code_is_refused_and_runs_nothing(smal_folder):
    folder, _ = smal_folder
    mark = folder / "ran"
    (folder / DATA_FILE).write_bytes(pickle.dumps({"cluster_means": Bomb(mark)}, 2))
    with pytest.raises(BodyError, match="refused"):
        load_quadruped(folder)
    (folder / MODEL_FILE).write_bytes(pickle.dumps({"v_template": Bomb(mark)}, 2))
    with pytest.raises(BodyError, match="refused"):
        load_quadruped(folder)
    assert not mark.exists()


def test_what_is_no_quadruped_gives_one_line(tmp_path, cat):
    cat.write_npz(tmp_path / "cat.npz")
    with pytest.raises(BodyError, match="SMPL body"):
        read_body_file(tmp_path / "cat.npz")  # of people, unless it is told otherwise
    np.savez(tmp_path / "short.npz", **{**cat.fields, "weights": cat.fields["weights"][:, :24]})
    fewer = {name: value for name, value in cat.fields.items() if not name.startswith("vertex_")}
    np.savez(tmp_path / "nameless.npz", **fewer)
    keep = [i for i, name in enumerate(cat.fields["vertex_names"]) if name != "nose"]
    noseless = {**cat.fields, **{name: cat.fields[name][keep] for name in ("vertex_names", "vertex_ids")}}
    np.savez(tmp_path / "noseless.npz", **noseless)
    (tmp_path / "empty").mkdir()
    for path, family, said in (
        (tmp_path / "short.npz", None, "weights has the shape"), (tmp_path / "nameless.npz", None, "vertex_names"),
        (tmp_path / "noseless.npz", None, "nose"), (tmp_path / "empty", None, MODEL_FILE),
        (tmp_path / "nothing.pkl", None, "no such file"), (tmp_path / "cat.npz", "cow", DATA_FILE),
        (tmp_path / "cat.npz", "unicorn", "hippo"),
    ):  # fmt: skip
        with pytest.raises(BodyError, match=said) as error:
            load_quadruped(path, family)
        assert "\n" not in str(error.value)


def test_it_moves_to_a_device_in_place(cat):
    body = load_quadruped()
    assert body.to("cpu") is body and body.device.type == "cpu" and len(body.joint_names) == len(JOINT_NAMES)
