# SPDX-License-Identifier: GPL-3.0-or-later
"""SLEAP's analysis file (.h5): the tracks of all animals in one array.

tracks (tracks, 2, nodes, frames), or turned about (frames, nodes, 2, tracks), NaN where a point is missing;
node_names, track_names; point_scores (tracks, nodes, frames) from newer versions, else every point counts fully.
"""

import numpy as np

from ..clip import MAXIMUM_FRAMES
from ..detections import UNKNOWN_PERSON, DetectionList, Detections
from ..errors import KeypointError
from ..point_map import PointMap, finish_mapped
from .hdf5 import Hdf5

FORMAT = "SLEAP analysis"


def recognises(document) -> bool:
    return isinstance(document, Hdf5) and document.get("tracks") is not None and document.get("node_names") is not None


def read(document: Hdf5, mapping: PointMap | None = None) -> Detections:
    tracks, names = document["tracks"], texts(document["node_names"])
    if tracks.ndim != 4 or tracks.dtype.kind not in "fiu":
        raise KeypointError(f"The tracks of a SLEAP analysis are (tracks, 2, nodes, frames); these are {tracks.shape}.")
    if tracks.shape[1:3] != (2, len(names)) and tracks.shape[1:3] == (len(names), 2):
        tracks = tracks.T
    if tracks.shape[1:3] != (2, len(names)):
        raise KeypointError(f"The tracks of this SLEAP analysis are {tracks.shape} with {len(names)} names of nodes.")
    count = tracks.shape[3]
    if count > MAXIMUM_FRAMES:
        raise KeypointError(f"This file has {count:,} frames: at most {MAXIMUM_FRAMES:,} can be read.")
    scores = _scores(document.get("point_scores"), (tracks.shape[0], len(names), count))
    # without a tracker, SLEAP fills the slots in any order from frame to frame
    tracked = document.get("track_names") is not None and document["track_names"].size > 0
    detections = DetectionList(FORMAT)
    for number, (track, score) in enumerate(zip(tracks.astype(np.float64), scores, strict=True)):
        poses = np.concatenate([track, score[None]]).transpose(2, 1, 0)  # (T,K,3)
        for frame in np.nonzero(np.isfinite(poses[..., 0]).any(axis=1))[0]:
            detections.add(int(frame), poses[frame], number if tracked else UNKNOWN_PERSON)
    return finish_mapped(detections, names, mapping)


def _scores(array: np.ndarray | None, shape: tuple[int, ...]) -> np.ndarray:
    """(tracks, nodes, frames) confidences, 1 where the file has none."""
    if array is None or array.dtype.kind not in "fiu":
        return np.ones(shape)
    array = array if array.shape == shape else array.T
    if array.shape != shape:
        raise KeypointError(f"The point_scores of this SLEAP analysis are {array.shape}; its tracks want {shape}.")
    return array.astype(np.float64)


def texts(array: np.ndarray) -> list[str]:
    """Names out of an array of text or bytes."""
    return [
        value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value) for value in array.ravel().tolist()
    ]
