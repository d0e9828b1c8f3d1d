# SPDX-License-Identifier: GPL-3.0-or-later
"""BADJA's annotations of an animal in a video.

[{"image_path": "clip/rgb/0000.png", "joints": [[row, column], ...], "visibility": [true, ...]}, ...]: 37 slots, of
which 21 are used (see animal_layouts.py for whose they are), in pixels. A joint that is not visible has a position in
most frames, carried along by whoever annotated it: it counts as missing.
"""

import numpy as np

from ..animal_layouts import BADJA_SLOTS
from ..detections import DetectionList, Detections, number_array
from ..errors import KeypointError
from .openpose import frame_numbers

FORMAT = "BADJA JSON"
SLOTS = 37


def recognises(document) -> bool:
    return (
        isinstance(document, list)
        and bool(document)
        and isinstance(document[0], dict)
        and {"image_path", "joints", "visibility"} <= document[0].keys()
    )


def read(document: list) -> Detections:
    for index, row in enumerate(document):
        if not isinstance(row, dict) or not isinstance(row.get("image_path"), str):
            raise KeypointError(f'Entry {index} of this file has no image "image_path" ({FORMAT}).')
    names = list(dict.fromkeys(row["image_path"] for row in document))
    if len(names) < len(document):
        raise KeypointError(f"This file has an image twice ({FORMAT}): one animal in each is read.")
    detections = DetectionList(FORMAT)
    for row, number in zip(document, frame_numbers(names), strict=True):
        joints = number_array(row.get("joints"), f"joints of image {row['image_path'][:60]}")
        visible = number_array(row.get("visibility"), f"visibility of image {row['image_path'][:60]}")
        if joints.shape != (SLOTS, 2) or visible.shape != (SLOTS,):
            raise KeypointError(
                f"Image {row['image_path'][:60]} has joints {joints.shape} with visibility {visible.shape}:"
                f" expected {SLOTS} rows and columns ({FORMAT})."
            )
        pose = np.c_[joints[:, ::-1], visible > 0]
        detections.add(number, pose[list(BADJA_SLOTS)], 0)
    return detections.finish("badja", settled=True)
