# SPDX-License-Identifier: GPL-3.0-or-later
"""SLEAP's project file (.slp): what was labelled and what was predicted, frame by frame.

Tables of rows: `frames` (video, frame_idx, and which instances), `instances` (track, skeleton, and which points),
`points` of the labelled and `pred_points` of the predicted ones. The skeleton is JSON in an attribute of `metadata`,
the names of the tracks and the videos are lists of JSON.
"""

import json

import numpy as np

from ..clip import checked_image_size
from ..detections import UNKNOWN_PERSON, DetectionList, Detections, whole_number
from ..errors import KeypointError
from ..point_map import PointMap, finish_mapped
from .hdf5 import Hdf5
from .sleap import texts

FORMAT = "SLEAP project"
_TABLES = {
    "frames": ("frame_id", "video", "frame_idx", "instance_id_start", "instance_id_end"),
    "instances": ("instance_type", "skeleton", "track", "from_predicted", "point_id_start", "point_id_end"),
    "points": ("x", "y", "visible"),
    "pred_points": ("x", "y", "visible", "score"),
}
_PREDICTED = 1  # as an instance's type
_HALF_A_PIXEL_BEFORE = 1.1  # the format in which a pixel's centre began to be a whole number


def recognises(document) -> bool:
    return (
        isinstance(document, Hdf5) and {"frames", "instances"} <= document.keys() and "metadata" in document.attributes
    )


def read(document: Hdf5, mapping: PointMap | None = None) -> Detections:
    for name, fields in _TABLES.items():
        table = document.get(name)
        if table is None or table.ndim != 1 or not set(fields) <= set(table.dtype.names or ()):
            raise KeypointError(
                f"The table {name} of this SLEAP project is missing or lacks one of {', '.join(fields)}."
            )
    metadata = _json(document.attributes["metadata"].get("json"), "metadata")
    frames, instances = document["frames"], document["instances"]
    if not len(frames) or not len(instances):
        raise KeypointError("There is no animal in this SLEAP project: nothing is labelled or predicted.")
    videos, counts = np.unique(frames["video"], return_counts=True)
    video, others = int(videos[counts.argmax()]), len(videos) - 1
    frames = frames[frames["video"] == video]
    skeleton = int(instances["skeleton"][0])
    names = _nodes(metadata, skeleton)
    shift = 0.5 if _number(document.attributes["metadata"].get("format_id")) < _HALF_A_PIXEL_BEFORE else 0.0
    detections = DetectionList(FORMAT)
    for frame in frames:
        number = whole_number(frame["frame_idx"].item(), "frame_idx of a SLEAP project")
        first, last = int(frame["instance_id_start"]), int(frame["instance_id_end"])
        if not 0 <= first <= last <= len(instances):
            raise KeypointError(f"Frame {number} of this SLEAP project has instances that are not in the file.")
        here = range(first, last)
        corrected = {int(instances["from_predicted"][each]) for each in here}
        for each in here:
            instance = instances[each]
            if each not in corrected and int(instance["skeleton"]) == skeleton:
                pose = _pose(document, instance, number, len(names))
                pose[:, :2] -= shift * (int(instance["instance_type"]) != _PREDICTED)
                track = int(instance["track"])
                detections.add(number, pose, track if track >= 0 else UNKNOWN_PERSON)
    note = (f"The project has {others + 1} videos: the one with the most frames is read.",) if others else ()
    size, file = _video(document.get("videos_json"), video)
    return finish_mapped(detections, names, mapping, image_size=size, video=file, warnings=note)


def _pose(document: Hdf5, instance, number: int, count: int) -> np.ndarray:
    """(K,3) x, y and score of an instance; labelled points count fully, those marked invisible not at all."""
    predicted = int(instance["instance_type"]) == _PREDICTED
    table = document["pred_points" if predicted else "points"]
    first, last = int(instance["point_id_start"]), int(instance["point_id_end"])
    if not (0 <= first <= last <= len(table) and last - first == count):
        raise KeypointError(
            f"An instance in frame {number} of this SLEAP project has not the {count} points it should."
        )
    points = table[first:last]
    score = np.clip(points["score"], 0, 1) if predicted else np.ones(count)
    return np.stack([points["x"], points["y"], np.where(points["visible"], score, 0.0)], axis=-1).astype(np.float64)


def _nodes(metadata, skeleton: int) -> list[str]:
    """The names of a skeleton's nodes, in its own order."""
    try:
        everywhere = [node["name"] if isinstance(node, dict) else node for node in metadata["nodes"]]
        chosen = [node["id"] for node in metadata["skeletons"][skeleton]["nodes"]]
        return [str(everywhere[place]) for place in chosen]
    except (KeyError, IndexError, TypeError):
        raise KeypointError("The skeleton of this SLEAP project cannot be read from its metadata.") from None


def _video(array: np.ndarray | None, number: int) -> tuple[tuple[int, int] | None, str]:
    """The picture's size and the name of a video, as far as the project tells."""
    listed = texts(array) if array is not None else []
    if number >= len(listed):
        return None, ""
    backend = _json(listed[number], "videos")
    backend = backend.get("backend", backend) if isinstance(backend, dict) else {}
    backend = backend if isinstance(backend, dict) else {}
    shape, name = backend.get("shape"), backend.get("filename")
    sound = isinstance(shape, list) and len(shape) == 4 and all(isinstance(side, int) and side > 0 for side in shape)
    size = checked_image_size((shape[2], shape[1])) if sound else None
    return size, name if isinstance(name, str) and name != "." else ""


def _json(text, what: str):
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError):
        raise KeypointError(f"The {what} of this SLEAP project are not valid JSON.") from None


def _number(value) -> float:
    return float(value) if isinstance(value, int | float) else _HALF_A_PIXEL_BEFORE
