# SPDX-License-Identifier: GPL-3.0-or-later
"""From a path to a document: what kind of file it is, by its content, and nothing that could run code."""

import json
from pathlib import Path

from .errors import KeypointError
from .readers.deeplabcut import load_table
from .readers.hdf5 import load_hdf5
from .readers.npz import load_arrays

LARGEST_FILE = 10**9  # bytes
_HDF5 = b"\x89HDF\r\n\x1a\n"
_REFUSED = (
    (b"\x93NUMPY", "a single .npy array: save the keypoints as an .npz with np.savez(path, points=..., fps=...)"),
    (b"\x1f\x8b", "a gzip file: unpack it first"),
    (b"\x1aE\xdf\xa3", "a video: find its keypoints with a 2D pose detector first"),
    (b"\xff\xd8\xff", "an image, not keypoints"),
    (b"\x89PNG", "an image, not keypoints"),
)


def load_document(path: Path):
    """json.loads of a JSON file, the arrays of an .npz or HDF5 file, the rows of a table; KeypointError for everything
    else."""
    data = _bytes(path)
    if not data.strip():
        raise KeypointError(f"{path.name} is empty: expected 2D keypoints as JSON or .npz.")
    if data[:2] == b"PK":
        return load_arrays(data)
    if data.startswith(_HDF5):
        return load_hdf5(path)
    if data[:1] == b"\x80" and data[1:2] <= b"\x05":  # never the start of UTF-8
        raise KeypointError(f"{path.name} is a pickle, which could run code, and is refused: save it as JSON or .npz.")
    for start, what in _REFUSED:
        if data.startswith(start):
            raise KeypointError(f"{path.name} is {what}.")
    if data[4:8] == b"ftyp":
        raise KeypointError(f"{path.name} is {_REFUSED[2][1]}.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise KeypointError(f"{path.name} is not text in UTF-8: expected 2D keypoints as JSON or .npz.") from None
    if path.suffix.lower() == ".csv" or text.startswith("scorer,"):
        return load_table(text, path.name)
    try:
        return json.loads(text)
    except RecursionError:
        raise KeypointError(f"{path.name} is nested far too deeply for a keypoint file.") from None
    except json.JSONDecodeError as error:
        raise KeypointError(
            f"{path.name} is not valid JSON (line {error.lineno}, column {error.colno}: {error.msg}):"
            " is it complete, and a keypoint file?"
        ) from None
    except ValueError:  # whole numbers of thousands of digits
        raise KeypointError(f"{path.name} has a number too large to be read.") from None


def _bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise KeypointError(f"{path.name} is {size / 1e9:.1f} GB: keypoint files of up to 1 GB are read.")
        if not path.is_file():
            raise KeypointError(f"{path.name} is not an ordinary file.")
        return path.read_bytes()
    except OSError as error:
        raise KeypointError(f"Cannot read {path}: {error.strerror or error}.") from None
    except ValueError:  # a zero byte in the name
        raise KeypointError("The path of the keypoint file is not a valid path.") from None
