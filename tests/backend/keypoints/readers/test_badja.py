# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest

from backend.keypoints.description import describe
from backend.keypoints.errors import KeypointError
from backend.keypoints.layouts import get_layout
from backend.keypoints.reading import read_keypoints

# as the data set's own documentation numbers them
SLOTS = [8, 9, 10, 12, 13, 14, 15, 18, 19, 20, 22, 23, 24, 25, 28, 31, 32, 33, 34, 35, 36]


def badja(points, hidden=()):
    """A document of points (T,21,2); hidden: (frame, slot)."""
    document = []
    for number, pose in enumerate(points):
        joints, visible = np.zeros((37, 2), int), np.zeros(37, bool)
        joints[SLOTS], visible[SLOTS] = np.round(pose[:, ::-1]), True
        for frame, slot in hidden:
            visible[slot] &= frame != number
        document.append(
            {"segmentation_path": f"seg/{number:04d}.png", "image_path": f"dog/rgb/{number:04d}.png",
             "visibility": visible.tolist(), "joints": joints.tolist()}
        )  # fmt: skip
    return document


def test_rows_and_columns_become_points_and_the_hidden_are_missing(save, walking):
    points = np.round(walking("badja", frames=20, start=(400, 200)))
    clip = read_keypoints(save(badja(points, hidden=[(5, 33)])), image_size=(1280, 720))
    nose = get_layout("badja").names.index("nose")
    assert clip.layout == "badja" and clip.image_size == (1280, 720) and len(clip) == 20
    assert not clip.present[5, nose] and clip.present.sum() == 20 * 21 - 1
    np.testing.assert_array_equal(clip.points[clip.present], points[clip.present])


def test_frames_are_in_the_order_of_their_images(save, walking):
    points = np.round(walking("badja", frames=20, start=(400, 200)))
    clip = read_keypoints(save(badja(points)[::-1]))
    np.testing.assert_array_equal(clip.points, points)
    assert any("guessed" in warning for warning in clip.warnings) and any("assumed" in each for each in clip.warnings)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda row: row["joints"].pop(), r"joints \(36, 2\)"),
        (lambda row: row.update(visibility=[True] * 20), r"visibility \(20,\)"),
        (lambda row: row.update(joints="no"), "not lists of numbers"),
        (lambda row: row.update(image_path=7), "Entry 4"),
        (lambda row: row.update(image_path="dog/rgb/0003.png"), "twice"),
    ],
)
def test_damage_gets_one_line(save, walking, change, says):
    document = badja(walking("badja", frames=20, start=(400, 200)))
    change(document[4])
    with pytest.raises(KeypointError, match=says) as error:
        read_keypoints(save(document))
    assert "\n" not in str(error.value)


def test_the_real_dog(shared_data):
    path = shared_data / "keypoints" / "badja_rs_dog.json"
    found = describe(path)
    assert (found.format, found.layout, found.frames, found.problem) == ("BADJA JSON", "badja", 201, "")
    clip = read_keypoints(path)
    assert len(clip) == 201 and clip.frame_start == 0
    assert np.abs(np.diff(clip.points[:, get_layout("badja").names.index("tail_root")], axis=0)).max() < 60
