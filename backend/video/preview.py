# SPDX-License-Identifier: GPL-3.0-or-later
"""The video with the keypoints that were found drawn onto it, to look at."""

from pathlib import Path

import cv2
import numpy as np

from ..keypoints.layouts import get_layout
from .errors import VideoError
from .pose import Pose
from .timing import stride
from .video_file import Frame, VideoFile

LONGEST_SIDE = 1280
_LEFT, _RIGHT, _MIDDLE = (60, 160, 255), (255, 160, 60), (220, 220, 220)  # BGR
_SURE = 0.3


class PreviewVideo:
    """An .mp4 that `add` gives frame after frame; removed unless it was finished. Raises VideoError."""

    def __init__(self, path: Path, video: VideoFile, layout: str):
        if path.suffix.lower() != ".mp4":
            raise VideoError(f"expected a preview named *.mp4, got {path.name}")
        width, height = video.image_size
        self.scale = min(1.0, LONGEST_SIDE / max(width, height))
        self.size = tuple(int(side * self.scale) // 2 * 2 for side in (width, height))
        self.path, self.layout = path, get_layout(layout)
        self._unfinished = path.with_name(f"{path.stem}.part.mp4")
        rate = video.fps / stride(video.fps)
        self._writer = cv2.VideoWriter(str(self._unfinished), cv2.VideoWriter_fourcc(*"mp4v"), rate, self.size)
        if not self._writer.isOpened():
            raise VideoError(f"cannot write the preview {path}")

    def __enter__(self) -> "PreviewVideo":
        return self

    def add(self, frame: Frame, poses: list[Pose]) -> None:
        image = cv2.resize(frame.image, self.size, interpolation=cv2.INTER_AREA)
        for pose in poses:
            draw_pose(image, pose, self.layout, self.scale)
        self._writer.write(image)

    def __exit__(self, kind, error, trace) -> None:
        self._writer.release()
        if kind is None:
            self._unfinished.replace(self.path)
        else:
            self._unfinished.unlink(missing_ok=True)


def draw_pose(image: np.ndarray, pose: Pose, layout, scale: float = 1.0) -> None:
    """Draw a pose onto an image (H, W, 3) uint8 BGR, which is ``scale`` times the size the pose was found in."""
    at = [tuple(int(v) for v in np.round(point * scale)) if np.isfinite(point).all() else None for point in pose.points]
    thick = max(round(min(image.shape[:2]) / 300), 1)
    sure = pose.confidence > _SURE
    for a, b in layout.bones:
        if sure[a] and sure[b]:
            cv2.line(image, at[a], at[b], _colour(layout.names[b]), 2 * thick, cv2.LINE_AA)
    for k, name in enumerate(layout.names):
        if sure[k]:
            cv2.circle(image, at[k], 2 * thick, _colour(name), -1, cv2.LINE_AA)
    if pose.box is not None:
        corner = (int(pose.box.left * scale), max(int(pose.box.top * scale) - 6, 12))
        cv2.putText(image, str(pose.person), corner, cv2.FONT_HERSHEY_SIMPLEX, 0.4 * thick + 0.3, _MIDDLE, thick)


def _colour(name: str) -> tuple[int, int, int]:
    return _LEFT if name.startswith("left") else _RIGHT if name.startswith("right") else _MIDDLE
