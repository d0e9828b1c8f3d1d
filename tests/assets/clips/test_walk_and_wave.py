# SPDX-License-Identifier: GPL-3.0-or-later
"""The bundled clip is what its builder makes, and the person in it moves as people do."""

import numpy as np
import pytest

from assets.clips import build_walk_and_wave as builder
from assets.clips import walking_figure
from backend.keypoints import get_layout, read_keypoints

NAMES = get_layout("openpose18").names


@pytest.fixture(scope="module")
def person():
    points = builder.truth()
    return {name: points[:, index] for index, name in enumerate(NAMES)}


def bend(upper, joint, lower):
    """Degrees between two neighbouring segments, 0 when straight."""
    first, second = joint - upper, lower - joint
    cosine = (first * second).sum(-1) / np.linalg.norm(first, axis=-1) / np.linalg.norm(second, axis=-1)
    return np.degrees(np.arccos(cosine))


def test_the_bundled_clip_is_what_the_builder_makes():
    stored, built = read_keypoints(builder.CLIP), builder.build()
    assert (stored.fps, stored.image_size, stored.layout, stored.frame_start) == (30, (1920, 1080), "openpose18", 1)
    # Another machine's sine may differ in the last bit, which rounding to a tenth can make a tenth.
    np.testing.assert_allclose(stored.points, built.points, atol=0.11)
    np.testing.assert_allclose(stored.confidence, built.confidence, atol=0.011)
    np.testing.assert_array_equal(stored.present, built.present)


def test_the_detector_is_a_few_pixels_off_and_loses_few_points():
    clip = builder.build()
    exact = builder.camera().project(builder.torch.from_numpy(builder.truth())).numpy()
    distance = np.linalg.norm(clip.points - exact, axis=-1)
    assert 1 < np.nanmedian(distance) < 4 and np.nanmax(distance) < 25
    assert 0.002 < 1 - clip.present.mean() < 0.05
    assert (np.nanmin(clip.points, (0, 1)) > 100).all() and (np.nanmax(clip.points, (0, 1)) < (1820, 980)).all()


def test_a_planted_foot_does_not_slide(person):
    times = np.arange(builder.FRAMES) / builder.FPS + builder.START
    checked = 0
    for side, name in ((1, "left"), (-1, "right")):
        for footprint in walking_figure.footprints(side):
            down = (times >= footprint.lands) & (times <= footprint.leaves)
            flat = down & (np.abs(footprint.pitch(times)) < 0.01)
            if flat.sum() > 3:
                ankle = person[f"{name}_ankle"][flat]
                assert np.ptp(ankle, axis=0).max() < 1e-3
                checked += 1
    assert checked >= 5


@pytest.mark.parametrize("side", ["left", "right"])
def test_bones_keep_their_lengths_and_joints_their_ranges(person, side):
    for upper, lower in (("hip", "knee"), ("knee", "ankle"), ("shoulder", "elbow"), ("elbow", "wrist")):
        length = np.linalg.norm(person[f"{side}_{upper}"] - person[f"{side}_{lower}"], axis=-1)
        assert np.ptp(length) < 1e-9
    knee = bend(*(person[f"{side}_{name}"] for name in ("hip", "knee", "ankle")))
    assert 3 < knee.min() < 20 and 45 < knee.max() < 70  # Winter: about 5 degrees in stance, 60 to 65 in swing
    assert bend(*(person[f"{side}_{name}"] for name in ("shoulder", "elbow", "wrist"))).max() < 130


def test_no_point_jumps(person):
    for name, points in person.items():
        speed = np.linalg.norm(np.diff(points, axis=0), axis=-1) * builder.FPS
        assert speed.max() < 5, name


def test_the_person_walks_towards_the_camera_and_then_waves(person):
    pelvis = (person["left_hip"] + person["right_hip"]) / 2
    assert 2.5 < np.linalg.norm(pelvis[-1, :2] - pelvis[0, :2]) < 3.5
    assert pelvis[0, 1] - pelvis[-1, 1] > 1
    assert person["right_wrist"][-30:, 2].max() > person["nose"][-1, 2] > person["left_wrist"][-1, 2]
    feet = np.concatenate([person["left_ankle"][:, 2], person["right_ankle"][:, 2]])
    assert feet.min() == pytest.approx(walking_figure.ANKLE, abs=1e-9)
