# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest

from backend.keypoints.errors import KeypointError
from backend.keypoints.reading import read_keypoints


def document(points, flat=False):
    def person(pose):
        score = [[0.9]] * len(pose)
        return {"pose": (pose.reshape(-1) if flat else pose).tolist(), "score": score, "bbox": [0, 0, 1, 1]}

    return {"label": "x", "data": [{"frame_index": n, "skeleton": [person(p)]} for n, p in enumerate(points, 1)]}


@pytest.mark.parametrize(("layout", "flat"), [("coco17", False), ("coco18", True)])
def test_both_forms(save, walking, layout, flat):
    points = walking(layout)
    clip = read_keypoints(save(document(points, flat)))
    assert (clip.layout, clip.frame_start) == (layout, 1)
    np.testing.assert_allclose(clip.points, points)
    np.testing.assert_allclose(clip.confidence, 0.9)


@pytest.mark.parametrize(
    "entry", [5, {"skeleton": 5}, {"skeleton": [5]}, {"skeleton": [{"pose": [1, 2], "score": []}]}]
)
def test_wrong_entries(save, walking, entry):
    wrong = document(walking())
    wrong["data"][3] = entry
    with pytest.raises(KeypointError):
        read_keypoints(save(wrong))


def test_the_real_file(shared_data):
    clip = read_keypoints(shared_data / "keypoints" / "hrnet_coco17_baseball.json")
    assert (clip.layout, len(clip), clip.frame_start) == ("coco17", 277, 1)
    assert clip.present.all() and clip.confidence.max() == 1
    # the nose of its first frame, read off the file
    np.testing.assert_allclose(clip.points[0, 0], [567.273, 358.638])
