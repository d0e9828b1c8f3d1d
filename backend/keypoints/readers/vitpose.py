# SPDX-License-Identifier: GPL-3.0-or-later
"""easy_ViTPose's --save-json.

{"keypoints": [{"0": [[y, x, score], ...], "3": ...}, ...], "skeleton": {"0": "nose", ...}}: a dict of people a frame,
the row before the column. Its 25-point COCO model is told from others by the names in "skeleton".
"""

from ..detections import DetectionList, Detections, identity, triples
from ..errors import KeypointError
from ..point_map import PointMap
from .named import finish_named

FORMAT = "ViTPose JSON"


def recognises(document) -> bool:
    frames = document.get("keypoints") if isinstance(document, dict) else None
    return (
        isinstance(frames, list)
        and bool(frames)
        and all(isinstance(frame, dict) for frame in frames)
        and ("skeleton" in document or any(frames))
    )


def read(document: dict, mapping: PointMap | None = None) -> Detections:
    detections = DetectionList(FORMAT)
    for number, frame in enumerate(document["keypoints"]):
        for person, value in frame.items():
            pose = triples(value, f"keypoints of frame {number}")
            if identity(person) < 0:
                raise KeypointError(f"Frame {number} has a person {person[:40]!r}: expected a number ({FORMAT}).")
            detections.add(number, pose[:, [1, 0, 2]], identity(person))
    return finish_named(detections, document.get("skeleton"), mapping)
