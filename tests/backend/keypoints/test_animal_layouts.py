# SPDX-License-Identifier: GPL-3.0-or-later
import json

import numpy as np
import pytest

from backend.keypoints.animal_layouts import BADJA_SLOTS, HORSE_10_COUNT
from backend.keypoints.clip import KeypointClip
from backend.keypoints.errors import KeypointError
from backend.keypoints.layouts import LAYOUTS, convert, get_layout

# Where each of AP-10K's 17 points is in the numbering that the data sets publish, written out by hand; those not
# listed are not there.
IN_AP10K = {
    "animal_pose": {0: 0, 1: 1, 4: 2, 7: 3, 6: 4, 8: 6, 16: 7, 9: 9, 17: 10, 10: 12, 18: 13, 11: 15, 19: 16},
    "stanford_extra": {16: 2, 12: 4, 2: 6, 0: 7, 8: 9, 6: 10, 5: 12, 3: 13, 11: 15, 9: 16},
    "stanford_extra24": {20: 0, 21: 1, 16: 2, 22: 3, 12: 4, 2: 6, 0: 7, 8: 9, 6: 10, 5: 12, 3: 13, 11: 15, 9: 16},
    "horse10": {0: 2, 1: 0, 12: 3, 21: 4, 8: 5, 10: 6, 4: 7, 7: 10, 16: 11, 17: 12, 15: 13, 20: 16},
}


@pytest.mark.parametrize("source", IN_AP10K)
def test_animal_maps_follow_the_published_numbering(source):
    count = len(get_layout(source))
    points = np.random.default_rng(0).uniform(0, 1000, (3, count, 2))
    confidence = np.random.default_rng(1).uniform(0.1, 1, (3, count))
    if source == "horse10":  # the other side's eye, shoulder, elbow, hip and stifle are never marked
        points[:, HORSE_10_COUNT:], confidence[:, HORSE_10_COUNT:] = np.nan, 0
    new_points, new_confidence = convert(points, confidence, source, "ap10k")
    assert new_points.shape == (3, 17, 2)
    for old, new in IN_AP10K[source].items():
        np.testing.assert_array_equal(new_points[:, new], points[:, old])
        np.testing.assert_array_equal(new_confidence[:, new], confidence[:, old])
    others = [new for new in range(17) if new not in IN_AP10K[source].values()]
    assert np.isnan(new_points[:, others]).all() and (new_confidence[:, others] == 0).all()


def test_badja_has_no_shoulders_hips_and_eyes():
    clip = KeypointClip(np.ones((2, 21, 2)), np.ones((2, 21)), 30, (640, 480), "badja").to_layout("ap10k")
    names = get_layout("ap10k").names
    missing = {name for name, there in zip(names, clip.present[0], strict=True) if not there}
    assert missing == {f"{side}_{part}" for side in ("left", "right") for part in ("shoulder", "hip", "eye")}


def test_the_near_legs_of_a_dog_on_film_are_the_left_ones_while_it_faces_left(shared_data):
    """BADJA's numbers are SMAL's joints, whose names say the opposite: whose they are is told by what hides what."""
    document = json.loads((shared_data / "keypoints" / "badja_rs_dog.json").read_text())
    joints = np.array([row["joints"] for row in document], float)[..., ::-1]
    visible = np.array([row["visibility"] for row in document])
    slots = {name: slot for slot, name in BADJA_SLOTS.items()}
    head = np.where(visible[:, slots["chin"]], joints[:, slots["chin"], 0], joints[:, slots["neck"], 0])
    to_left = joints[:, slots["tail_root"], 0] - head
    for faces, near, far in ((to_left > 60, "left", "right"), (to_left < -60, "right", "left")):
        assert faces.sum() > 15
        seen = {
            side: np.mean([visible[faces, slot].mean() for slot, name in BADJA_SLOTS.items() if name.startswith(side)])
            for side in (near, far)
        }
        assert seen[near] > seen[far] + 0.1


def test_animals_and_people_do_not_become_each_other():
    with pytest.raises(KeypointError, match=r"human \(coco17\) cannot become those of a quadruped \(ap10k\)"):
        convert(np.ones((1, 17, 2)), np.ones((1, 17)), "coco17", "ap10k")
    with pytest.raises(KeypointError, match="quadruped"):
        convert(np.ones((1, 17, 2)), np.ones((1, 17)), "ap10k", "openpose18")


@pytest.mark.parametrize("name", [name for name, each in LAYOUTS.items() if each.figure.subject == "cat"])
def test_the_legs_of_an_animal_are_chains_from_the_trunk_to_the_paw(name):
    layout = get_layout(name)
    joined = {0}
    for _ in layout.bones:
        joined |= {place for bone in layout.bones if joined & set(bone) for place in bone}
    assert joined == set(range(len(layout))), "nothing falls apart"
    for place, parent in enumerate(layout.parents):
        side = layout.names[place].split("_")[0]
        if parent >= 0 and layout.names[parent].startswith(("left_", "right_")):
            assert layout.names[parent].startswith(side)
    for paw in ("left_front_paw", "right_back_paw"):
        above = layout.names[layout.parents[layout.names.index(paw)]]
        assert above.startswith(paw.split("_")[0]) and layout.figure.upright[above][1] < layout.figure.upright[paw][1]
