# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the pickles that SMPL is distributed as without running anything they hold.

A pickle is a program: it names callables and calls them. This reader knows only numpy's array reconstruction, and
stand-ins for scipy's sparse matrices and for chumpy's arrays; any other name ends the reading. The stand-ins keep the
pickled state as data; `as_array` then rebuilds and checks the array, so no code of scipy or chumpy sees raw state.
"""

import pickle
from pathlib import Path

import numpy as np
import scipy.sparse

from . import BodyError


class _Shell:
    """What was pickled as an object of a class that is not loaded: its state only."""

    kind = ""

    def __new__(cls, *args, **kwargs):
        return super().__new__(cls)

    def __init__(self, *args, **kwargs):
        self.state = {}

    def __setstate__(self, state):
        if isinstance(state, tuple) and len(state) == 2 and isinstance(state[0], dict | None):
            state = {**(state[0] or {}), **(state[1] or {})}
        if not isinstance(state, dict):
            raise pickle.UnpicklingError("a state that is no dictionary")
        self.state = state


def _shell(kind: str) -> type[_Shell]:
    return type("_Shell", (_Shell,), {"kind": kind})


class PlainArray:
    """Stands for the name numpy.ndarray, so that no pickle can allocate an array of its own choice of size."""


def _array(subtype, shape, typecode):
    """numpy's own reconstruction of an empty array, which the pickled state then fills; of plain arrays only."""
    if subtype is not PlainArray:
        raise pickle.UnpicklingError("an array of an unknown class")
    return np.ndarray.__new__(np.ndarray, (0,), "b")


def _rebuild(cls, base, state):
    """copyreg's reconstruction, of stand-ins only."""
    if not (isinstance(cls, type) and issubclass(cls, _Shell)):
        raise pickle.UnpicklingError("an object of an unknown class")
    return cls()


def _bytes(text, encoding="latin1"):
    """_codecs.encode as Python 3 writes bytes into protocol 2 pickles."""
    return str(text).encode("latin1")


_NUMPY_MODULES = ("numpy.core.multiarray", "numpy._core.multiarray")
_SPARSE = ("csc_matrix", "csr_matrix", "coo_matrix", "csc_array", "csr_array", "coo_array")
_CHUMPY = ("Ch", "Select")


def allowed(module: str, name: str):
    """What a name in a pickle stands for here. Raises pickle.UnpicklingError for any name that is not known."""
    if module in _NUMPY_MODULES and name == "_reconstruct":
        return _array
    if module in _NUMPY_MODULES and name == "scalar":
        return np.core.multiarray.scalar
    if (module, name) == ("numpy", "ndarray"):
        return PlainArray
    if (module, name) == ("numpy", "dtype"):
        return np.dtype
    if (module, name) == ("_codecs", "encode"):
        return _bytes
    if module in ("copy_reg", "copyreg") and name == "_reconstructor":
        return _rebuild
    if module in ("__builtin__", "builtins") and name == "object":
        return object
    if module.split(".")[:2] == ["scipy", "sparse"] and name in _SPARSE:
        return _shell(name)
    if module.split(".")[0] == "chumpy" and name in _CHUMPY:
        return _shell(name)
    raise pickle.UnpicklingError(f"it asks for {module}.{name}")


class _Reader(pickle.Unpickler):
    def find_class(self, module, name):
        return allowed(module, name)


def _finish(value, name: str):
    """The plain value of what a pickle held: arrays and sparse matrices from their stand-ins, the rest as it is."""
    if not isinstance(value, _Shell):
        return value
    state = value.state
    if value.kind == "Ch":
        return np.asarray(_finish(state["x"], name))
    if value.kind == "Select":  # chumpy.reordering.Select: some elements of an array, in a new shape
        picked = np.asarray(_finish(state["a"], name)).ravel()[np.asarray(state["idxs"]).ravel()]
        return picked.reshape(state.get("preferred_shape") or -1)
    shape = tuple(int(n) for n in state.get("_shape", state.get("shape")))
    data = np.asarray(state["data"])
    if value.kind.startswith("coo"):
        rows, columns = state["coords"] if "coords" in state else (state["row"], state["col"])
        return scipy.sparse.coo_matrix((data, (np.asarray(rows), np.asarray(columns))), shape=shape)
    cls = scipy.sparse.csc_matrix if value.kind.startswith("csc") else scipy.sparse.csr_matrix
    matrix = cls((data, np.asarray(state["indices"]), np.asarray(state["indptr"])), shape=shape)
    matrix.check_format(full_check=True)
    return matrix


def load_pickle(path: str | Path) -> dict:
    """Read a pickled dictionary of arrays: numpy arrays, scipy sparse matrices and chumpy arrays come back as arrays.

    Raises BodyError, in one line, for a file that cannot be read, is no such pickle, or asks for any other class or
    function; nothing a pickle names is ever called.
    """
    path = Path(path)
    try:
        with open(path, "rb") as file:
            content = _Reader(file, encoding="latin1").load()
        if not isinstance(content, dict):
            raise pickle.UnpicklingError(f"it holds a {type(content).__name__}, not a dictionary")
        return {str(name): _finish(value, name) for name, value in content.items()}
    except OSError as error:
        raise BodyError(f"{path}: cannot be read ({error.strerror or error}).") from error
    except Exception as error:  # a broken pickle raises nearly anything
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise BodyError(
            f"{path}: expected a body model pickle of numpy, scipy.sparse and chumpy arrays only; refused: {reason}."
        ) from error
