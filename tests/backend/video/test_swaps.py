# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np

from backend.keypoints import KeypointClip
from backend.keypoints.layouts import get_layout
from backend.video.swaps import unswapped

LAYOUT = get_layout("coco17")


def walk(frames=90):
    """A walk seen from the side: legs and arms cross over and over."""
    t = np.arange(frames) / 30
    points = np.repeat((LAYOUT.upright * 200 + (100, 20))[None], frames, 0)
    points[..., 0] = 100 + (LAYOUT.upright[:, 0] * 40) + 60 * t[:, None]
    for side, phase in (("left", 0.0), ("right", np.pi)):
        for name, reach in (("knee", 15), ("ankle", 35), ("wrist", -25), ("elbow", -12)):
            points[:, LAYOUT.names.index(f"{side}_{name}"), 0] += reach * np.sin(2 * np.pi * t + phase)
    return points


def exchanged(points, rows, words):
    points = points.copy()
    for left, right in LAYOUT.pairs:
        if any(word in LAYOUT.names[left] for word in words):
            points[np.ix_(rows, [left, right])] = points[np.ix_(rows, [right, left])]
    return points


LEGS, ARMS = ("hip", "knee", "ankle"), ("shoulder", "elbow", "wrist")


def clip(points, noise=0.8, hidden=0.0, seed=0):
    random = np.random.default_rng(seed)
    confidence = np.where(random.random(points.shape[:2]) < hidden, 0.0, 0.9)
    return KeypointClip(points + noise * random.standard_normal(points.shape), confidence, 30.0, None, "coco17")


def test_a_walk_whose_limbs_cross_stays_as_it_is():
    before = clip(walk(), hidden=0.05)
    after, frames = unswapped(before)
    assert frames == 0 and after is before


def test_exchanged_limbs_are_put_back():
    right = clip(walk())
    wrong = KeypointClip(
        exchanged(exchanged(right.points, range(20, 31), LEGS), [50, 51], ARMS), right.confidence, 30.0, None, "coco17"
    )
    after, frames = unswapped(wrong)
    assert frames == 13
    np.testing.assert_array_equal(after.points, right.points)


def test_a_detector_that_is_wrong_from_the_first_frame_is_believed():
    """Which side is left cannot be known from motion: what most frames say is kept."""
    right = clip(walk())
    wrong = KeypointClip(exchanged(right.points, range(0, 30), LEGS), right.confidence, 30.0, None, "coco17")
    after, _ = unswapped(wrong)
    np.testing.assert_array_equal(after.points, right.points)
    mostly = KeypointClip(exchanged(right.points, range(0, 70), LEGS), right.confidence, 30.0, None, "coco17")
    after, _ = unswapped(mostly)
    np.testing.assert_array_equal(after.points, exchanged(right.points, range(90), LEGS))


def test_clips_too_short_or_too_empty_to_tell_are_left_alone():
    points = walk(2)
    assert unswapped(clip(points))[1] == 0
    confidence = np.zeros((90, 17))
    confidence[:, 0] = 1
    lonely = KeypointClip(walk(), confidence, 30.0, None, "coco17")
    assert unswapped(lonely)[1] == 0


def test_a_body_taken_back_to_front_is_turned_round_with_its_face():
    """All points exchanged at once, and in the frame before, as detectors have it, half nonsense."""
    right = clip(walk())
    points = exchanged(right.points, range(30, 44), ("eye", "ear", *LEGS, *ARMS))
    points[29] = 0.5 * (points[29] + points[29].mean(0))
    after, frames = unswapped(KeypointClip(points, right.confidence, 30.0, None, "coco17"))
    assert 14 <= frames <= 15
    np.testing.assert_array_equal(after.points[30:44], right.points[30:44])
    np.testing.assert_array_equal(after.points[45:], right.points[45:])


def test_hips_do_not_look_backwards_after_legs_that_passed_one_another():
    """From a frame in which all of the legs lie on one another, either way is as smooth: the trunk tells."""
    points = clip(walk(), noise=0.0).points.copy()
    legs = [k for k, name in enumerate(LAYOUT.names) if name.split("_")[-1] in LEGS]
    points[60] = points[60].copy()
    for left, right in LAYOUT.pairs:
        if left in legs:
            points[60, [left, right]] = points[60, [left, right]].mean(0)
    for left, right in LAYOUT.pairs:
        if LAYOUT.names[left].split("_")[-1] in (*LEGS, *ARMS, "eye", "ear"):
            points[40:50, [left, right]] = points[40:50, [right, left]]
    after, _ = unswapped(KeypointClip(points, np.full(points.shape[:2], 0.9), 30.0, None, "coco17"))
    np.testing.assert_array_equal(after.points[61:], points[61:])
