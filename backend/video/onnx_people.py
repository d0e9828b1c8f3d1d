# SPDX-License-Identifier: GPL-3.0-or-later
"""A pose model that looks at one subject at a time, led from frame to frame by boxes."""

import numpy as np

from .onnx_boxes import OnnxBoxes
from .onnx_pose import OnnxPose
from .pose import Box, Pose

LOOK_EVERY = 10  # frames between two looks of the object detector while everybody is in sight
SEEN = 0.3  # a point's confidence
LEAST_SEEN = 0.3  # of the points; fewer: the subject is lost
SAME = 0.3  # overlap of a box with that of the frame before
ROOM = 0.1  # about the points of the frame before


class OnnxPeople:
    """Follows up to ``most`` subjects, see `pose.Detector`: by the boxes of an object detector and, between its looks,
    by the box about the points of the frame before. Without an object detector it follows what is in ``box`` in the
    first frame, and looks there again where it lost it."""

    def __init__(self, pose: OnnxPose, boxes: OnnxBoxes | None, box: Box | None, most: int = 1):
        self.pose, self.boxes, self.box, self.most = pose, boxes, box, most
        self.layout = pose.layout
        self._last: dict[int, Box] = {}
        self._lost: Box | None = box
        self._next = 0
        self._frame = 0

    def look(self, image: np.ndarray) -> list[Pose]:
        subjects = dict(self._last)
        if self.boxes is not None and (len(subjects) < self.most or self._frame % LOOK_EVERY == 0):
            subjects = self._matched([box for box, _ in self.boxes.look(image)])
        elif self.boxes is None and not subjects and self._lost is not None:
            subjects = {self._next: self._lost}
        self._frame += 1
        poses = []
        for person, box in subjects.items():
            points, confidence = self.pose.look(image, box)
            found = Pose(points, confidence, person)
            sure = points[confidence > SEEN]
            if len(sure) < max(LEAST_SEEN * len(points), 2):
                if person in self._last:
                    self._lost = self._last.pop(person).grown(ROOM)
                continue
            self._next = max(self._next, person + 1)
            self._last[person] = Box(*sure.min(0).tolist(), *sure.max(0).tolist()).grown(ROOM)
            poses.append(found)
        return sorted(poses, key=lambda pose: pose.person)

    def reset(self) -> None:
        self._last, self._frame = {}, 0

    def close(self) -> None:
        self.reset()

    def _matched(self, found: list[Box]) -> dict[int, Box]:
        """Boxes under the numbers of the people whom they overlap most; new ones get new numbers."""
        subjects: dict[int, Box] = {}
        free = list(found)
        for person, last in self._last.items():
            best = max(free, key=last.overlap, default=None)
            if best is not None and last.overlap(best) > SAME:
                free.remove(best)
                subjects[person] = best
            else:
                subjects[person] = last  # the object detector missed it: the points may still lead on
        number = self._next
        for box in free[: max(self.most - len(subjects), 0)]:
            subjects[number] = box
            number += 1
        self._last = {person: box for person, box in self._last.items() if person in subjects}
        return subjects
