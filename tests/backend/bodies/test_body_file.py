# SPDX-License-Identifier: GPL-3.0-or-later
import pickle

import numpy as np
import pytest
import scipy.sparse
import torch

from backend.bodies import BodyError
from backend.bodies.body_file import find_body_file, read_body_file, write_body_file
from backend.bodies.skeleton import PARENTS
from backend.bodies.smpl import load_body


def smpl_like() -> dict[str, np.ndarray]:
    """A small random body with the fields and the oddities of SMPL's own pickles, on SMPL's count of vertices."""
    generator = np.random.default_rng(0)
    vertices = 6890
    weights = generator.random((vertices, 24)) ** 8
    regressor = scipy.sparse.random(24, vertices, 0.002, "csc", random_state=1)
    tree = np.array([PARENTS, range(24)])
    tree[0, 0] = 2**32 - 1
    return {
        "v_template": generator.normal(size=(vertices, 3)),
        "f": generator.integers(0, vertices, (13776, 3)).astype(np.uint32),
        "weights": weights / weights.sum(1, keepdims=True),
        "J_regressor": regressor,
        "shapedirs": generator.normal(size=(vertices, 3, 10)) * 0.01,
        "posedirs": generator.normal(size=(vertices, 3, 207)) * 0.001,
        "kintree_table": tree,
        "bs_style": "lbs",
    }


@pytest.fixture(scope="module")
def smpl_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("smpl")
    (folder / "SMPL_MALE.pkl").write_bytes(pickle.dumps(smpl_like(), 2))
    return folder


def test_a_folder_with_smpls_own_pickle_is_used_and_cleaned(smpl_folder, tmp_path):
    body = load_body(smpl_folder)
    assert body.path.name == "SMPL_MALE.pkl" and body.gender == "male" and body.num_betas == 10
    original = smpl_like()
    joints = original["J_regressor"] @ original["v_template"]
    np.testing.assert_allclose(body.rest_joints(torch.zeros(10)), joints, atol=1e-5)
    assert body.vertex_ids["nose"] == 332  # smplx's own table, for SMPL's mesh

    body.write_npz(tmp_path / "clean.npz")
    with np.load(tmp_path / "clean.npz", allow_pickle=False) as archive:
        assert {"v_template", "f", "weights", "J_regressor", "shapedirs", "posedirs", "kintree_table", "joint_names",
                "shape_names", "vertex_names", "vertex_ids"} <= set(archive.files)  # fmt: skip
    again = load_body(tmp_path / "clean.npz")
    generator = torch.Generator().manual_seed(0)
    rotations = torch.linalg.qr(torch.randn(2, 24, 3, 3, generator=generator))[0]
    betas, place = torch.randn(10, generator=generator), torch.randn(2, 3, generator=generator)
    before, after = (one.forward(rotations, betas, place) for one in (body, again))
    torch.testing.assert_close(after.keypoints, before.keypoints, atol=1e-4, rtol=0)
    torch.testing.assert_close(after.vertices, before.vertices, atol=2e-4, rtol=0)  # posedirs in half precision


@pytest.mark.parametrize(("names", "gender", "chosen"), [
    (["SMPL_FEMALE.pkl", "SMPL_NEUTRAL.npz"], None, "SMPL_NEUTRAL.npz"),
    (["SMPL_FEMALE.pkl", "SMPL_NEUTRAL.npz"], "female", "SMPL_FEMALE.pkl"),
    (["basicmodel_m_lbs_10_207_0_v1.1.0.pkl", "notes.txt"], None, "basicmodel_m_lbs_10_207_0_v1.1.0.pkl"),
    (["basicModel_neutral_lbs_10_207_0_v1.0.0.pkl"], "neutral", "basicModel_neutral_lbs_10_207_0_v1.0.0.pkl"),
    (["smpl/SMPL_MALE.pkl"], "male", "SMPL_MALE.pkl"),
])  # fmt: skip
def test_the_file_of_a_folder(tmp_path, names, gender, chosen):
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert find_body_file(tmp_path, gender).name == chosen


def test_a_folder_without_a_body_says_what_was_expected(tmp_path):
    (tmp_path / "SMPL_MALE.pkl").touch()
    with pytest.raises(BodyError, match="SMPL_FEMALE.pkl"):
        find_body_file(tmp_path, "female")


def wrong(**changed):
    return changed


@pytest.mark.parametrize(("changed", "said"), [
    (wrong(weights=lambda w: w[:-1]), "weights has the shape"),
    (wrong(weights=lambda w: w * 2), "add up to 1"),
    (wrong(f=lambda f: f + 10**6), "faces name vertices"),
    (wrong(v_template=lambda v: v * np.nan), "not finite"),
    (wrong(kintree_table=lambda k: k[:, ::-1]), "24 in SMPL's order"),
    (wrong(posedirs=lambda p: p[..., :-9]), "posedirs has the shape"),
    (wrong(J_regressor=lambda j: None), "J_regressor missing"),
    (wrong(v_template=lambda v: np.array("body")), "no arrays of numbers"),
    (wrong(vertex_ids=lambda i: i + 10**6), "named vertices"),
])  # fmt: skip
def test_fields_that_do_not_fit_give_one_line(tmp_path, fields, changed, said):
    broken = dict(fields)
    for name, change in changed.items():
        value = change(broken[name])
        broken.pop(name) if value is None else broken.update({name: value})
    np.savez(tmp_path / "body.npz", **broken)
    with pytest.raises(BodyError, match=said) as error:
        read_body_file(tmp_path / "body.npz")
    assert "\n" not in str(error.value)


def test_files_that_are_no_bodies_give_one_line(tmp_path, fields):
    whole = tmp_path / "whole.npz"
    write_body_file(whole, {**fields, "posedirs": fields["posedirs"] * 0})
    content = whole.read_bytes()
    objects = tmp_path / "objects.npz"
    np.savez(objects, **{**{name: np.zeros(1) for name in fields}, "v_template": np.array([{}], object)})
    for name, data in {"empty": b"", "text": b"a body", "cut": content[: len(content) // 2],
                       "objects": objects.read_bytes()}.items():  # fmt: skip
        path = tmp_path / f"{name}.npz"
        path.write_bytes(data)
        with pytest.raises(BodyError) as error:
            load_body(path)
        assert str(path) in str(error.value) and "\n" not in str(error.value)
    with pytest.raises(BodyError, match="no such file"):
        load_body(tmp_path / "nothing.npz")
