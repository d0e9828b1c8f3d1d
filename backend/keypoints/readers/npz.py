# SPDX-License-Identifier: GPL-3.0-or-later
"""Arrays in an .npz, read without pickle.

points or keypoints (T,K,2), or (T,K,3) with the confidence third, or (P,T,K,2|3) for several people; optional:
confidence (T,K) or (P,T,K), fps, image_size (2,), layout, frame_start. Of our motion files (keypoints_2d) the 2D
keypoints are read. Without a layout the number of points tells: 17 coco17, 18 openpose18, 25 body25.
"""

import ast
import io
import lzma
import zipfile
import zlib

import numpy as np

from ..clip import MAXIMUM_FRAMES, checked_fps, checked_image_size
from ..detections import Detections, clean, whole_number
from ..errors import KeypointError
from ..layouts import get_layout

FORMAT = "npz"
MOTION_FORMAT = "motion file"
_LARGEST = 2**31  # bytes of one array, unpacked: more than a million frames of 133 points
_POINTS = ("keypoints_2d", "points", "keypoints")
_READ = (*_POINTS, "confidence", "fps", "mocap_framerate", "image_size", "layout", "frame_start")


class Arrays(dict):
    """The arrays of an .npz by name, told from a JSON object by its type; those not read are None."""


def load_arrays(data: bytes) -> Arrays:
    """The arrays of an .npz that this reader knows; the names of all others with None. Never unpickles anything."""
    arrays = Arrays()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                name = entry.filename.removesuffix(".npy")
                arrays[name] = _load(archive, entry, name) if name in _READ else None
    except (
        zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError, NotImplementedError,
        ValueError, KeyError, OverflowError, MemoryError, UnicodeError,
    ):  # fmt: skip
        raise KeypointError("This .npz is damaged or incomplete: its zip archive cannot be read.") from None
    return arrays


def _load(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> np.ndarray:
    if entry.file_size > _LARGEST:
        raise KeypointError(f"The array {name!r} of this .npz unpacks to {entry.file_size / 1e9:.1f} GB: at most 2 GB.")
    with archive.open(entry) as stream:
        data = stream.read(_LARGEST)
    try:
        shape, dtype = _header(data)
        if dtype.hasobject:
            raise KeypointError(
                f"The array {name!r} of this .npz holds Python objects (a pickle), which could run code and is refused:"
                " save plain arrays of numbers."
            )
        # checked by hand because numpy would set aside whatever the header claims before it looks at the data
        if min(shape, default=0) < 0 or np.prod([float(side) for side in shape]) * dtype.itemsize > len(data):
            raise ValueError
        return np.lib.format.read_array(io.BytesIO(data), allow_pickle=False)
    except (
        ValueError, TypeError, SyntaxError, KeyError, EOFError, OverflowError, MemoryError, RecursionError,
    ):  # fmt: skip
        raise KeypointError(f"The array {name!r} of this .npz is damaged or incomplete.") from None


def _header(data: bytes) -> tuple[tuple[int, ...], np.dtype]:
    """Shape and type that an .npy states."""
    stream = io.BytesIO(data)
    version = np.lib.format.read_magic(stream)
    size = int.from_bytes(stream.read(2 if version[0] == 1 else 4), "little")
    if size > 10_000:
        raise ValueError
    header = ast.literal_eval(stream.read(size).decode("utf-8"))
    return tuple(int(side) for side in header["shape"]), np.lib.format.descr_to_dtype(header["descr"])


def recognises(document) -> bool:
    return isinstance(document, Arrays)


def read(document: Arrays) -> Detections:
    name = next((name for name in _POINTS if name in document), None)
    if name != "keypoints_2d" and "poses" in document:
        raise KeypointError("This .npz is a 3D motion without 2D keypoints, there is nothing to lift: import it.")
    if name is None:
        listed = ", ".join(list(document)[:8]) or "nothing"
        raise KeypointError(f"This .npz has no 2D keypoints: expected points or keypoints, found {listed[:200]}.")
    points = _numbers(document[name], name)
    points = points[None] if points.ndim == 3 else points
    if points.ndim != 4 or points.shape[-1] not in (2, 3) or 0 in points.shape:
        raise KeypointError(f"{name} are (T,K,2), (T,K,3) or for several people (P,T,K,2|3); these are {points.shape}.")
    people, frames, count = points.shape[:3]
    if frames > MAXIMUM_FRAMES:
        raise KeypointError(f"This clip has {frames:,} frames: at most {MAXIMUM_FRAMES:,} can be read.")
    if document.get("confidence") is not None:
        confidence = _numbers(document["confidence"], "confidence")
        confidence = confidence[None] if confidence.ndim == 2 else confidence
        if confidence.shape != points.shape[:3]:
            raise KeypointError(f"The confidence {confidence.shape} does not fit the keypoints {points.shape}.")
    else:
        confidence = points[..., 2] if points.shape[-1] == 3 else np.ones(points.shape[:3])
    layout = _layout(document.get("layout"), count)
    start = whole_number(_scalar(document, "frame_start", 0), "frame_start")
    fps = _scalar(document, "fps", _scalar(document, "mocap_framerate", None))
    return clean(
        Detections(
            format=MOTION_FORMAT if name == "keypoints_2d" else FORMAT,
            layout=layout,
            frames=np.tile(np.arange(start, start + frames), people),
            people=np.repeat(np.arange(people), frames),
            points=points[..., :2].reshape(-1, count, 2),
            confidence=confidence.reshape(-1, count),
            fps=None if fps is None else checked_fps(fps),
            image_size=checked_image_size(_size(document.get("image_size"))),
            settled=True,
        )
    )


def _numbers(array: np.ndarray, name: str) -> np.ndarray:
    if array.dtype.kind not in "fiub":
        raise KeypointError(f"The array {name!r} of this .npz is not of numbers ({str(array.dtype)[:40]}).")
    return array.astype(np.float64)


def _scalar(document: dict, name: str, default):
    array = document.get(name)
    if array is None:
        return default
    if array.size != 1 or array.dtype.kind not in "fiu":
        raise KeypointError(f"The array {name!r} of this .npz is not one number.")
    return array.reshape(-1)[0].item()


def _size(array: np.ndarray | None):
    if array is None:
        return None
    return array.tolist() if array.shape == (2,) else (np.nan, np.nan)


def _layout(array: np.ndarray | None, count: int) -> str:
    if array is not None and array.size == 1 and array.dtype.kind == "U":
        return get_layout(str(array.reshape(-1)[0])).name
    layouts = {17: "coco17", 18: "openpose18", 25: "body25"}
    if count not in layouts:
        raise KeypointError(f"Poses of {count} points: expected 17 (coco17), 18 (openpose18) or 25 (body25).")
    return layouts[count]
