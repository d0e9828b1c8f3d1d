# SPDX-License-Identifier: GPL-3.0-or-later
import collections
import os
import pickle

import numpy as np
import pytest

from backend.keypoints.readers.plain_pickle import PickleError, read_plain_pickle

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_plain_values_are_those_that_were_pickled(protocol):
    shared = ("a", "x")
    for value in ([(1, [("scorer", "nose", "x"), ("scorer", "nose", "y")])], [], (), "é", 3, -(2**40), 1.5, None, True,
                  [shared, shared, [shared]], [[]], list(range(300))):  # fmt: skip
        assert read_plain_pickle(pickle.dumps(value, protocol)) == value


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_whatever_names_code_is_refused(protocol):
    for value in (os.system, np.zeros(3), collections.OrderedDict(a=1), {1, 2}, {"a": 1}, b"bytes" * (protocol < 3)):
        if isinstance(value, bytes) and not value:
            continue
        with pytest.raises(PickleError, match="could run code"):
            read_plain_pickle(pickle.dumps(value, protocol))


@pytest.mark.parametrize(
    "data", [b"", b".", b"(", b"N", b"NN.", b"a.", b"l.", b"g5\n.", b"\x80\x05K", b"0.", b"(N\x85\x86."]
)
def test_damage_is_told(data):
    with pytest.raises(PickleError):
        read_plain_pickle(data)


def test_any_damage_to_a_good_one_is_survived():
    good, random = bytearray(pickle.dumps([(1, [("s", "nose", "x"), ("s", "nose", "y")])], 0)), np.random.default_rng(0)
    for _ in range(300):
        bad = bytearray(good)
        bad[int(random.integers(len(bad)))] = int(random.integers(256))
        try:
            read_plain_pickle(bytes(bad))
        except PickleError as error:
            assert "\n" not in str(error)
