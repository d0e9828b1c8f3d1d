# SPDX-License-Identifier: GPL-3.0-or-later
"""Open an ONNX model of the user's and say clearly what is wrong with it."""

from pathlib import Path

import numpy as np

from .errors import DetectorError

# Of ImageNet, by which nearly every pose model's images are normalised: RGB, 0 to 255.
MEAN = np.array([123.675, 116.28, 103.53], np.float32)
SPREAD = np.array([58.395, 57.12, 57.375], np.float32)


class OnnxModel:
    """One image in, arrays out. size (height, width) of that image, None where the model takes any."""

    def __init__(self, path: Path, what: str):
        self.path = Path(path)
        if not self.path.is_file():
            raise DetectorError(f"there is no {what} {path}: put its .onnx file there, or name another")
        try:
            import onnxruntime
        except ImportError as error:
            raise DetectorError(
                f"ONNX Runtime is not installed ({error}): run set_up.py, or Repair in the add-on"
            ) from None
        onnxruntime.set_default_logger_severity(4)
        try:
            self._session = onnxruntime.InferenceSession(str(self.path), providers=_providers(onnxruntime))
        except Exception as error:  # onnxruntime has a class of its own for every way a file can be broken
            raise DetectorError(f"{self.path.name} is no ONNX model that can be run ({_short(error)})") from None
        inputs = self._session.get_inputs()
        shape = inputs[0].shape if inputs else []
        if len(inputs) != 1 or len(shape) != 4 or shape[1] not in (3, None) and not isinstance(shape[1], str):
            given = ", ".join(f"{node.name} {node.shape}" for node in inputs)
            raise DetectorError(f"{self.path.name} is no {what}: expected one input (1, 3, H, W), it has {given}")
        self._input = inputs[0].name
        sides = shape[2:]
        self.size = tuple(sides) if all(isinstance(side, int) and side > 0 for side in sides) else None

    def run(self, image: np.ndarray) -> list[np.ndarray]:
        """image (3, H, W) float32 -> the model's outputs, with their first axis of 1. Raises DetectorError."""
        try:
            return self._session.run(None, {self._input: np.ascontiguousarray(image[None], np.float32)})
        except Exception as error:
            raise DetectorError(f"{self.path.name} failed on an image of {image.shape} ({_short(error)})") from None


def _providers(onnxruntime) -> list[str]:
    there = onnxruntime.get_available_providers()
    wanted = ("CUDAExecutionProvider", "CoreMLExecutionProvider", "CPUExecutionProvider")
    return [name for name in wanted if name in there]


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:160]
