# SPDX-License-Identifier: GPL-3.0-or-later
"""Videos, detectors and ONNX models made up for the tests."""

import cv2
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from backend.keypoints.layouts import get_layout
from backend.video.pose import Pose

SIZE = (160, 120)  # width, height
LAYOUT = get_layout("coco17")


def write_video(path, images, fps=30.0):
    """A lossless .avi, or what another name's codec makes of the images (H, W, 3) uint8."""
    codec = {".avi": "FFV1", ".mp4": "mp4v"}[path.suffix]
    height, width = images[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*codec), fps, (width, height))
    for image in images:
        writer.write(image)
    writer.release()
    return path


def dot(x, y, size=SIZE, colour=(0, 0, 255)):
    """A grey image with a disc about a pixel, red unless said otherwise."""
    image = np.full((size[1], size[0], 3), 60, np.uint8)
    cv2.circle(image, (round(x), round(y)), 4, colour, -1)
    return image


def numbered(count, size=SIZE):
    """Images whose brightness tells their number (up to 22)."""
    return [np.full((size[1], size[0], 3), 20 + 10 * number, np.uint8) for number in range(count)]


def figure(x, y, height=80.0):
    """An upright person's points (17, 2) with the hips' middle near a pixel."""
    return (LAYOUT.upright - (0, 0.5)) * height + (x, y)


class DotPeople:
    """A detector that sees an upright figure wherever a red disc is, and counts its shots."""

    layout = "coco17"

    def __init__(self):
        self.shot, self.closed, self.looks = 0, False, 0

    def look(self, image):
        self.looks += 1
        red = image[..., 2].astype(int) - image[..., 1] > 60
        if not red.any():
            return []
        y, x = np.argwhere(red).mean(0)
        return [Pose(figure(x, y), np.full(17, 0.9), self.shot)]

    def reset(self):
        self.shot += 1

    def close(self):
        self.closed = True


def save_model(path, nodes, outputs, constants=(), size=(64, 48)):
    """An ONNX model of one input (1, 3, *size), named image."""
    graph = helper.make_graph(
        nodes, "made_up",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, *size])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        [numpy_helper.from_array(np.asarray(array), name) for name, array in constants],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(model, str(path))
    return path


def heatmap_model(path, points=17):
    """All its points are where the image is reddest: the maps are the red channel less the green one, four by four."""
    weights = np.zeros((points, 3, 1, 1), np.float32)
    weights[:, 0], weights[:, 1] = 0.2, -0.2
    nodes = [
        helper.make_node("Conv", ["image", "weights"], ["redness"]),
        helper.make_node("AveragePool", ["redness"], ["maps"], kernel_shape=[4, 4], strides=[4, 4]),
    ]
    return save_model(path, nodes, ["maps"], [("weights", weights)])


def simcc_model(path, points=17):
    """The same with SimCC's two outputs, two classes a pixel."""
    weights = np.zeros((points, 3, 1, 1), np.float32)
    weights[:, 0], weights[:, 1] = 0.2, -0.2
    nodes = [
        helper.make_node("Conv", ["image", "weights"], ["redness"]),
        helper.make_node("AveragePool", ["redness"], ["smooth"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        helper.make_node("ReduceMax", ["smooth"], ["columns"], axes=[2], keepdims=0),
        helper.make_node("ReduceMax", ["smooth"], ["rows"], axes=[3], keepdims=0),
        helper.make_node("Resize", ["columns", "", "twice"], ["x"], mode="nearest"),
        helper.make_node("Resize", ["rows", "", "twice"], ["y"], mode="nearest"),
    ]
    twice = np.array([1, 1, 2], np.float32)
    return save_model(path, nodes, ["x", "y"], [("weights", weights), ("twice", twice)])


def constant_model(path, size=(64, 64), **arrays):
    """Says the same of every image."""
    nodes = [
        helper.make_node("Constant", [], [name], value=numpy_helper.from_array(np.asarray(array, np.float32)))
        for name, array in arrays.items()
    ]
    return save_model(path, nodes, list(arrays), size=size)
