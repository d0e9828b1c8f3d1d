# SPDX-License-Identifier: GPL-3.0-or-later
"""Lifts beside Blender with the real backend, and everything that can come between, in several Blenders."""

import json
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.blender.blenders import few_blenders, run_script, workplace

INSIDE = Path(__file__).with_name("inside_session.py")
PARTS = ["walk_and_wave", "walk_and_wave Body", "walk_and_wave Camera"]
pytestmark = [
    pytest.mark.skipif(not find_spec("torch"), reason="this environment has no torch, so no backend"),
    pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counting what is open needs /proc"),
]


@pytest.fixture(scope="module", params=few_blenders())
def seen(request):
    """What became of each thing that inside_session.py does: five times in the first Blender, twice in the others."""
    times = 5 if request.param == [sys.executable] else 2
    with workplace("test-session-") as folder:
        variables = {
            "LIFT3D_PYTHON": sys.executable,
            "BLENDER_USER_RESOURCES": f"{folder}/user",
            "OMP_NUM_THREADS": "1",
        }
        answer = Path(folder) / "answer.json"
        done = run_script(request.param, INSIDE, folder, times, answer, variables=variables, timeout=900)
        assert done.returncode == 0 and answer.exists(), done.stdout + done.stderr
        yield {"times": times, **json.loads(answer.read_text(encoding="utf-8"))}


def test_a_lift_is_one_step_back_and_forth_and_a_further_seed_is_a_further_take(seen):
    found = seen["takes"]
    first, second = ["walk_and_wave seed 0"], ["walk_and_wave seed 0", "walk_and_wave seed 1"]
    for name, objects, actions in (
        ("first", PARTS, first),
        ("undone", [], []),
        ("redone", PARTS, first),
        ("second", PARTS, second),
        ("take undone", PARTS, first),
        ("third", PARTS, second),
    ):
        assert (found[name]["objects"], found[name]["actions"]) == (objects, actions), name
        assert (found[name]["state"], found[name]["problem"]) == ("done", None), name
    assert found["seeds"] == [0, 1] and found["body kept"]
    assert found["seeds then"] == [0, 1, 2] and found["body kept then"]
    assert found["facts"]["frames"] == 120 and found["folder"] == 4


def test_a_cancelled_lift_brings_nothing_even_if_the_backend_had_done_it(seen):
    found = seen["cancels"]
    assert found["cancelling"] == "cancelling"
    for name in ("at once", "at work", "too late"):
        cancelled = found[name]
        assert (cancelled["state"], cancelled["problem"], cancelled["objects"]) == ("cancelled", None, []), name
        assert not cancelled["motion"] and cancelled["beside"] == []
    assert (found["again"]["state"], found["again"]["problem"], found["again"]["objects"]) == ("done", None, PARTS)
    assert found["once more"]["actions"] == ["walk_and_wave seed 0"]  # the same wish gives no other take


def test_a_result_whose_file_or_scene_is_gone_waits_until_it_is_asked_for(seen):
    found = seen["files"]
    for name, words in (("other file", "Another file was opened"), ("scene removed", "is not open in any window")):
        assert (found[name]["state"], found[name]["objects"], found[name]["problem"]) == ("waiting", [], None)
        assert words in found[name]["waits"] and found[name]["motion"]
    for name in ("added", "added to the other"):
        assert (found[name]["state"], found[name]["objects"], found[name]["waits"]) == ("done", PARTS, "")


def test_killed_at_random_moments_there_is_one_clear_message_and_the_next_lift_works(seen):
    assert len(seen["kills"]) == seen["times"]
    # Not between two lifts, and not before the worker had heard of the lift, which is then begun again without a word.
    struck = [turn for turn in seen["kills"] if turn["stage"] not in ("", "between")]
    assert len(struck) >= seen["times"] / 2
    for turn in struck:
        killed = turn["killed"]
        assert killed["state"] == "failed" and "was killed (signal 9" in killed["problem"], turn
        assert "\n" not in killed["problem"] and killed["objects"] == killed["beside"] == [] and not killed["motion"]
    for turn in seen["kills"]:
        assert turn in struck or (turn["killed"]["state"], turn["killed"]["problem"]) == ("done", None)
        after = turn["next"]
        assert (after["state"], after["problem"], after["beside"]) == ("done", None, []), turn
        assert after["objects"][: len(PARTS)] == PARTS


def test_lifts_in_a_row_leak_no_process_thread_file_or_memory(seen):
    before, after = seen["leaks"]["before"], seen["leaks"]["after"]
    assert seen["leaks"]["same worker"]
    growth = after.pop("worker's MiB") - before.pop("worker's MiB")
    assert after == before
    assert before["children"] == 1 and before["jobs"] <= 3 and before["logs"] <= 10
    assert growth < 100  # a lift's arrays kept each time would be several times as much


def test_a_python_that_is_none_is_told_with_its_remedy_and_the_right_one_works_again(seen):
    found = seen["pythons"]
    for name, words, remedy in (
        ("bare", "has no ", "repair"),
        ("liar", "something unexpected: expected an event, got 'hello'", "repair"),
        ("no program", "No backend is set up yet.", "set_up"),
    ):
        assert words in found[name]["problem"] and found[name]["remedy"] == remedy, found[name]
        assert "\n" not in found[name]["problem"]
    assert (found["right"]["state"], found["right"]["problem"]) == ("done", None)


def test_switched_off_during_a_lift_nothing_runs_on(seen):
    assert seen["closing"]["code"] is not None and seen["closing"]["threads"] == []
