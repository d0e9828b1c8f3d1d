# SPDX-License-Identifier: GPL-3.0-or-later
"""Read named plain arrays from a .npz that may come from anywhere: no pickle, no surprise in size."""

import math
import zipfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from . import CoreError

# Far above any motion (a million frames of SMPL are 300 MB), far below what a crafted zip can claim to hold.
LARGEST = 2 << 30


def read_arrays(path: Path, names: Iterable[str], error: type[CoreError], what: str) -> dict[str, np.ndarray]:
    """Those of the named arrays that the .npz holds; others in it are never decoded.

    error is raised, in one line that calls the file `what`, when the file is missing, is no .npz, is damaged, is too
    large, or when a wanted array is made of Python objects (such an array runs code when it is read, so it is not).
    """
    if not path.is_file():
        problem = "is a folder" if path.is_dir() else "does not exist"
        raise error(f"{path} {problem}; expected {what}")
    try:
        with zipfile.ZipFile(path) as archive:
            held = {info.filename: info.file_size for info in archive.infolist()}
            wanted = [name for name in names if f"{name}.npy" in held]
            if sum(held[f"{name}.npy"] for name in wanted) > LARGEST:
                raise error(f"{path} says it holds more than {LARGEST >> 30} GiB; expected {what}")
            return {name: _read_array(archive, name, held[f"{name}.npy"]) for name in wanted}
    except error:
        raise
    except zipfile.BadZipFile:
        raise error(f"{path} is not an .npz file; expected {what}") from None
    except Exception as problem:  # a crafted or damaged file can make zip, zlib and numpy raise nearly anything
        raise error(f"{path} cannot be read as {what}: {problem or type(problem).__name__}") from None


def _read_array(archive: zipfile.ZipFile, name: str, size: int) -> np.ndarray:
    """One array. Its header is held against the room it has in the file, before memory is taken on its word."""
    headers = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    with archive.open(f"{name}.npy") as file:
        version = np.lib.format.read_magic(file)
        if version not in headers:
            raise ValueError(f"{name} is written in numpy's format {version}")
        shape, by_columns, dtype = headers[version](file)
        if dtype.hasobject:
            raise ValueError(f"{name} holds Python objects, which can run code when they are read")
        if math.prod(shape) * np.dtype(np.float64).itemsize > LARGEST:  # as which it is worked with
            raise ValueError(f"{name} is {shape}, which is too much")
        if math.prod(shape) * dtype.itemsize != size - file.tell():
            raise ValueError(f"{name} is said to be {shape} of {dtype}, which is not what there is")
        return np.ndarray(shape, dtype, bytearray(file.read()), order="F" if by_columns else "C")


def numbers(array: np.ndarray, name: str, path: Path, error: type[CoreError]) -> np.ndarray:
    """The array as float64, if it holds nothing but finite real numbers."""
    if array.dtype.kind not in "fiu":
        raise error(f"{path}: {name} must hold numbers, it holds {array.dtype}")
    array = array.astype(np.float64)
    if not np.isfinite(array).all():
        raise error(f"{path}: {name} holds {np.count_nonzero(~np.isfinite(array))} values that are not finite numbers")
    return array


def words(array: np.ndarray) -> list[str]:
    """An array of strings (unicode or bytes, any shape) as a list; [] when it holds something else."""
    if array.dtype.kind == "S":
        return [item.decode("utf-8", "replace") for item in array.ravel().tolist()]
    return [str(item) for item in array.ravel().tolist()] if array.dtype.kind == "U" else []
