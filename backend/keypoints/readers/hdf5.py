# SPDX-License-Identifier: GPL-3.0-or-later
"""HDF5 files as the tools for animals write them: DeepLabCut's tables and SLEAP's analyses and projects.

Only what their readers look at is loaded, as plain arrays and attributes; nothing in it is unpickled, and no link to
another file is followed.
"""

from pathlib import Path

import numpy as np

from ..errors import KeypointError

_LARGEST = 2**31  # bytes of one array, unpacked
_MOST_OBJECTS = 10_000
# Of DeepLabCut, of SLEAP's analysis, of SLEAP's project.
_READ = ("table", "tracks", "node_names", "track_names", "point_scores", "frames", "instances", "points", "pred_points",
         "tracks_json", "videos_json")  # fmt: skip


class Hdf5(dict):
    """path -> array of the datasets that are read, None for the others; attributes: path -> name -> value, plain."""

    def __init__(self):
        super().__init__()
        self.attributes: dict[str, dict[str, object]] = {}


def load_hdf5(path: Path) -> Hdf5:
    """The arrays of an HDF5 file that the readers know. KeypointError for one that is damaged or too large."""
    try:
        import h5py  # a tenth of a second, and most files are JSON
    except ImportError:
        raise KeypointError(
            f"{path.name} is an HDF5 file, and h5py, which reads them, is not installed: set up the backend again or"
            " export the keypoints as .csv or JSON."
        ) from None
    document = Hdf5()
    try:
        with h5py.File(path, "r") as file:
            document.attributes[""] = _attributes(file)
            _walk(file, "", document, h5py)
    except KeypointError:
        raise
    # whatever HDF5's own library finds wrong, in whatever way
    except (OSError, RuntimeError, ValueError, KeyError, TypeError, OverflowError, MemoryError, UnicodeError):
        raise KeypointError(f"{path.name} is damaged or incomplete: it cannot be read as HDF5.") from None
    return document


def _walk(group, where: str, document: Hdf5, h5py) -> None:
    for name in group:
        if len(document) + len(document.attributes) > _MOST_OBJECTS:
            raise KeypointError("This HDF5 file has far too many parts for a keypoint file.")
        place = f"{where}/{name}".lstrip("/")
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            continue
        item = group[name]
        if isinstance(item, h5py.Group) and place.count("/") < 3:
            document.attributes[place] = _attributes(item)
            _walk(item, place, document, h5py)
        elif isinstance(item, h5py.Dataset):
            document[place] = None
            if name in _READ and item.shape is not None and not (item.is_virtual or item.external):
                document.attributes[place] = _attributes(item)
                document[place] = _array(item, name)


def _array(dataset, name: str) -> np.ndarray:
    size = float(np.prod([float(side) for side in dataset.shape])) * dataset.dtype.itemsize
    if size > _LARGEST:
        raise KeypointError(f"The array {name!r} of this HDF5 file unpacks to {size / 1e9:.1f} GB: at most 2 GB.")
    return np.asarray(dataset[()])


def _attributes(item) -> dict[str, object]:
    """The attributes that are text, bytes or numbers; those of other kinds are left out."""
    found: dict[str, object] = {}
    for name in item.attrs:
        try:
            value = item.attrs[name]
        except (OSError, RuntimeError, ValueError, TypeError, KeyError):
            continue  # of a type that only its own program knows
        value = value.item() if isinstance(value, np.generic) else value
        if isinstance(value, str | bytes | int | float):
            found[name] = value
    return found
