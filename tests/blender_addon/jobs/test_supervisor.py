# SPDX-License-Identifier: GPL-3.0-or-later
"""One worker at a time: requests in a row, and a fresh worker after every end."""

import os
import signal
import sys
import time

import pytest

from blender_addon.jobs import JobError
from blender_addon.jobs.job import CANCELLED, DONE, FAILED
from blender_addon.jobs.worker import Limits
from tests.blender_addon.jobs.supervising import FAKE, ended, settled, until, worker_of


def test_requests_go_in_a_row_to_one_worker_which_starts_at_the_first(supervise, tmp_path):
    supervisor, heard, ends = supervise("environment"), [], []
    assert not supervisor.pump() and not supervisor.busy and not (tmp_path / "logs").exists()
    jobs = [
        supervisor.request("lift", ends.append, lambda job, event: heard.append((job.id, event["event"])))
        for _ in range(3)
    ]
    assert [job.waiting for job in jobs] == [False, True, True] and supervisor.running == jobs
    until(supervisor, lambda: len(ends) == 3)
    assert ends == jobs and not supervisor.running
    assert [job.state for job in jobs] == [DONE] * 3 and len({job.result["group"] for job in jobs}) == 1
    assert heard == [(job.id, event) for job in jobs for event in ("stage", "progress", "done")]
    assert len(list((tmp_path / "logs").iterdir())) == 1


def test_the_revision_grows_when_there_is_something_to_show_and_only_then(supervise):
    supervisor = supervise("obedient")
    before = supervisor.revision
    job = supervisor.request("lift")
    assert supervisor.revision > before
    until(supervisor, lambda: job.done == 1)
    before = supervisor.revision
    for _ in range(5):
        assert not supervisor.pump()
    assert supervisor.revision == before
    supervisor.cancel(job)
    assert supervisor.revision > before


@pytest.mark.parametrize(
    "act", ["exits", "crashes", "killed", "killed_leaving_a_child", "garbage", "binary", "wrong_types", "half_a_line"]
)
def test_after_any_end_of_the_worker_the_next_request_has_a_fresh_one(supervise, act):
    supervisor = supervise()
    first, ends = worker_of(supervisor), []
    job = ended(supervisor, supervisor.request("lift", ends.append, act=act))
    assert job.state == FAILED and job.sentence and "\n" not in job.sentence and ends == [job]
    assert worker_of(supervisor) != first
    settled(supervisor)
    assert ends == [job]


def test_failed_leaves_the_worker_and_its_models_alone(supervise):
    supervisor = supervise()
    first = worker_of(supervisor)
    job = ended(supervisor, supervisor.request("lift", act="failed"))
    assert (job.state, job.users_fault, job.sentence) == (FAILED, True, "no person in it")
    assert worker_of(supervisor) == first


def test_a_dying_worker_takes_no_waiting_request_with_it(supervise):
    supervisor = supervise()
    jobs = [supervisor.request("lift", act=act) for act in ("killed", "done", "crashes", "done")]
    until(supervisor, lambda: not supervisor.running)
    assert [job.state for job in jobs] == [FAILED, DONE, FAILED, DONE]


def test_what_a_worker_has_said_before_it_ended_is_heard(supervise):
    supervisor, heard = supervise(), []
    job = supervisor.request("train", on_event=lambda job, event: heard.append(event["event"]), act="done_and_exits")
    time.sleep(0.5)  # it has ended by now
    assert ended(supervisor, job).state == DONE
    assert heard == ["stage", "progress", "losses", "done"]


def test_silence_ends_the_worker_and_the_next_request_works(supervise):
    supervisor = supervise("done", Limits(silence=0.3))
    job = ended(supervisor, supervisor.request("lift", act="hung"))
    assert job.state == FAILED and "has not answered" in job.sentence
    assert ended(supervisor, supervisor.request("lift")).state == DONE


def test_a_worker_that_cannot_be_killed_keeps_nobody_waiting(supervise, monkeypatch):
    monkeypatch.setattr("blender_addon.jobs.supervisor._GIVEN_UP", 0.3)
    supervisor = supervise("immortal")
    job = supervisor.request("lift")
    until(supervisor, lambda: job.done == 1)
    process = supervisor._worker.process
    with monkeypatch.context() as stuck:  # as a process is that waits for a driver
        stuck.setattr("blender_addon.jobs.worker.end_process", lambda process: None)
        supervisor.cancel(job)
        after = supervisor.request("lift", act="done")
        assert ended(supervisor, job).state == CANCELLED
        assert ended(supervisor, after).state == DONE
        settled(supervisor)
        assert process.poll() is None
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


@pytest.mark.parametrize(
    ("mode", "words"), [("too_new", "protocol 2"), ("dies_at_start", "did not start the backend: it ended with exit")]
)
def test_a_worker_that_is_none_of_ours_is_told_with_its_remedy(supervise, mode, words):
    job = ended(supervisor := supervise(mode), supervisor.request("lift"))
    assert (job.state, job.remedy) == (FAILED, "repair") and words in job.sentence


def test_a_job_without_news_is_said_to_stall_and_can_be_cancelled(supervise):
    supervisor = supervise("obedient", Limits(stall=0.2))
    job = supervisor.request("lift")
    until(supervisor, lambda: job.stalled)
    assert job.state == "running"
    supervisor.cancel(job)
    assert ended(supervisor, job).state == CANCELLED


def test_cancelling_a_request_that_waits_hits_nobody_else(supervise):
    supervisor, ends = supervise("obedient"), []
    first = supervisor.request("lift")
    waits = supervisor.request("lift", ends.append)
    until(supervisor, lambda: first.done == 1)
    supervisor.cancel(waits)
    assert waits.state == CANCELLED and first.state == "running"
    until(supervisor, lambda: ends == [waits])
    time.sleep(1.0)  # longer than all steps of a cancel
    supervisor.pump()
    assert supervisor.running == [first]


@pytest.mark.parametrize("mode", ["obedient", "interruptible", "stubborn", "immortal"])
def test_cancel_twice_ends_once_and_the_next_request_works(supervise, mode):
    supervisor, ends = supervise(mode), []
    job = supervisor.request("lift", ends.append)
    until(supervisor, lambda: job.done == 1)
    for _ in range(2):
        supervisor.cancel(job)
    ended(supervisor, job)
    supervisor.cancel(job)
    assert job.state == CANCELLED
    assert ended(supervisor, supervisor.request("lift", act="done")).state == DONE
    assert ends == [job]


def test_a_cancel_that_comes_too_late_changes_nothing(supervise):
    supervisor = supervise()
    first = worker_of(supervisor)
    job = supervisor.request("lift")
    time.sleep(0.5)  # done is in the pipe by now
    supervisor.cancel(job)
    assert ended(supervisor, job).state == DONE
    time.sleep(0.5)  # until the steps of the cancel would come
    assert worker_of(supervisor) == first


def test_a_caller_who_was_held_up_does_not_rush_through_the_steps_of_a_cancel(supervise):
    supervisor = supervise("interruptible", Limits(ask=0.1, interrupt=30, terminate=30))
    job = supervisor.request("lift")
    until(supervisor, lambda: job.done == 1)
    process = supervisor._worker.process
    supervisor.cancel(job)  # and then an hour passes until the next pump
    supervisor._worker._step_at -= 3600
    assert ended(supervisor, job).state == CANCELLED
    assert process.wait() in (-signal.SIGINT, 1)  # and not terminated or killed


def test_a_caller_who_slept_does_not_take_it_for_silence(supervise):
    supervisor = supervise("obedient", Limits(silence=3.0))
    job = supervisor.request("lift")
    until(supervisor, lambda: job.done == 1)
    supervisor._worker._watched -= 3600
    supervisor.pump()
    time.sleep(0.1)
    supervisor.pump()
    assert job.state == "running"


def test_a_worker_that_has_died_idle_unnoticed_is_replaced_without_a_word(supervise):
    supervisor = supervise("done")
    first = worker_of(supervisor)
    os.kill(first, signal.SIGSTOP)  # it hears the request no more, and nobody can know that yet
    ends = []
    job = supervisor.request("lift", ends.append)
    os.kill(first, signal.SIGKILL)
    assert ended(supervisor, job).state == DONE and not job.sentence
    assert ends == [job] and worker_of(supervisor) != first


def test_a_request_that_kills_every_worker_is_tried_on_two_and_no_more(supervise, tmp_path):
    supervisor = supervise("mute_death")
    first = worker_of(supervisor)
    job = ended(supervisor, supervisor.request("lift"))
    assert job.state == FAILED and "was killed" in job.sentence
    assert worker_of(supervisor) != first and len(list((tmp_path / "logs").iterdir())) == 3


def test_heartbeats_do_not_pile_up_while_nobody_listens(supervise):
    supervisor = supervise()
    ended(supervisor, supervisor.request("lift", act="alive"))
    time.sleep(0.5)
    assert supervisor._worker._heartbeats == 100 and supervisor._worker._lines.empty()


def test_a_request_that_gives_way_is_cancelled_by_the_next_one(supervise):
    supervisor = supervise("obedient")
    first = worker_of(supervisor)
    warm, waits = (supervisor.request("warm_up", gives_way=True) for _ in range(2))
    assert supervisor.busy and not supervisor.running  # nobody need wait for it
    assert ended(supervisor, supervisor.request("lift", act="done")).state == DONE
    assert (warm.state, waits.state) == (CANCELLED, CANCELLED)
    assert worker_of(supervisor) == first


def test_other_words_mean_another_worker(supervise):
    extra = []
    supervisor = supervise(command=lambda: [sys.executable, "-I", "-u", str(FAKE), "done", *extra])
    first = worker_of(supervisor)
    extra.append("other")
    assert worker_of(supervisor) != first
    settled(supervisor)
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)


def test_without_a_backend_the_request_is_refused_and_nothing_waits(supervise, tmp_path):
    answer = [JobError("no backend is set up yet", remedy="set_up")]

    def command():
        if answer:
            raise answer[0]
        return [sys.executable, "-I", "-u", str(FAKE), "done"]

    supervisor = supervise(command=command)
    with pytest.raises(JobError, match="no backend"):
        supervisor.request("lift")
    assert not supervisor.busy
    error = answer.pop()
    first = supervisor.request("lift", act="crashes")
    second = supervisor.request("lift")
    answer.append(error)  # it is removed while one waits
    until(supervisor, lambda: not supervisor.running)
    assert first.state == FAILED and (second.state, second.remedy) == (FAILED, "set_up")
    with pytest.raises(JobError, match="cannot be started") as caught:
        supervise(command=lambda: [str(tmp_path / "python")]).request("lift")
    assert caught.value.remedy == "choose_python"


def test_what_a_callback_raises_comes_out_once_and_stops_no_other(supervise):
    supervisor, ends = supervise(), []

    def broken(job):
        raise ZeroDivisionError

    first, second = supervisor.request("lift", broken), supervisor.request("lift", ends.append)
    with pytest.raises(ZeroDivisionError):
        until(supervisor, lambda: not supervisor.running)
    until(supervisor, lambda: ends == [second])
    assert (first.state, second.state) == (DONE, DONE)


def test_close_ends_everything_without_a_word_and_a_later_request_starts_anew(supervise):
    supervisor, ends = supervise("immortal"), []
    jobs = [supervisor.request("lift", ends.append) for _ in range(2)]
    until(supervisor, lambda: jobs[0].done == 1)
    process = supervisor._worker.process
    supervisor.close()
    assert process.poll() is not None and [job.state for job in jobs] == [CANCELLED] * 2
    assert not supervisor.busy and not supervisor.pump() and ends == []
    assert ended(supervisor, supervisor.request("lift", act="done")).state == DONE


def test_variables_reach_the_worker_beside_the_clean_ones(supervise):
    supervisor = supervise("environment", variables={"CUDA_VISIBLE_DEVICES": "", "PYTHONUTF8": "1"})
    found = ended(supervisor, supervisor.request("lift")).result["variables"]
    assert found["CUDA_VISIBLE_DEVICES"] == "" and found["PYTHONUTF8"] == "1" and "PATH" in found
