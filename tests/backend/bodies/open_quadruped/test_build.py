# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest

from backend.bodies.body_file import BUNDLED_QUADRUPED
from backend.bodies.open_quadruped.build import build_body


@pytest.fixture(scope="module")
def built():
    return build_body()


def test_the_committed_body_is_what_the_code_builds(built):
    with np.load(BUNDLED_QUADRUPED, allow_pickle=False) as archive:
        committed = dict(archive)
    assert committed.keys() == built.keys()
    for name, value in built.items():
        assert committed[name].shape == value.shape, name
        if value.dtype.kind == "f":
            # half precision in the file for posedirs; the rest may differ by the last bits of another machine
            np.testing.assert_allclose(committed[name], value, atol=2e-5, err_msg=name)
        else:
            np.testing.assert_array_equal(committed[name], value, err_msg=name)
    assert BUNDLED_QUADRUPED.stat().st_size < 3e6


def test_the_file_holds_every_field_that_the_add_on_and_smplx_read(built):
    kinds = {"v_template": "f4", "f": "i4", "weights": "f4", "J_regressor": "f4", "shapedirs": "f4", "posedirs": "f4",
             "kintree_table": "i8", "vertex_ids": "i8"}  # fmt: skip
    assert {name: built[name].dtype.str[1:] for name in kinds} == kinds
    assert all(built[name].dtype.kind == "U" for name in ("joint_names", "shape_names", "vertex_names"))
    vertices = len(built["v_template"])
    assert built["weights"].shape == (vertices, 35) and built["posedirs"].shape == (vertices, 3, 306)
