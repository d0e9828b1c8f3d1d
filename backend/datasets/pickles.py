# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the pickles that motion data sets come in, plain or written by joblib, without running anything they hold.

As `bodies.safe_pickle`, from which the names that may be asked for come: a pickle is a program, and this reader gives
it numpy arrays and plain values only. joblib writes an array's bytes into the pickle right after its description.
"""

import math
import pickle
from pathlib import Path

import numpy as np

from ..bodies.safe_pickle import PlainArray, allowed
from ..evaluation import EvaluationError

_COMPRESSED = (
    b"\x1f\x8b", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda", b"BZ", b"\xfd7", b"\x5d\x00", b"\x04\x22",
)  # fmt: skip
_PLAIN = (str, bytes, int, float, bool, complex, type(None), np.generic)


class _JoblibArray:
    """What joblib writes in place of an array: its state says how the bytes that follow are to be read."""

    def __init__(self):
        self.state = {}

    def __setstate__(self, state):
        if not isinstance(state, dict):
            raise pickle.UnpicklingError("a description of an array that is no dictionary")
        self.state = state

    def read(self, file) -> np.ndarray:
        """The array whose bytes begin where the file stands."""
        dtype, shape = self.state["dtype"], self.state["shape"]
        if self.state["subclass"] is not PlainArray or not isinstance(dtype, np.dtype) or dtype.hasobject:
            raise pickle.UnpicklingError("an array of Python objects or of an unknown class")
        if not all(isinstance(side, int) and side >= 0 for side in shape):
            raise pickle.UnpicklingError("an array of no shape")
        if self.state.get("numpy_array_alignment_bytes") is not None:
            file.read(file.read(1)[0])
        size = math.prod(shape) * dtype.itemsize
        if size > _left(file):
            raise pickle.UnpicklingError("the file ends within an array")
        if not size:
            return np.zeros(shape, dtype)
        order = "F" if self.state.get("order") == "F" else "C"
        return np.frombuffer(file.read(size), dtype).reshape(shape, order=order)


def _left(file) -> int:
    """Bytes from where the file stands to its end."""
    here = file.tell()
    left = file.seek(0, 2) - here
    file.seek(here)
    return left


def _from_buffer(content, dtype, shape, order):
    """numpy's own array from the bytes of a protocol 5 pickle."""
    if not isinstance(content, bytes | bytearray):
        raise pickle.UnpicklingError("an array that is not of bytes")
    if not content:
        return np.zeros(0, dtype).reshape(shape)
    return np.frombuffer(content, dtype).reshape(shape, order=order)


def _no_bytes():
    """bytes() as Python 3 writes an empty array into protocol 2 pickles."""
    return b""


class _Reader(pickle._Unpickler):
    """Python's own unpickler, as joblib's: the one in C reads ahead of the arrays between its opcodes."""

    dispatch = dict(pickle._Unpickler.dispatch)

    def __init__(self, file):
        super().__init__(file, encoding="latin1")
        self.file = file

    def find_class(self, module, name):
        if (module, name) == ("joblib.numpy_pickle", "NumpyArrayWrapper"):
            return _JoblibArray
        if module in ("numpy.core.numeric", "numpy._core.numeric") and name == "_frombuffer":
            return _from_buffer
        if (module, name) == ("__builtin__", "bytes"):
            return _no_bytes
        return allowed(module, name)

    def load_build(self):
        # Python's own would also set attributes of whatever class or function lies there
        if not isinstance(self.stack[-2], np.ndarray | np.dtype | _JoblibArray):
            raise pickle.UnpicklingError("it holds an object that is neither an array nor a plain value")
        super().load_build()
        if isinstance(self.stack[-1], _JoblibArray):
            self.stack[-1] = self.stack[-1].read(self.file)

    dispatch[pickle.BUILD[0]] = load_build


def load_values(path: Path) -> dict:
    """A pickled dictionary of numpy arrays, strings and numbers, in dictionaries and lists of any depth.

    Raises EvaluationError, one sentence, for a file that cannot be read, is cut off, compressed, or holds anything
    else; nothing a pickle names is ever called but numpy's reconstruction of arrays.
    """
    try:
        with open(path, "rb") as file:
            if file.read(2) in _COMPRESSED:
                raise pickle.UnpicklingError("it is compressed: load it by joblib, and dump it with compress=0")
            file.seek(0)
            content = _Reader(file).load()
        if not isinstance(content, dict):
            raise pickle.UnpicklingError(f"it holds a {type(content).__name__}, not a dictionary")
        _check_plain(content, set())
        return content
    except Exception as error:  # a broken pickle raises nearly anything
        reason = getattr(error, "strerror", None) or " ".join(str(error).split())[:200] or type(error).__name__
        raise EvaluationError(f"{path.name}: expected a pickle of plain arrays and values; refused: {reason}") from None


def _check_plain(value, seen: set[int]) -> None:
    """Raise UnpicklingError for anything but arrays of numbers and plain values.

    seen: the lists and dictionaries looked into so far, as one that lies in itself or in others many times has no end.
    """
    if isinstance(value, dict | list | tuple):
        if id(value) in seen:
            return
        seen.add(id(value))
        for item in (*value, *value.values()) if isinstance(value, dict) else value:
            _check_plain(item, seen)
    elif isinstance(value, np.ndarray):
        if value.dtype.hasobject:
            raise pickle.UnpicklingError("an array of Python objects")
    elif not isinstance(value, _PLAIN):
        raise pickle.UnpicklingError("an object of an unknown class")
