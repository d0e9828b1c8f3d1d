# SPDX-License-Identifier: GPL-3.0-or-later
"""Which detector a name stands for."""

from pathlib import Path

from .errors import DetectorError
from .pose import Box, Detector

MEDIAPIPE = "mediapipe"
MOST_PEOPLE = 8


def choose_detector(name: str, people: int = 1, boxes: Path | None = None, box: Box | None = None) -> Detector:
    """``mediapipe``, or the file of an ONNX pose model, which needs boxes to look into: of an ONNX object detector, or
    one in the first frame from which it follows its subject. Raises DetectorError."""
    if not isinstance(people, int) or not 1 <= people <= MOST_PEOPLE:
        raise DetectorError(f"expected 1 to {MOST_PEOPLE} people to look for, got {people}")
    if name == MEDIAPIPE:
        from .mediapipe_people import MediapipePeople

        if boxes is not None or box is not None:
            raise DetectorError("the detector mediapipe finds people by itself: boxes are for a pose model FILE.onnx")
        return MediapipePeople(people)
    if not name.lower().endswith(".onnx"):
        raise DetectorError(f"there is no detector {name!r}: expected {MEDIAPIPE} or the file of a pose model, .onnx")
    from .onnx_boxes import OnnxBoxes
    from .onnx_people import OnnxPeople
    from .onnx_pose import OnnxPose

    if boxes is None and box is None:
        raise DetectorError(
            f"the pose model {Path(name).name} looks at one person at a time: give --boxes FILE.onnx, an object "
            "detector, or --box X,Y,W,H, where the subject is in the first frame"
        )
    return OnnxPeople(OnnxPose(Path(name)), None if boxes is None else OnnxBoxes(boxes), box, people)
