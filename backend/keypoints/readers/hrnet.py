# SPDX-License-Identifier: GPL-3.0-or-later
"""The skeleton-action form in which HRNet detections are passed on (and Kinetics-skeleton before them).

{"data": [{"frame_index": 1, "skeleton": [{"pose": [[x, y], ...] or [x, y, ...], "score": [[c], ...], "bbox": ...}]}]}
17 points are COCO's, 18 those of OpenPose's COCO model.
"""

import numpy as np

from ..detections import DetectionList, Detections, number_array, whole_number
from ..errors import KeypointError

FORMAT = "HRNet skeleton-action JSON"


def recognises(document) -> bool:
    data = document.get("data") if isinstance(document, dict) else None
    return isinstance(data, list) and bool(data) and isinstance(data[0], dict) and "skeleton" in data[0]


def read(document: dict) -> Detections:
    detections = DetectionList(FORMAT)
    for index, frame in enumerate(document["data"]):
        people = frame.get("skeleton") if isinstance(frame, dict) else None
        if not isinstance(people, list) or not all(isinstance(person, dict) for person in people):
            raise KeypointError(f'Entry {index} of "data" has no list "skeleton" of people ({FORMAT}).')
        number = whole_number(frame.get("frame_index", index), "frame_index")
        for person in people:
            points = number_array(person.get("pose"), f"pose in frame {number}")
            scores = number_array(person.get("score"), f"scores in frame {number}")
            if points.size != 2 * scores.size or not scores.size:
                raise KeypointError(f"Frame {number} has {points.size} coordinates with {scores.size} scores.")
            detections.add(number, np.c_[points.reshape(-1, 2), scores.reshape(-1)])
    return detections.finish_by_count({17: "coco17", 18: "coco18"})
