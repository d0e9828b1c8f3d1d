# SPDX-License-Identifier: GPL-3.0-or-later
"""Pickles of data sets: arrays and plain values come back, whatever would run or is cut off is refused."""

import os
import pickle
import zlib

import numpy as np
import pytest

from backend.datasets.pickles import load_values
from backend.evaluation import EvaluationError

from .made_up import write_joblib, write_pickle

CONTENT = {
    0: {"name": "sub16", "points": np.arange(6.0).reshape(2, 3), "scale": np.float32(2), "n": 3, "list": [None, True]},
    1: {"turned": np.asfortranarray(np.arange(6).reshape(2, 3)), "empty": np.zeros((0, 3))},
}


def assert_same(read: dict) -> None:
    np.testing.assert_array_equal(read[0]["points"], CONTENT[0]["points"])
    np.testing.assert_array_equal(read[1]["turned"], CONTENT[1]["turned"])
    assert read[1]["empty"].shape == (0, 3)
    assert [read[0][name] for name in ("name", "scale", "n", "list")] == ["sub16", 2, 3, [None, True]]


@pytest.mark.parametrize("protocol", [0, 2, 4, 5])
def test_arrays_and_values_come_back_from_every_protocol(tmp_path, protocol):
    assert_same(load_values(write_pickle(tmp_path / "a.pkl", CONTENT, protocol)))


def test_arrays_and_values_come_back_from_what_joblib_writes(tmp_path):
    assert_same(load_values(write_joblib(tmp_path / "a.p", CONTENT)))


class Runs:
    def __init__(self, function, *arguments):
        self.function, self.arguments = function, arguments

    def __reduce__(self):
        return self.function, self.arguments


@pytest.mark.parametrize("function", [os.mkdir, eval])
def test_a_hostile_pickle_runs_nothing_and_is_refused_in_one_sentence(tmp_path, function):
    mark = tmp_path / "ran"
    argument = str(mark) if function is os.mkdir else f"__import__('os').mkdir({str(mark)!r})"
    for write in (write_pickle, write_joblib):
        with pytest.raises(EvaluationError, match="refused.*asks for") as error:
            load_values(write(tmp_path / "a.p", {"smpl_poses": np.zeros(3), "x": Runs(function, argument)}))
        assert "\n" not in str(error.value) and not mark.exists()


def test_a_pickle_cannot_change_the_reader(tmp_path):
    path = tmp_path / "a.p"
    # BUILD on a class with attributes to set
    path.write_bytes(b"\x80\x02}(X\x01\x00\x00\x00acnumpy\nndarray\nN}X\x04\x00\x00\x00nameK\x01s\x86bu.")
    with pytest.raises(EvaluationError, match="neither an array nor a plain value"):
        load_values(path)


@pytest.mark.parametrize("keep", [0, 1, 40, -1, -30])
def test_a_truncated_file_is_refused_in_one_sentence(tmp_path, keep):
    for write in (write_pickle, write_joblib):
        path = write(tmp_path / "a.p", CONTENT)
        path.write_bytes(path.read_bytes()[:keep])
        with pytest.raises(EvaluationError, match="refused") as error:
            load_values(path)
        assert "\n" not in str(error.value)


def test_what_is_no_dictionary_of_plain_values_is_refused(tmp_path):
    for content in ([1, 2], {"a": np.array([{}])}, {"a": {1, 2}}):
        with pytest.raises(EvaluationError, match="refused"):
            load_values(write_pickle(tmp_path / "a.p", content))


def test_a_compressed_file_says_how_to_convert_it(tmp_path):
    path = tmp_path / "a.p"
    path.write_bytes(zlib.compress(pickle.dumps(CONTENT)))
    with pytest.raises(EvaluationError, match="compress=0"):
        load_values(path)


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    with pytest.raises(EvaluationError, match="No such file"):
        load_values(tmp_path / "none.p")
