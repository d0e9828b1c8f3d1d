# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest

from backend.video.errors import DetectorError
from backend.video.onnx_boxes import ANIMALS, OnnxBoxes
from backend.video.onnx_people import OnnxPeople
from backend.video.onnx_pose import OnnxPose
from backend.video.pose import Box

from .scenes import constant_model, dot, heatmap_model, save_model, simcc_model


@pytest.mark.parametrize("make", [heatmap_model, simcc_model])
@pytest.mark.parametrize("box", [Box(20, 20, 80, 100), Box(10, 10, 150, 110), Box(-30, 30, 70, 140)])
def test_points_come_back_to_the_pixels_they_were_found_at(tmp_path, make, box):
    pose = OnnxPose(make(tmp_path / "pose.onnx"))
    assert pose.layout == "coco17"
    points, confidence = pose.look(dot(55, 70), box)
    assert points.shape == (17, 2) and (confidence > 0.1).all()
    cell = 4 * 1.25 * max((box.right - box.left) / 48, (box.bottom - box.top) / 64)
    assert np.abs(points - (55, 70)).max() < max(cell / 2, 3)


@pytest.mark.parametrize("points, layout, used", [(25, "body25", 25), (133, "coco17", 17), (26, "coco17", 17)])
def test_the_number_of_points_names_the_layout(tmp_path, points, layout, used):
    pose = OnnxPose(heatmap_model(tmp_path / "pose.onnx", points))
    assert pose.layout == layout and len(pose.look(dot(50, 50), Box(0, 0, 100, 100))[0]) == used


def test_an_animals_model_has_as_many_points_and_another_layout(tmp_path):
    pose = OnnxPose(heatmap_model(tmp_path / "pose.onnx"), "cat")
    assert pose.layout == "ap10k" and len(pose.look(dot(50, 50), Box(0, 0, 100, 100))[0]) == 17
    with pytest.raises(DetectorError, match="known for the subject cat are 17, 20"):
        OnnxPose(heatmap_model(tmp_path / "feet.onnx", 133), "cat")


def test_points_outside_the_image_are_not_believed(tmp_path):
    pose = OnnxPose(heatmap_model(tmp_path / "pose.onnx"))
    image = dot(158, 60)
    points, confidence = pose.look(image[:, :150], Box(100, 20, 200, 100))
    assert (confidence == 0).all() or (points[:, 0] <= 150).all()


def test_other_files_get_one_line(tmp_path):
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no model at all")
    with pytest.raises(DetectorError, match="broken.onnx is no ONNX model"):
        OnnxPose(broken)
    with pytest.raises(DetectorError, match="there is no object detector"):
        OnnxBoxes(tmp_path / "none.onnx")
    with pytest.raises(DetectorError, match="finds 5 points"):
        OnnxPose(heatmap_model(tmp_path / "five.onnx", 5))
    flat = constant_model(tmp_path / "flat.onnx", scores=np.zeros((1, 10)))
    with pytest.raises(DetectorError, match="no pose model we know"):
        OnnxPose(flat)
    with pytest.raises(DetectorError, match="no object detector we know"):
        OnnxBoxes(flat)


PEOPLE = [[8, 4, 24, 60, 0.9], [9, 5, 25, 61, 0.5], [40, 8, 60, 56, 0.8], [0, 0, 9, 9, 0.95], [1, 1, 30, 30, 0.1]]
LABELS = [[0, 0, 16, 40, 0]]  # a person, the same person, a dog, a wine glass, a person hardly seen


def yolox(size=64):
    """YOLOX's rows of a person in cell 0 of stride 8 and a chair in another."""
    rows = np.full((84, 85), 0.0)
    rows[:, 2:4] = -5
    rows[0, :4], rows[0, 4], rows[0, 5] = (2.0, 4.0, np.log(2), np.log(7)), 0.9, 0.95
    rows[30, 4], rows[30, 5 + 56] = 0.9, 0.9
    return rows[None]


def yolov8():
    columns = np.zeros((64, 84))  # sixty classes: as many rows as columns would be YOLOX's
    columns[:4, 7], columns[4, 7] = (16, 32, 16, 56), 0.85
    columns[:4, 9], columns[4 + 56, 9] = (16, 32, 16, 56), 0.99
    return columns[None]


def test_boxes_are_of_whom_the_pose_model_looks_at(tmp_path):
    path, image = constant_model(tmp_path / "boxes.onnx", dets=[PEOPLE], labels=LABELS), dot(5, 5, (128, 128))
    assert [round(score, 2) for _, score in OnnxBoxes(path, (0,)).look(image)] == [0.9]
    assert [round(score, 2) for _, score in OnnxBoxes(path, ANIMALS).look(image)] == [0.8]
    assert OnnxBoxes(constant_model(tmp_path / "yolo.onnx", rows=yolox()), ANIMALS).look(image) == []


def test_boxes_with_suppression_inside(tmp_path):
    found = OnnxBoxes(constant_model(tmp_path / "boxes.onnx", dets=[PEOPLE], labels=LABELS)).look(dot(5, 5, (128, 128)))
    assert [(box.left, box.bottom, round(score, 2)) for box, score in found] == [(16, 120, 0.9), (80, 112, 0.8)]


@pytest.mark.parametrize("rows", [yolox(), yolov8()])
def test_boxes_of_the_yolos(tmp_path, rows):
    ((box, score),) = OnnxBoxes(constant_model(tmp_path / "boxes.onnx", rows=rows)).look(dot(5, 5, (128, 128)))
    np.testing.assert_allclose([box.left, box.top, box.right, box.bottom], [16, 8, 48, 120], atol=1e-3)
    assert 0.8 < score < 0.9


def test_a_subject_is_followed_from_the_box_in_the_first_frame(tmp_path):
    people = OnnxPeople(FindsDots(), None, Box(20, 20, 60, 100))
    for x in range(40, 120, 4):
        (pose,) = people.look(dot(x, 60))
        assert pose.person == 0 and abs(pose.points[:, 0].mean() - x) < 3
    assert people.look(dot(0, 0, colour=(60, 60, 60))) == []  # out of sight
    (pose,) = people.look(dot(112, 60))
    assert pose.person == 1 and abs(pose.points[:, 0].mean() - 112) < 3


def test_boxes_lead_to_new_people_and_keep_their_numbers():
    boxes = Boxes()
    people = OnnxPeople(FindsDots(), boxes, None, most=2)
    image = np.minimum(dot(40, 60).astype(int) + dot(120, 60), 255).astype(np.uint8)
    boxes.found = [(Box(20, 20, 60, 100), 0.9)]
    assert [pose.person for pose in people.look(image)] == [0]
    boxes.found = [(Box(100, 20, 140, 100), 0.9), (Box(22, 20, 62, 100), 0.8)]
    assert [round(pose.points[:, 0].mean() / 40) for pose in people.look(image)] == [1, 3]
    boxes.found = []
    assert [pose.person for pose in people.look(image)] == [0, 1]
    people.reset()
    boxes.found = [(Box(20, 20, 60, 100), 0.9)]
    assert [pose.person for pose in people.look(image)] == [2]


class Boxes:
    def look(self, image):
        return self.found


class FindsDots:
    """A pose model that puts its points about the red of a box."""

    layout = "coco17"

    def look(self, image, box):
        left, top, right, bottom = (max(round(side), 0) for side in (box.left, box.top, box.right, box.bottom))
        red = image[top:bottom, left:right, 2].astype(int) - image[top:bottom, left:right, 1] > 40
        if not red.any():
            return np.zeros((17, 2)), np.zeros(17)
        y, x = np.argwhere(red).mean(0) + (top, left)
        around = np.random.default_rng(0).uniform(-1, 1, (17, 2)) * (8, 30)
        return around - around.mean(0) + (x, y), np.full(17, 0.9)


def test_a_model_that_wants_more_than_an_image_is_refused(tmp_path):
    from onnx import helper

    path = save_model(tmp_path / "odd.onnx", [helper.make_node("Identity", ["image"], ["same"])], ["same"])
    with pytest.raises(DetectorError, match="finds 3 points|no pose model we know"):
        OnnxPose(path)
