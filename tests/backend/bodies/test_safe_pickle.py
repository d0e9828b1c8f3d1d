# SPDX-License-Identifier: GPL-3.0-or-later
import os
import pickle
import sys
import types

import numpy as np
import pytest
import scipy.sparse

from backend.bodies import BodyError
from backend.bodies.safe_pickle import load_pickle


@pytest.fixture
def chumpy(monkeypatch):
    """A module that pickles as chumpy does: objects of chumpy.ch.Ch and chumpy.reordering.Select with a state."""
    package = types.ModuleType("chumpy")
    for module, name in (("chumpy.ch", "Ch"), ("chumpy.reordering", "Select"), ("chumpy.linalg", "Svd")):
        made = types.ModuleType(module)
        cls = type(name, (), {"__module__": module})
        setattr(made, name, cls)
        setattr(package, name, cls)
        monkeypatch.setitem(sys.modules, module, made)
    monkeypatch.setitem(sys.modules, "chumpy", package)
    return package


def made(cls, **state):
    thing = cls()
    thing.__dict__.update(state)
    return thing


def write(path, content, protocol=2):
    path.write_bytes(pickle.dumps(content, protocol))
    return path


@pytest.mark.parametrize("protocol", [0, 1, 2, 4])
def test_arrays_sparse_matrices_and_chumpy_come_back_as_they_were(tmp_path, chumpy, protocol):
    values = np.arange(12.0).reshape(4, 3)
    sparse = {kind: getattr(scipy.sparse, f"{kind}_matrix")(values) for kind in ("csc", "csr", "coo")}
    content = {
        "plain": values,
        "whole": values.astype(np.int32),
        "chumpy": made(chumpy.Ch, x=values, _itr=3),
        "select": made(chumpy.Select, a=made(chumpy.Ch, x=values), idxs=np.array([2, 0, 1]), preferred_shape=(3, 1)),
        "text": "lrotmin",
        **sparse,
    }
    read = load_pickle(write(tmp_path / "body.pkl", content, protocol))
    for name in ("plain", "whole", "chumpy"):
        np.testing.assert_array_equal(read[name], content[name].x if name == "chumpy" else content[name])
    np.testing.assert_array_equal(read["select"], [[2], [0], [1]])
    for kind in sparse:
        np.testing.assert_array_equal(read[kind].toarray(), values)
    assert read["text"] == "lrotmin"


class Runs:
    def __init__(self, function, *arguments):
        self.function, self.arguments = function, arguments

    def __reduce__(self):
        return self.function, self.arguments


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("function", [os.system, eval, exec, getattr, __import__, os.mkdir])
def test_a_pickle_that_would_run_code_is_refused_and_runs_nothing(tmp_path, function, nested):
    mark = tmp_path / "ran"
    argument = {os.system: f"touch {mark}", os.mkdir: str(mark), getattr: object(), __import__: "antigravity"}
    first = argument.get(function, f"__import__('os').mkdir({str(mark)!r})")
    hostile = Runs(function, first, "x") if function is getattr else Runs(function, first)
    path = write(tmp_path / "body.pkl", {"v_template": np.zeros(3), "f": hostile} if nested else hostile)
    with pytest.raises(BodyError, match="refused") as error:
        load_pickle(path)
    assert "\n" not in str(error.value) and function.__name__ in str(error.value)
    assert not mark.exists()


def test_names_inside_allowed_modules_are_refused_too(tmp_path):
    for module, name in (("numpy", "load"), ("numpy.core.multiarray", "fromfile"), ("scipy.sparse", "load_npz"),
                         ("numpy", "fromfile"), ("chumpy.ch", "os"), ("builtins", "eval")):  # fmt: skip
        path = tmp_path / "body.pkl"
        path.write_bytes(b"c" + module.encode() + b"\n" + name.encode() + b"\n(S'x'\ntR.")
        with pytest.raises(BodyError, match=name):
            load_pickle(path)


def test_a_chumpy_expression_is_refused_by_name(tmp_path, chumpy):
    with pytest.raises(BodyError, match="Svd"):
        load_pickle(write(tmp_path / "body.pkl", {"v_template": made(chumpy.Svd, x=np.zeros(3))}))


def test_a_sparse_matrix_that_points_outside_itself_is_refused(tmp_path):
    matrix = scipy.sparse.csc_matrix(np.eye(4))
    matrix.indices = matrix.indices + 1000
    with pytest.raises(BodyError, match="refused"):
        load_pickle(write(tmp_path / "body.pkl", {"J_regressor": matrix}))


@pytest.mark.parametrize("content", [b"", b"hello", b"{}", pickle.dumps({"a": np.zeros(100)}, 2)[:-40],
                                     pickle.dumps([1, 2]), b"\x80\x02\x82\x01."])  # fmt: skip
def test_broken_files_give_one_line(tmp_path, content):
    path = tmp_path / "body.pkl"
    path.write_bytes(content)
    with pytest.raises(BodyError) as error:
        load_pickle(path)
    assert str(path) in str(error.value) and "\n" not in str(error.value)


def test_a_missing_file_gives_one_line(tmp_path):
    with pytest.raises(BodyError, match="cannot be read"):
        load_pickle(tmp_path / "nothing.pkl")
