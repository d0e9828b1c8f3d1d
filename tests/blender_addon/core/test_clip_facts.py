# SPDX-License-Identifier: GPL-3.0-or-later
from pathlib import Path

import pytest

from blender_addon.core.clip_facts import ClipFacts

FACTS = {
    "format": "OpenPose JSON", "layout": "25 points with feet (OpenPose, BODY_25)", "frames": 120, "first_frame": 7,
    "fps": 30.0, "fps_known": True, "image_size": [1920, 1080], "image_size_known": True,
    "people": [{"index": 0, "frames": 90, "missing": 0.2, "longest_gap": 12, "liftable": False, "reason": "too short"},
               {"index": 1, "frames": 120, "missing": 0.031, "longest_gap": 4, "liftable": True, "reason": ""}],
    "chosen": 1, "liftable": True, "reason": "", "warnings": [], "video": "",
}  # fmt: skip


def facts(**changed):
    return ClipFacts.of({**FACTS, **changed})


def test_a_clip_is_told_in_three_lines():
    gaps = "3 % missing, longest gap 4 frames"
    assert facts().lines() == ("OpenPose, BODY_25", "2 people, 120 frames at 30 fps", gaps)


def test_the_chosen_persons_gaps_are_told():
    assert facts().lines(person=0)[2] == "20 % missing, longest gap 12 frames"
    assert facts().lines(person=5) == facts().lines()


def test_a_rate_that_the_file_does_not_say_is_called_assumed():
    assert facts(fps_known=False).lines()[1] == "2 people, 120 frames, 30 fps assumed"
    assert facts(fps=30000 / 1001).lines()[1].endswith("at 29.97 fps")


@pytest.mark.parametrize(
    "missing, gap, words",
    [
        (0.0, 0, "No point is missing"),
        (0.004, 1, "Under 1 % missing, longest gap 1 frame"),
        (0.5, 0, "50 % of the points missing"),
    ],
)
def test_gaps_in_words(missing, gap, words):
    person = {"index": 0, "frames": 120, "missing": missing, "longest_gap": gap}
    assert facts(people=[person], chosen=0).lines()[1:] == ("1 person, 120 frames at 30 fps", words)


def test_an_animals_clip_says_so_and_counts_animals():
    animal = facts(subject="cat", layout="17 points of an animal (AP-10K)", format="Lift to 3D JSON")
    assert (animal.subject, animal.what) == ("cat", "animal")
    assert animal.lines()[:2] == ("Lift to 3D, 17 points", "2 animals, 120 frames at 30 fps")
    assert animal.people[0].label == "Animal 0, in 90 of 120 frames"
    one = facts(subject="cat", people=[{"index": 0, "frames": 120}], chosen=0)
    assert one.lines()[1].startswith("1 animal, ")
    assert (facts().subject, facts(subject="").subject, facts(subject="").what) == ("human", "", "person")


@pytest.mark.parametrize(("layout", "words"), [
    ("17 points (COCO) and 5 of a box", "17 points and a box"),
    ("25 points with feet (OpenPose, BODY_25) and 8 corners of a box", "BODY_25 and a box"),
    ("18 points, the neck between the shoulders, and 5 of a box", "18 points and a box"),
])  # fmt: skip
def test_a_clip_with_a_box_says_so_and_counts_people(layout, words):
    boxed = facts(subject="human_box", layout=layout, format="Lift to 3D JSON")
    assert (boxed.subject, boxed.what) == ("human_box", "person")
    assert boxed.lines()[:2] == (f"Lift to 3D, {words}", "2 people, 120 frames at 30 fps")


def test_frames_are_counted_as_the_clip_counts_them():
    assert (facts().first_frame, facts().last_frame) == (7, 126)


def test_why_somebody_cannot_be_lifted_is_kept():
    assert [person.reason for person in facts().people] == ["too short", ""]
    assert facts(liftable=False, reason="all too short").reason == "all too short"
    assert facts(liftable=False, reason="").reason


def test_what_the_backend_does_not_tell_is_taken_as_nothing():
    bare = ClipFacts.of({})
    assert bare.people == () and bare.person(0) is None and bare.lines()[2] == "Nobody is in it"


def test_the_backends_own_facts_of_the_sample_clip_are_understood():
    inspect_request = pytest.importorskip("backend.serving.inspect_request", reason="the backend is not at hand")
    sample = Path(__file__).resolve().parents[3] / "assets" / "clips" / "walk_and_wave.json"
    report = type("Report", (), {"progress": lambda *words: None})()
    told = ClipFacts.of(inspect_request.handle({"clip": str(sample)}, report))
    assert told.lines()[1] == "1 person, 120 frames at 30 fps"
    assert told.lines()[0] == "Lift to 3D, 18 points"
    assert (told.first_frame, told.last_frame, told.reason) == (1, 120, "")


def test_a_video_says_that_its_people_are_found_later():
    told = {"format": "Video", "layout": "17 points (COCO)", "frames": 247, "fps": 24.0, "image_size": [1280, 720],
            "people": [{"index": 0, "frames": 247}]}  # fmt: skip
    facts = ClipFacts.of(told)
    assert facts.is_video and not ClipFacts.of(told | {"format": "COCO"}).is_video
    assert facts.lines() == ("Video, 1280 x 720", "247 frames at 24 fps", "People are found when it is lifted")
