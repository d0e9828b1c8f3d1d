# SPDX-License-Identifier: GPL-3.0-or-later
"""Top-down pose models in ONNX: a box about the subject in, keypoints out. RTMPose (SimCC) and ViTPose (heatmaps), of
people, or of animals with the points of AP-10K and Animal-Pose."""

from pathlib import Path

import cv2
import numpy as np

from ..keypoints.layouts import BEGIN_WITH_COCO_17, LAYOUTS
from .errors import DetectorError
from .onnx_model import MEAN, SPREAD, OnnxModel
from .pose import Box, inside

PADDING = 1.25  # of the box, as these models are trained
_USUAL_SIZE = (256, 192)


class OnnxPose:
    """layout: what the model's number of points stands for, where it looks at a subject of `subjects`: AP-10K's points
    are as many as COCO's. Raises DetectorError for a model of another kind."""

    def __init__(self, path: Path, subject: str = "human"):
        self.subject = subject
        self.model = OnnxModel(path, "pose model")
        self.size = self.model.size or _USUAL_SIZE
        points, _ = self._decode(self.model.run(np.zeros((3, *self.size), np.float32)))
        self.count = len(points)
        self.layout = self._layout()

    def look(self, image: np.ndarray, box: Box) -> tuple[np.ndarray, np.ndarray]:
        """Points (K, 2) in pixels of the image (H, W, 3) BGR and their confidence (K,), of the subject in the box."""
        height, width = self.size
        to_crop = _to_crop(box, width, height)
        crop = cv2.warpAffine(image, to_crop, (width, height), flags=cv2.INTER_LINEAR)
        normal = (crop[..., ::-1].astype(np.float32) - MEAN) / SPREAD
        points, score = self._decode(self.model.run(normal.transpose(2, 0, 1)))
        back = cv2.invertAffineTransform(to_crop)
        points = (points @ back[:, :2].T + back[:, 2])[: self._used]
        return points, inside(points, score[: self._used], image.shape[1], image.shape[0])

    @property
    def _used(self) -> int:
        return len(LAYOUTS[self.layout])

    def _layout(self) -> str:
        by_count: dict[int, str] = {}
        for layout in LAYOUTS.values():  # the first of a number is the one that models are trained for
            if layout.figure.subject == self.subject and layout.name != "openpose18":
                by_count.setdefault(len(layout), layout.name)
        if self.count in by_count:
            return by_count[self.count]
        longer = BEGIN_WITH_COCO_17 if self.subject == "human" else ()
        if self.count in longer:
            return "coco17"
        more = f", and {', '.join(map(str, longer))} of which the first 17 are COCO's" if longer else ""
        raise DetectorError(
            f"{self.model.path.name} finds {self.count} points: known for the subject {self.subject} are "
            f"{', '.join(map(str, sorted(by_count)))}{more}"
        )

    def _decode(self, outputs: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Points (K, 2) in the model's input image, and scores (K,), from whichever kind of output there is."""
        height, width = self.size
        if len(outputs) == 2 and all(output.ndim == 3 for output in outputs):
            across, down = outputs
            if across.shape[1] == down.shape[1] and across.shape[2] >= width and down.shape[2] >= height:
                return _simcc(across[0], down[0], across.shape[2] / width, down.shape[2] / height)
        maps = next((output for output in outputs if output.ndim == 4), None)
        if maps is not None and min(maps.shape[2:]) > 2:
            return _heatmaps(maps[0], width / maps.shape[3], height / maps.shape[2])
        shapes = ", ".join(str(output.shape) for output in outputs)
        raise DetectorError(
            f"{self.model.path.name} is no pose model we know: expected SimCC's two outputs (1, K, W), (1, K, H) or "
            f"heatmaps (1, K, h, w), it gives {shapes}"
        )


def _to_crop(box: Box, width: int, height: int) -> np.ndarray:
    """(2, 3) from the image to a crop of this size, about the box with some room, its sides' ratio kept."""
    scale = max((box.right - box.left) / width, (box.bottom - box.top) / height, 1e-3) * PADDING
    x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    return np.array([[1 / scale, 0, width / 2 - x / scale], [0, 1 / scale, height / 2 - y / scale]])


def _simcc(across: np.ndarray, down: np.ndarray, split_x: float, split_y: float) -> tuple[np.ndarray, np.ndarray]:
    """SimCC: each coordinate is a class. The score is the lesser of both peaks."""
    points = np.stack([across.argmax(1) / split_x, down.argmax(1) / split_y], -1)
    score = np.minimum(across.max(1), down.max(1))
    return points.astype(float), np.clip(score, 0, 1)


def _heatmaps(maps: np.ndarray, across: float, down: float) -> tuple[np.ndarray, np.ndarray]:
    """The peak of each map (K, h, w), moved a quarter of a cell towards its higher neighbour, in input pixels."""
    count, height, width = maps.shape
    best = maps.reshape(count, -1).argmax(1)
    row, column = best // width, best % width
    k = np.arange(count)
    points = np.stack([column, row], -1).astype(float)
    right, left = maps[k, row, np.minimum(column + 1, width - 1)], maps[k, row, np.maximum(column - 1, 0)]
    below, above = maps[k, np.minimum(row + 1, height - 1), column], maps[k, np.maximum(row - 1, 0), column]
    points += 0.25 * np.sign(np.stack([right - left, below - above], -1))
    return (points + 0.5) * (across, down) - 0.5, np.clip(maps[k, row, column], 0, 1)
