# SPDX-License-Identifier: GPL-3.0-or-later
"""Object detectors in ONNX: where the people, or the animals, of an image are."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from .errors import DetectorError
from .onnx_model import OnnxModel
from .pose import Box

LEAST_SCORE = 0.4
SAME_OBJECT = 0.6
_USUAL_SIZE = (640, 640)
_GREY = 114
#: (outputs, the size of the model's image, classes) -> corners (N, 4) in it, scores (N,), 0 for other classes
Decoder = Callable[[list[np.ndarray], tuple[int, int], tuple[int, ...]], tuple[np.ndarray, np.ndarray]]
#: COCO's classes of whom a pose model can look at: a person, and cat to giraffe.
PEOPLE, ANIMALS = (0,), tuple(range(15, 24))


class OnnxBoxes:
    """Reads three kinds of outputs: with non-maximum suppression inside (boxes with scores (1, N, 5), labels (1, N):
    RTMDet and YOLOX as MMDeploy exports them), YOLOX's rows (1, N, 85) on its three grids, and YOLOv8's columns
    (1, 84, N). classes: the numbers of those that count; a detector of one class finds what it finds. Raises
    DetectorError for another kind."""

    def __init__(self, path: Path, classes: tuple[int, ...] = (*PEOPLE, *ANIMALS)):
        self.classes = classes
        self.model = OnnxModel(path, "object detector")
        self.size = self.model.size or _USUAL_SIZE
        self._decode = self._decoder()

    def look(self, image: np.ndarray) -> list[tuple[Box, float]]:
        """Boxes in pixels of the image (H, W, 3) BGR with their scores, best first; of its classes."""
        height, width = self.size
        scale = min(height / image.shape[0], width / image.shape[1])
        small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)[:height, :width]
        padded = np.full((height, width, 3), _GREY, np.float32)
        padded[: small.shape[0], : small.shape[1]] = small
        if self._decode is _columns:  # YOLOv8 learnt from RGB of 0 to 1, the others from BGR as it is
            padded = padded[..., ::-1] / 255
        corners, scores = self._decode(self.model.run(padded.transpose(2, 0, 1)), self.size, self.classes)
        keep = scores >= LEAST_SCORE
        corners, scores = corners[keep] / scale, scores[keep]
        order = np.argsort(-scores, kind="stable")
        return _one_each([(Box(*corners[row].tolist()), float(scores[row])) for row in order])

    def _decoder(self) -> Decoder:
        outputs = self.model.run(np.zeros((3, *self.size), np.float32))
        shapes = [output.shape for output in outputs]
        if len(shapes) == 2 and len(shapes[0]) == 3 and shapes[0][2] == 5 and len(shapes[1]) == 2:
            return _suppressed
        if len(shapes[0]) == 3 and shapes[0][2] > 5 and shapes[0][1] == len(_grid(self.size)[0]):
            return _rows
        if len(shapes[0]) == 3 and shapes[0][1] > 4 and shapes[0][2] == len(_grid(self.size)[0]):
            return _columns
        raise DetectorError(
            f"{self.model.path.name} is no object detector we know: expected boxes (1, N, 5) with labels (1, N), "
            f"YOLOX's (1, N, 85) or YOLOv8's (1, 84, N), it gives {', '.join(map(str, shapes))}"
        )


def _suppressed(outputs: list[np.ndarray], size: tuple[int, int], classes: tuple[int, ...]):
    """Boxes as they are, each with its class."""
    rows, labels = outputs[0][0], outputs[1][0]
    return rows[:, :4], np.where(np.isin(labels, classes), rows[:, 4], 0.0)


def _rows(outputs: list[np.ndarray], size: tuple[int, int], classes: tuple[int, ...]):
    """YOLOX: centres as offsets from a cell, sizes as logarithms of cells, how sure of an object and of each class."""
    rows = outputs[0][0]
    cell, stride = _grid(size)
    middle, sides = (rows[:, :2] + cell) * stride, np.exp(np.minimum(rows[:, 2:4], 10)) * stride
    return _corners(middle, sides), rows[:, 4] * _best(rows[:, 5:], classes)


def _columns(outputs: list[np.ndarray], size: tuple[int, int], classes: tuple[int, ...]):
    """YOLOv8: centres, sizes and how sure of each class."""
    rows = outputs[0][0].T
    return _corners(rows[:, :2], rows[:, 2:4]), _best(rows[:, 4:], classes)


def _best(scores: np.ndarray, classes: tuple[int, ...]) -> np.ndarray:
    """The best of the scores (N, C) of these classes (N,); a detector of one class has only that."""
    columns = [label for label in classes if label < scores.shape[1]] if scores.shape[1] > 1 else [0]
    return scores[:, columns].max(1) if columns else np.zeros(len(scores))


def _corners(middle: np.ndarray, sides: np.ndarray) -> np.ndarray:
    return np.concatenate([middle - sides / 2, middle + sides / 2], -1)


def _grid(size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """The cells (N, 2) of the strides 8, 16 and 32 as x, y, and the stride (N, 1) of each."""
    cells, strides = [], []
    for stride in (8, 16, 32):
        height, width = size[0] // stride, size[1] // stride
        y, x = np.mgrid[:height, :width]
        cells.append(np.stack([x.ravel(), y.ravel()], -1))
        strides.append(np.full((height * width, 1), stride))
    return np.concatenate(cells), np.concatenate(strides)


def _one_each(found: list[tuple[Box, float]]) -> list[tuple[Box, float]]:
    """Non-maximum suppression of boxes, best first."""
    kept: list[tuple[Box, float]] = []
    for box, score in found:
        if box.area > 0 and all(box.overlap(other) < SAME_OBJECT for other, _ in kept):
            kept.append((box, score))
    return kept
