# SPDX-License-Identifier: GPL-3.0-or-later
"""What finds the keypoints of a video: from the panel's settings to the options of a detection. No bpy."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from .body_family import CAT, HUMAN

MEDIAPIPE, PERSON, ANIMAL = "MEDIAPIPE", "PERSON", "ANIMAL"
ENDING = ".onnx"
BUNDLED = "mediapipe"  # as the backend calls its own


def detector_subject(detector: str) -> str:
    """Whom a detector finds."""
    return CAT if detector == ANIMAL else HUMAN


def detector_options(settings: Any, absolute: Callable[[str], str]) -> dict[str, Any]:
    """The options as the backend names them, of a detection or of the lift of a video; {} for its own detector.

    settings: Scene.lift3d_detection, or anything with its fields. absolute: makes a path of the settings absolute.
    """
    if settings.detector == MEDIAPIPE:
        return {}
    subject = detector_subject(settings.detector)
    options: dict[str, Any] = {"detector": absolute(settings.pose_model), "subject": subject}
    if settings.box_model:
        options["boxes"] = absolute(settings.box_model)
    else:
        options["box"] = box(settings.box)
    return options


def box(given: Sequence[float]) -> list[float]:
    """Left, top, right and bottom of left, top, width and height."""
    left, top, width, height = map(float, given)
    return [left, top, left + width, top + height]


def lacking(settings: Any) -> str:
    """What the chosen detector still needs, as half a sentence; "" for nothing."""
    if settings.detector == MEDIAPIPE:
        return ""
    if not settings.pose_model:
        return f"choose the file of the pose model ({ENDING}) in the panel Detection"
    if not settings.box_model and not (settings.box[2] > 0 and settings.box[3] > 0):
        return f"choose an object detector ({ENDING}), or say where the subject is in the first frame"
    return ""


def find_model(word: str, folder: Path) -> str:
    """The path of a model named on a command line: the file if there is one, else in the folder of the fetched ones,
    which is also where one that is nowhere goes. What is no file's name stays as it is."""
    path = Path(word)
    if not word.lower().endswith(ENDING):
        return word
    return str((path if path.is_file() or path.parent != Path() else folder / path).absolute())
