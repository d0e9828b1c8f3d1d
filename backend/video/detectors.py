# SPDX-License-Identifier: GPL-3.0-or-later
"""Which detector a name stands for."""

import os
from dataclasses import dataclass
from pathlib import Path

from .errors import DetectorError
from .pose import Box, Detector

MEDIAPIPE = "mediapipe"
MOST_PEOPLE = 8
ENDING = ".onnx"


@dataclass(frozen=True)
class DetectorChoice:
    """name: `mediapipe`, or the file of an ONNX pose model. boxes: the file of an ONNX object detector. box (left, top,
    right, bottom) in pixels: where the subject is in the first frame. subject: whom the model looks at."""

    name: str = MEDIAPIPE
    boxes: Path | None = None
    box: tuple[float, float, float, float] | None = None
    subject: str = "human"

    def make(self, people: int = 1) -> Detector:
        """The detector. Raises DetectorError."""
        return choose_detector(self.name, people, self.boxes, self.box and Box(*self.box), self.subject)


def choose_detector(
    name: str, people: int = 1, boxes: Path | None = None, box: Box | None = None, subject: str = "human"
) -> Detector:
    """``mediapipe``, or the file of an ONNX pose model, which needs boxes to look into: of an ONNX object detector, or
    one in the first frame from which it follows its subject. Files are looked for in `detector_folder` too. Raises
    DetectorError."""
    if not isinstance(people, int) or not 1 <= people <= MOST_PEOPLE:
        raise DetectorError(f"expected 1 to {MOST_PEOPLE} people to look for, got {people}")
    if name == MEDIAPIPE:
        from .mediapipe_people import MediapipePeople

        if boxes is not None or box is not None:
            raise DetectorError("the detector mediapipe finds people by itself: boxes are for a pose model FILE.onnx")
        if subject != "human":
            raise DetectorError(
                f"the detector mediapipe finds people only: a {subject} needs a pose model of animals, FILE.onnx"
            )
        return MediapipePeople(people)
    if not name.lower().endswith(ENDING):
        raise DetectorError(f"there is no detector {name!r}: expected {MEDIAPIPE} or the file of a pose model, .onnx")
    from .onnx_boxes import ANIMALS, PEOPLE, OnnxBoxes
    from .onnx_people import OnnxPeople
    from .onnx_pose import OnnxPose

    if boxes is None and box is None:
        raise DetectorError(
            f"the pose model {Path(name).name} looks at one subject at a time: give --boxes FILE.onnx, an object "
            "detector, or --box X,Y,W,H, where the subject is in the first frame"
        )
    pose = OnnxPose(find_model(name), subject)
    classes = PEOPLE if subject == "human" else ANIMALS
    return OnnxPeople(pose, None if boxes is None else OnnxBoxes(find_model(boxes), classes), box, people)


def find_model(file: str | Path) -> Path:
    """A model's file: as named, else by its bare name in `detector_folder`, which is also where one that is nowhere
    goes."""
    path = Path(file)
    return path if path.is_file() or path.parent != Path() else detector_folder() / path


def detector_folder() -> Path:
    """Where models lie that were fetched: $LIFT3D_DETECTORS, else in the user's cache. It need not be there."""
    given = os.environ.get("LIFT3D_DETECTORS")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(given) if given else cache / "lift3d" / "detectors"
