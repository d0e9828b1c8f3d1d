# SPDX-License-Identifier: GPL-3.0-or-later
"""MMPose 1.x predictions of a video.

The inferencer writes [{"frame_id": 0, "instances": [{"keypoints": [[x, y], ...], "keypoint_scores": [c, ...],
"bbox": [[...]], "track_id": 1}]}], the demo scripts {"meta_info": {...}, "instance_info": the same list}.
"""

import numpy as np

from ..detections import UNKNOWN_PERSON, DetectionList, Detections, identity, number_array, whole_number
from ..errors import KeypointError
from ..point_map import PointMap
from .named import finish_named

FORMAT = "MMPose JSON"


def recognises(document) -> bool:
    frames = document.get("instance_info") if isinstance(document, dict) else document
    if not isinstance(frames, list) or not frames or not isinstance(frames[0], dict):
        return False
    return isinstance(frames[0].get("instances"), list) or {"keypoints", "keypoint_scores"} <= frames[0].keys()


def read(document, mapping: PointMap | None = None) -> Detections:
    names = None
    if isinstance(document, dict):
        information = document.get("meta_info")
        names = information.get("keypoint_id2name") if isinstance(information, dict) else None
        document = document["instance_info"]
    if "instances" not in document[0]:  # the prediction of one image is its list of people
        document = [{"frame_id": 0, "instances": document}]
    detections = DetectionList(FORMAT)
    for index, frame in enumerate(document):
        people = frame.get("instances") if isinstance(frame, dict) else None
        if not isinstance(people, list) or not all(isinstance(person, dict) for person in people):
            raise KeypointError(f'Entry {index} of this file has no list "instances" of people ({FORMAT}).')
        number = whole_number(frame.get("frame_id", index), "frame_id")
        known = [identity(person.get("track_id", person.get("instance_id", UNKNOWN_PERSON))) for person in people]
        for person, who in zip(people, known, strict=True):
            points = number_array(person.get("keypoints"), f"keypoints of frame {number}")
            scores = number_array(person.get("keypoint_scores"), f"keypoint_scores of frame {number}").reshape(-1)
            if points.ndim != 2 or points.shape != (len(scores), 2):
                raise KeypointError(
                    f"Frame {number} has keypoints of shape {points.shape} with {len(scores)} scores:"
                    " expected 2D points, x and y for each score."
                )
            detections.add(number, np.c_[points, scores], who)
    return finish_named(detections, names, mapping)
