# SPDX-License-Identifier: GPL-3.0-or-later
"""What the animator reads in the sidebar in each state, in every Blender at hand."""

import json
from collections.abc import Iterator

import numpy as np
import pytest

from tests.blender.blenders import ROOT, blenders, run_script, workplace
from tests.blender.synthetic import motion_arrays, source_arrays, write_motion

INSIDE = ROOT / "tests" / "blender" / "inside_panels.py"
LIFT, IMPORT, SET_UP = "lift3d.lift", "lift3d.import_motion", "lift3d.set_up_backend"


@pytest.fixture(scope="module", params=blenders())
def told(request) -> Iterator[dict]:
    """What a fresh process has drawn and said, with a profile of its own."""
    with workplace("test-panels-") as name:
        folder = ROOT / "out" / name
        source = source_arrays(motion_arrays())
        motion = write_motion(folder / "walk.npz", **source, warnings=np.array(["the height is assumed"]))
        turned = motion_arrays()["trans"] + np.float32(0.1)
        other = write_motion(folder / "walk 2.npz", **{**source, "seed": np.array(4)}, trans=turned)
        answer = folder / "answer.json"
        variables = {"BLENDER_USER_RESOURCES": str(folder / "profile"), "TMPDIR": str(folder)}
        done = run_script(request.param, INSIDE, motion, other, answer, variables=variables)
        assert done.returncode == 0 and answer.exists(), done.stdout + done.stderr
        yield json.loads(answer.read_text(encoding="utf-8"))


@pytest.fixture
def drawn(told):
    """The states' drawings."""
    return told["drawn"]


def texts(state: dict, panel: str = "LIFT3D_PT_main") -> str:
    """All words of a panel in the order in which they stand."""
    return " ".join(item["text"] for item in state["items"] if item["panel"] == panel and item["text"])


def buttons(state: dict, panel: str = "LIFT3D_PT_main") -> dict[str, bool]:
    """The panel's operators, and whether they can be clicked."""
    return {item["operator"]: item["enabled"] for item in state["items"]
            if item["kind"] == "operator" and item["panel"] == panel}  # fmt: skip


def props(state: dict) -> list[str]:
    return [item["prop"] for item in state["items"] if item["kind"] == "prop"]


def test_without_a_backend_one_sentence_one_button_and_the_way_around(drawn):
    state = drawn["no backend"]
    assert list(buttons(state)) == [SET_UP, IMPORT] and buttons(state)[IMPORT]
    assert "not set up yet" in texts(state) and "imported without it" in texts(state)
    assert not {"LIFT3D_PT_subject", "LIFT3D_PT_model", "LIFT3D_PT_result"} & set(state["panels"])


def test_where_downloads_are_forbidden_the_tick_that_allows_them_is_there(drawn):
    state = drawn["no backend"]
    assert ("use_online_access" in props(state)) is not drawn["online"]
    assert buttons(state)[SET_UP] is drawn["online"]


def test_a_set_up_that_was_not_finished_is_repaired(drawn):
    state = drawn["half a backend"]
    assert list(buttons(state)) == ["lift3d.repair_backend", IMPORT] and "not finished" in texts(state)


def test_a_problem_is_told_where_there_is_no_backend_too(drawn):
    assert "The backend broke." in texts(drawn["no backend, a problem"])
    assert "lift3d.repair_backend" in buttons(drawn["no backend, a problem"])


def test_without_a_clip_there_are_the_field_the_sample_and_the_import(drawn):
    state = drawn["no clip"]
    wanted = {"lift3d.choose_clip": True, "lift3d.use_sample": True, LIFT: False, IMPORT: True}
    assert buttons(state) == wanted
    assert "clip" in props(state)
    assert "LIFT3D_PT_model" in state["panels"] and "LIFT3D_PT_subject" not in state["panels"]


def test_a_clip_that_is_not_read_yet_can_be_read_and_lifted(drawn):
    assert buttons(drawn["not read"]) == {
        "lift3d.choose_clip": True,
        "lift3d.read_clip": True,
        LIFT: True,
        IMPORT: True,
    }


def test_nothing_can_be_lifted_while_the_clip_is_read(drawn):
    assert "Reading the clip" in texts(drawn["reading"])
    assert not buttons(drawn["reading"])[LIFT]


def test_what_was_recognised_stands_there_before_any_lift(drawn):
    words = texts(drawn["recognised"])
    assert "OpenPose, BODY_25 1 person, 120 frames at 30 fps 3 % missing, longest gap 4 frames" in words
    assert buttons(drawn["recognised"])[LIFT]
    assert "person_choice" not in props(drawn["recognised"])
    assert not {"fps", "image_size"} & set(props(drawn["recognised"]))


def test_of_several_people_one_is_chosen_and_what_the_file_hides_is_asked_for(drawn):
    state = drawn["several people"]
    assert {"person_choice", "know_fps", "fps", "know_image_size", "image_size", "first_frame"} <= set(props(state))
    assert "2 people, 120 frames, 30 fps assumed" in texts(state) and "No rate is told." in texts(state)
    assert "lift3d.use_found_footage" in buttons(state, "LIFT3D_PT_subject")
    assert drawn["range"] == [0, 119]


def test_a_person_that_cannot_be_lifted_stops_the_button_and_says_why(drawn):
    state = drawn["a person that cannot be lifted"]
    assert "Person 1 is too short." in texts(state) and not buttons(state)[LIFT]
    assert drawn["options"]["person"] == 1 and drawn["options"]["last_frame"] == 119


def test_an_animals_clip_makes_the_subject_a_cat_by_itself(drawn):
    state = drawn["a cat"]
    assert "17 points 1 animal, 120 frames" in texts(state) and buttons(state)[LIFT]
    assert {"subject", "know_withers", "withers"} <= set(props(state)) and "know_height" not in props(state)
    assert [item["value"] for item in state["items"] if item.get("prop") == "model"] == ["tabby"]
    subject, options = drawn["a cat's options"]
    assert subject == "CAT" and options["model"] == "/models/tabby" and options["height"] == pytest.approx(0.26)
    assert not {"withers", "know_withers"} & set(props(drawn["recognised"])) and "height" in props(drawn["recognised"])


def test_a_clip_with_a_box_makes_it_the_subject_and_asks_for_its_size(drawn):
    state = drawn["a box"]
    assert "17 points and a box 1 person, 120 frames" in texts(state) and buttons(state)[LIFT]
    assert {"subject", "know_height", "know_box_size", "box_size"} <= set(props(state))
    subject, options = drawn["a box's options"]
    assert subject == "HUMAN_BOX" and options["model"] == "/models/carrier"
    assert options["box_size"] == pytest.approx([0.4, 0.3, 0.3])
    assert "box_size" not in props(drawn["recognised"]) + props(drawn["a cat"])


def test_without_a_cats_model_the_button_and_the_model_panel_say_so(drawn):
    state = drawn["a cat without a model"]
    assert not buttons(state)[LIFT]
    assert "There is no model for the subject cat" in texts(state, "LIFT3D_PT_model")


def test_a_subject_that_the_clip_does_not_show_is_told_before_the_lift(drawn):
    for name, words in (
        ("a cat called a human", "Its points are an animal's and the subject is human; choose cat as the subject"),
        ("a human called a cat", "Its points are a person's and the subject is cat; choose human as the subject"),
        ("a video called a cat", "Its detector finds a person's points"),
    ):
        assert words in texts(drawn[name]) and not buttons(drawn[name])[LIFT], name
    assert drawn["a human's options"][0] == "HUMAN" and "model" not in drawn["a human's options"][1]


def test_where_the_clip_does_not_tell_the_subject_is_asked_for_beside_it(drawn):
    shown = [
        item["prop"] for item in drawn["who knows"]["items"] if item["panel"] == "LIFT3D_PT_main" and "prop" in item
    ]
    assert "subject" in shown and buttons(drawn["who knows"])[LIFT]
    assert drawn["chosen for another clip"] == ""


def test_a_cats_training_may_go_without_clips(drawn):
    (clips, ready), (none, ready_too) = drawn["a cat's training"], drawn["made-up motion"]
    panel = "LIFT3D_PT_training"
    shown = [{item["prop"] for item in state["items"] if item["panel"] == panel and "prop" in item}
             for state in (clips, none)]  # fmt: skip
    assert {"subject", "procedural", "clips"} <= shown[0] and not ready
    assert {"subject", "procedural", "film"} <= shown[1] and "clips" not in shown[1] and ready_too
    assert "procedural" not in props(drawn["recognised"])


def test_a_file_that_is_no_clip_says_so_where_the_clip_is_chosen(drawn):
    state = drawn["no clip at all"]
    assert "walk.json is no clip." in texts(state) and not buttons(state)[LIFT]
    assert "lift3d.dismiss_problem" not in buttons(state)


def test_a_choice_that_is_not_there_any_more_falls_back(drawn):
    assert drawn["person that is gone"] == [1, "MOST_SEEN"]
    models = [item["value"] for item in drawn["running"]["items"] if item.get("prop") == "model"]
    assert models == ["Default human"]


def test_a_lift_shows_its_stage_how_far_it_is_the_time_left_and_cancel(drawn):
    state = drawn["running"]
    bar = next(item for item in state["items"] if item["kind"] == "progress")
    assert (bar["text"], bar["factor"]) == ("42 of 120", 0.35)
    assert "Fitting the body" in texts(state) and "about 35 s left" in texts(state)
    assert buttons(state)["lift3d.cancel"] and LIFT not in buttons(state)
    assert "Waiting for its turn" in texts(drawn["waiting for its turn"])
    assert "no news" in texts(drawn["stalled"]) and "left" not in texts(drawn["stalled"])


def test_a_lift_that_is_being_cancelled_says_so_and_cannot_be_cancelled_again(drawn):
    assert "Cancelling" in texts(drawn["cancelling"])
    assert buttons(drawn["cancelling"])["lift3d.cancel"] is False


def test_a_lift_that_waits_can_be_added_and_says_why_it_waits(drawn):
    state = drawn["waiting"]
    assert "Another file was opened" in texts(state) and buttons(state)["lift3d.add_result"]
    assert buttons(state)["lift3d.leave_result"] and buttons(state)[LIFT]


def test_a_lift_that_waits_can_be_left_out(drawn):
    state = drawn["left out"]
    assert "lift3d.add_result" not in buttons(state) and buttons(state)[LIFT]


@pytest.mark.parametrize(
    "remedy, operator",
    [("set_up", SET_UP), ("repair", "lift3d.repair_backend"), ("choose_python", "lift3d.open_preferences"),
     ("use_cpu", "lift3d.use_cpu")],
)  # fmt: skip
def test_a_failure_can_be_mended_reported_and_dismissed(drawn, remedy, operator):
    state = drawn[f"failed {remedy}"]
    assert "The backend broke." in texts(state) and "Traceback" not in texts(state)
    assert {operator, "lift3d.copy_report", "lift3d.dismiss_problem", LIFT} <= set(buttons(state))
    assert operator not in buttons(drawn["failed "])


def test_the_characters_facts_follow_the_lift(drawn):
    words = texts(drawn["result"], "LIFT3D_PT_result")
    assert "Length 1.2 s, 30 frames" in words and "Rate 25 fps" in words
    assert "Reprojection 5.0 px, good" in words and "Confidence 80 %" in words
    assert "the height is assumed" in words
    wanted = {LIFT, "lift3d.rebuild", "lift3d.export_character", "lift3d.adopt_camera", "view3d.view_camera"}
    assert wanted <= set(buttons(drawn["result"], "LIFT3D_PT_result"))
    assert "show_keypoints" in props(drawn["result"])
    assert "The scene runs at 24 fps: keys lie between its frames." in words
    assert buttons(drawn["result"], "LIFT3D_PT_result")["lift3d.adopt_frame_rate"]


def test_takes_can_be_switched_and_a_changed_rate_is_told(drawn):
    shown = [item for item in drawn["two takes"]["items"] if item.get("operator") == "lift3d.activate_take"]
    assert [item["icon"] for item in shown] == ["RADIOBUT_OFF", "RADIOBUT_ON"]
    assert [item["text"][-6:] for item in shown] == ["seed 3", "seed 4"]
    words = texts(drawn["two takes"], "LIFT3D_PT_result")
    assert "The scene now runs at 25 fps and the keys are for 24: rebuild it." in words


def test_drawing_reads_no_files_and_starts_no_process(drawn):
    assert {item["text"] for item in drawn["drawn again"]["items"] if item["kind"] == "file"} == set()


def test_what_there_is_of_the_backend_is_looked_at_now_and_then_and_after_a_change(drawn):
    assert drawn["looks at the backend"] == {"draws": 0, "later": 1, "another Python": 1}


def test_another_clip_is_read_and_forgets_what_was_said_of_the_last(drawn):
    assert [path for path, _ in drawn["asked"]][0].endswith("walk.json")
    assert drawn["asked"][-1][0].endswith("another.json")
    assert drawn["after another clip"] == [-1, False]


def test_the_sample_clip_brings_its_focal_length_and_takes_it_away_again(drawn):
    clip, known, focal = drawn["sample"]
    assert clip.endswith("walk_and_wave.json") and known and focal == 1400.0
    assert drawn["after the sample"] == [False, False]


def test_every_property_operator_and_panel_says_what_it_does(told):
    assert len(told["said"]) > 40
    for each in told["said"]:
        assert len(each["description"]) > len(each["name"]), each
        assert each["name"], each
        assert not each["description"].rstrip().endswith("."), each


def test_no_label_trails_off(drawn):
    items = [item for state in drawn.values() if isinstance(state, dict) for item in state.get("items", ())]
    assert len(items) > 200
    for item in items:
        if item["kind"] in ("prop", "operator", "heading", "label"):
            assert not item["text"].rstrip().endswith(("...", "…", ":.")), item


def test_nothing_stays_behind(told):
    assert told["left"] == []
