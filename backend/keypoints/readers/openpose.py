# SPDX-License-Identifier: GPL-3.0-or-later
"""OpenPose's --write_json: a folder with a JSON file a frame, one such file, or a list of such frames.

{"version": 1.3, "people": [{"person_id": [-1], "pose_keypoints_2d": [x0, y0, c0, ...]}]}; 75 numbers are BODY_25,
54 COCO-18. Old versions write "pose_keypoints". ComfyUI saves the list form, with the size of the canvas. AlphaPose
writes one file a frame or a dict of image names in this form ("--format open") or with "bodies" of "joints" ("cmu").
"""

import re
from pathlib import Path

from ..clip import checked_image_size
from ..detections import UNKNOWN_PERSON, DetectionList, Detections, identity, triples
from ..errors import KeypointError

FORMAT = "OpenPose JSON"
LAYOUTS = {25: "body25", 18: "coco18"}
_KEYS = ("pose_keypoints_2d", "pose_keypoints", "joints")


def is_frame(document) -> bool:
    """One frame: a dict with a list of people, empty or of objects that hold a pose."""
    if not isinstance(document, dict):
        return False
    people = document.get("people", document.get("bodies"))
    if not isinstance(people, list):
        return False
    return all(isinstance(person, dict) and any(key in person for key in _KEYS) for person in people)


def recognises(document) -> bool:
    if isinstance(document, list):
        return bool(document) and is_frame(document[0])
    return is_frame(document) or (
        isinstance(document, dict) and bool(document) and all(is_frame(frame) for frame in document.values())
    )


def read(document) -> Detections:
    if is_frame(document):
        return read_frames([(0, document, "this file")])
    if isinstance(document, list):
        return read_frames([(number, frame, f"frame {number}") for number, frame in enumerate(document)])
    numbers = frame_numbers(list(document))
    return read_frames([(number, frame, name) for number, (name, frame) in zip(numbers, document.items(), strict=True)])


def read_frames(frames: list[tuple[int, object, str]]) -> Detections:
    """Frames (number, document, where it came from for messages) -> detections."""
    detections = DetectionList(FORMAT)
    size = None
    for number, frame, where in frames:
        if not is_frame(frame):
            raise KeypointError(f'{where} is no OpenPose frame: expected an object with a list "people" of poses.')
        if "canvas_width" in frame and "canvas_height" in frame:
            size = checked_image_size((frame["canvas_width"], frame["canvas_height"]))
        people = frame.get("people", frame.get("bodies"))
        known = [identity(person.get("person_id", UNKNOWN_PERSON)) for person in people]
        if len(set(known)) < len(known):  # version 1.3 writes -1 for everybody, some converters 0
            known = [UNKNOWN_PERSON] * len(known)
        for person, who in zip(people, known, strict=True):
            pose = triples(next(person[key] for key in _KEYS if key in person), f"keypoints in {where}")
            if len(pose):
                detections.add(number, pose, who)
    return detections.finish_by_count(LAYOUTS, image_size=size)


def frame_numbers(names: list[str]) -> list[int]:
    """The frame number in each file's name: the last number in it that tells the files apart, else their order.

    names in any order; the numbers come in the same order. "video_000000000012_keypoints.json" is frame 12.
    """
    # 15 digits: longer ones are time stamps or hashes, not frames
    found = [[int(number) for number in re.findall(r"\d{1,15}", Path(name).stem)] for name in names]
    count = min((len(numbers) for numbers in found), default=0)
    for place in range(1, count + 1):
        numbers = [row[-place] for row in found]
        if len(set(numbers)) == len(numbers):
            return numbers
    order = sorted(range(len(names)), key=lambda index: names[index])
    numbers = [0] * len(names)
    for rank, index in enumerate(order):
        numbers[index] = rank
    return numbers
