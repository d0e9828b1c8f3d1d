# SPDX-License-Identifier: GPL-3.0-or-later
"""One frame with the keypoints found in it, as an array that Blender's numpy reads: for a panel, square and small."""

import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np

from ..keypoints.layouts import get_layout
from ..whole_file import write_whole
from .pose import Box, Pose
from .preview import draw_pose
from .video_file import Frame

SIDE = 480  # pixels
SOONEST = 0.7  # seconds between two pictures
_BEYOND = 40  # grey, beyond the image's edges
_BOX = (80, 220, 120)  # BGR


class LivePicture:
    """Shows what a detection is finding: `add` writes a picture now and then, and tells the number of its frame."""

    def __init__(self, path: Path, layout: str, tell: Callable[[int], None]):
        self.path, self.layout, self.tell = path, layout, tell
        self._next = 0.0

    def add(self, frame: Frame, poses: list[Pose]) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        try:
            write_picture(self.path, frame.image, poses, self.layout)
        except PermissionError:  # Windows, while the picture before is being read
            return
        self._next = time.monotonic() + SOONEST
        self.tell(frame.number)


def write_picture(path: Path, image: np.ndarray, poses: list[Pose], layout: str, box: Box | None = None) -> None:
    """Write an image (H, W, 3) BGR with its poses as an .npy (SIDE, SIDE, 3) uint8, RGB. Raises OSError.

    box: to be drawn too. It shows the square of the image that holds everybody: of its shorter side's size or, where
    people are further apart, of its longer one's.
    """
    to_square = _to_square(image, poses)
    picture = cv2.warpAffine(
        image, to_square, (SIDE, SIDE), flags=cv2.INTER_AREA, borderValue=(_BEYOND, _BEYOND, _BEYOND)
    )  # fmt: skip
    for pose in poses:
        points = pose.points @ to_square[:, :2].T + to_square[:, 2]
        draw_pose(picture, Pose(points, pose.confidence, pose.person), get_layout(layout))
    if box is not None:
        corners = np.array([[box.left, box.top], [box.right, box.bottom]]) @ to_square[:, :2].T + to_square[:, 2]
        low, high = np.round(np.clip(corners, -SIDE, 2 * SIDE)).astype(int).tolist()
        cv2.rectangle(picture, low, high, _BOX, 2, cv2.LINE_AA)
    data = BytesIO()
    np.lib.format.write_array(data, np.ascontiguousarray(picture[..., ::-1]), allow_pickle=False)
    write_whole(path, data.getvalue())


def _to_square(image: np.ndarray, poses: list[Pose]) -> np.ndarray:
    """(2, 3) from the image's pixels to the square's."""
    height, width = image.shape[:2]
    boxes = [pose.box for pose in poses if pose.box is not None]
    low = np.array([min(box.left for box in boxes), min(box.top for box in boxes)]) if boxes else np.zeros(2)
    high = np.array([max(box.right for box in boxes), max(box.bottom for box in boxes)]) if boxes else [width, height]
    side = min(width, height) if (np.subtract(high, low) <= min(width, height)).all() else max(width, height)
    if not boxes:
        side = max(width, height)
    middle = np.add(low, high) / 2
    for axis, extent in enumerate((width, height)):  # inside the image, as far as that goes
        middle[axis] = np.clip(middle[axis], side / 2, extent - side / 2) if side <= extent else extent / 2
    scale = SIDE / side
    return np.array([[scale, 0, SIDE / 2 - scale * middle[0]], [0, scale, SIDE / 2 - scale * middle[1]]])
