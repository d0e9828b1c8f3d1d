# SPDX-License-Identifier: GPL-3.0-or-later
"""AlphaPose's results: COCO's list form with the image's name in place of an id.

[{"image_id": "12.jpg", "category_id": 1, "keypoints": [x, y, c, ...], "score": 2.9, "box": [...], "idx": 1}, ...]
Its confidences may exceed 1. Its other two forms ("cmu", "open") are read by the OpenPose reader.
"""

from ..detections import UNKNOWN_PERSON, DetectionList, Detections, identity, triples
from ..errors import KeypointError
from .openpose import frame_numbers

FORMAT = "AlphaPose JSON"


def recognises(document) -> bool:
    return (
        isinstance(document, list)
        and bool(document)
        and isinstance(document[0], dict)
        and isinstance(document[0].get("image_id"), str)
        and "keypoints" in document[0]
    )


def read(document: list) -> Detections:
    for index, row in enumerate(document):
        if not isinstance(row, dict) or not isinstance(row.get("image_id"), str):
            raise KeypointError(f'Entry {index} of this file has no image name "image_id" ({FORMAT}).')
    names = list(dict.fromkeys(row["image_id"] for row in document))
    numbers = dict(zip(names, frame_numbers(names), strict=True))
    detections = DetectionList(FORMAT)
    for row in document:
        pose = triples(row.get("keypoints"), f"keypoints of image {row['image_id'][:60]}")
        detections.add(numbers[row["image_id"]], pose, identity(row.get("idx", row.get("track_id", UNKNOWN_PERSON))))
    return detections.finish_by_count({17: "coco17"})
