# SPDX-License-Identifier: GPL-3.0-or-later
"""One sentence for every end, with what mends it where something does, and a report to copy."""

import pytest

from blender_addon.jobs import JobError, problem
from blender_addon.jobs.job import Job


def failed(sentence: str, details: str = "", users_fault: bool = False, remedy: str = "", request: str = "lift") -> Job:
    job = Job("1", request)
    job.note(
        {"event": "failed", "sentence": sentence, "details": details, "users_fault": users_fault, "remedy": remedy}
    )
    return job


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("the backend was killed", "The backend was killed."),
        ("walk.json has no person in it", "walk.json has no person in it."),
        ("/home/a b/walk.json: not there", "/home/a b/walk.json: not there."),
        ("Cannot read it. Choose another!", "Cannot read it. Choose another!"),
        ("two\nlines  of it", "Two lines of it."),
        ("", "The backend failed without saying why."),
    ],
)
def test_what_a_job_said_becomes_one_sentence(said, shown):
    assert problem.of_job(failed(said, users_fault=True)).sentence == shown
    unforeseen = problem.of_job(failed(said)).sentence
    assert unforeseen.startswith(shown.rstrip("!")) and unforeseen.endswith(
        "Try again; copy the report if it happens again."
    )


def test_a_refusal_keeps_its_details_and_remedy():
    found = problem.of_error(JobError("no backend is set up yet", "line 1", problem.SET_UP))
    assert found == problem.Problem("No backend is set up yet.", "line 1", problem.SET_UP)


def test_a_python_that_lacks_a_package_is_told_so_wherever_it_shows():
    trace = "Traceback ...\nModuleNotFoundError: No module named 'numpy.linalg'\n"
    for job in (
        failed("the backend ended with exit code 1 before it was done", trace),
        failed("something unforeseen went wrong (ModuleNotFoundError: No module named 'numpy')"),
    ):
        found = problem.of_job(job)
        assert "has no numpy, which it needs" in found.sentence and found.remedy == problem.REPAIR
        assert job.sentence in found.details and "\n" not in found.sentence
    killed = problem.of_job(failed("the backend was killed (signal 9)", trace))
    assert killed.sentence.startswith("The backend was killed") and killed.remedy == ""
    # Whether to repair it or to choose another is another matter than what is wrong.
    found = problem.of_job(failed("it is not whole (No module named 'torch'): repair it", trace, True, "repair"))
    assert "has no torch" in found.sentence and "repair" not in found.sentence and found.remedy == problem.REPAIR


def test_out_of_memory_offers_the_processor_unless_that_was_it():
    job = failed("out of memory: close what else uses it", users_fault=True, request="train")
    assert problem.of_job(job, "auto").remedy == problem.of_job(job, "cuda").remedy == problem.USE_CPU
    assert problem.of_job(job, "cpu").remedy == ""
    # A lift goes on by itself where the graphics card cannot.
    assert problem.of_job(failed("out of memory: close other programs", users_fault=True), "cuda").remedy == ""


def test_a_report_has_the_sentence_the_facts_and_the_details():
    text = problem.report(problem.Problem("It broke.", "line 1\nline 2\n"), {"Blender": "4.5", "System": "Linux"})
    assert text == "It broke.\n\nBlender: 4.5\nSystem: Linux\n\nline 1\nline 2\n"
    assert problem.report(problem.Problem("It broke."), {"Blender": "4.5"}) == "It broke.\n\nBlender: 4.5\n"
