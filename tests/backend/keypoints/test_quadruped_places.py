# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest

from backend.keypoints.clip import KeypointClip
from backend.keypoints.gaps import fill_gaps
from backend.keypoints.layouts import get_layout
from backend.keypoints.quadruped_places import facing
from backend.keypoints.reading import read_keypoints

LAYOUT = get_layout("ap10k")
NAMES = LAYOUT.names
BADJA_LACKS = [NAMES.index(f"{side}_{part}") for side in ("left", "right") for part in ("shoulder", "hip", "eye")]
SIZE = 300.0  # pixels of the figure's height


def animal(frames=40, turn=None, pitch=0.0):
    """(T,17,2) the standing figure that walks in place, its legs swinging: turned about the vertical by turn (T,)
    radians, where 0 is its left side and pi its right, and pitched by an angle."""
    figure = np.repeat(LAYOUT.upright[None], frames, axis=0)
    for k, name in enumerate(NAMES):
        if name.endswith(("paw", "elbow", "knee")):
            reach = 0.18 if name.endswith("paw") else 0.06
            phase = np.pi * (("left" in name) ^ ("front" in name or "elbow" in name))
            figure[:, k, 0] += reach * np.sin(0.3 * np.arange(frames) + phase)
    figure[..., 0] *= np.cos(np.zeros(frames) if turn is None else turn)[:, None]
    rotation = np.array([[np.cos(pitch), -np.sin(pitch)], [np.sin(pitch), np.cos(pitch)]])
    return SIZE * figure @ rotation.T + [640, 200]


def off(points, without=BADJA_LACKS):
    """(T,M) how far the points left out are placed from where they were, in heights of the figure."""
    confidence = np.full(points.shape[:2], 0.9)
    confidence[:, without] = 0
    filled = fill_gaps(KeypointClip(points, confidence, 30, (1280, 720), "ap10k"))
    assert (filled.weight[:, without] == 0).all() and (filled.weight[:, confidence[0] > 0] > 0).all()
    return np.linalg.norm(filled.points[:, without] - points[:, without], axis=-1) / SIZE


@pytest.mark.parametrize("turn", [0.0, np.pi])
@pytest.mark.parametrize("pitch", [0.0, -0.5, 0.5])
def test_shoulders_hips_and_eyes_are_where_a_body_has_them_whichever_way_it_faces(turn, pitch):
    distance = off(animal(turn=np.full(40, turn), pitch=pitch))
    assert distance.mean() < 0.06 and distance.max() < 0.15


def test_they_stay_with_an_animal_that_turns_round():
    turn = np.linspace(0, np.pi, 60)
    distance = off(animal(60, turn))
    assert distance.mean() < 0.08 and distance.max() < 0.2


def test_a_joint_placed_is_no_farther_from_the_next_than_the_bone_is_long():
    points = animal()
    elbow, shoulder = NAMES.index("left_elbow"), NAMES.index("left_shoulder")
    points[:, elbow] += [0.6 * SIZE, 0.3 * SIZE]  # a leg stretched far back
    confidence = np.full(points.shape[:2], 0.9)
    confidence[:, BADJA_LACKS] = 0
    filled = fill_gaps(KeypointClip(points, confidence, 30, (1280, 720), "ap10k")).points
    bone = np.linalg.norm(LAYOUT.upright[elbow] - LAYOUT.upright[shoulder]) * SIZE
    assert (np.linalg.norm(filled[:, elbow] - filled[:, shoulder], axis=-1) < 1.25 * bone).all()


def test_a_whole_leg_and_the_head_are_placed_too():
    leg = [NAMES.index(f"right_{part}") for part in ("hip", "knee", "back_paw")]
    assert off(animal(), leg).max() < 0.4
    head = [NAMES.index(name) for name in ("nose", "neck", "left_eye", "right_eye")]
    assert off(animal(), head).mean() < 0.15
    assert off(animal(turn=np.full(40, np.pi)), head).mean() < 0.15, "facing right: told by its legs"


def test_facing_is_told_by_what_is_seen():
    seen = np.isin(NAMES, ("neck", "tail_root"))
    assert (facing(animal(), seen, LAYOUT) > 0).all()
    assert (facing(animal(turn=np.full(40, np.pi)), seen, LAYOUT) < 0).all()
    assert (facing(animal(), np.isin(NAMES, ("neck",)), LAYOUT) == 0).all()


def test_the_real_dog_keeps_its_bones(shared_data):
    clip = read_keypoints(shared_data / "keypoints" / "badja_rs_dog.json").to_layout("ap10k")
    filled = fill_gaps(clip)
    body = np.median(np.linalg.norm(filled.points[:, 3] - filled.points[:, 4], axis=-1))
    for side in ("left", "right"):
        for upper, lower in (("shoulder", "elbow"), ("hip", "knee")):
            bone = filled.points[:, NAMES.index(f"{side}_{upper}")] - filled.points[:, NAMES.index(f"{side}_{lower}")]
            length = np.linalg.norm(bone, axis=-1)
            assert 0.1 < np.median(length) / body < 0.5 and length.max() < 0.8 * body
            assert np.median(bone[:, 1]) < 0, "above the next joint"
    steps = np.linalg.norm(np.diff(filled.points[:, BADJA_LACKS], axis=0), axis=-1)
    assert steps.max() < 0.2 * body, "nothing jumps, also while the dog turns round"
