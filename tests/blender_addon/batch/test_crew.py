# SPDX-License-Identifier: GPL-3.0-or-later
"""Workers side by side: each clip comes back, a dead worker is replaced, and one that never begins ends the hope."""

import os
import sys
import time
from pathlib import Path

import pytest

from blender_addon.batch.crew import Crew, shared_threads

FAKE = Path(__file__).resolve().parents[1] / "jobs/fake_worker.py"


def follow(crew: Crew, ends: int) -> list:
    ended, limit = [], time.monotonic() + 60
    while len(ended) < ends and time.monotonic() < limit:
        ended += crew.pump()
        time.sleep(0.01)
    return ended


@pytest.fixture
def crew_of(tmp_path):
    crews = []

    def make(mode: str, size: int = 1) -> Crew:
        crews.append(Crew([sys.executable, str(FAKE), mode], size, tmp_path))
        return crews[-1]

    yield make
    for crew in crews:
        crew.close()


def test_two_are_at_work_at_once_and_both_come_back(crew_of, tmp_path, monkeypatch):
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    crew = crew_of("environment", 2)
    for name in ("one", "two"):
        assert crew.free
        crew.lift(name, tmp_path / name, tmp_path / "out.npz", {})
    assert not crew.free and {name for name, _ in crew.running} == {"one", "two"}
    ended = dict(follow(crew, 2))
    assert {job.state for job in ended.values()} == {"done"} and not crew.busy and crew.free
    groups = {job.result["group"] for job in ended.values()}
    assert len(groups) == 2
    for job in ended.values():
        assert job.result["variables"]["OMP_NUM_THREADS"] == shared_threads(2)["OMP_NUM_THREADS"]


@pytest.mark.parametrize("mode", ["killed", "crashes", "garbage"])
def test_a_worker_that_dies_takes_one_clip_and_the_next_gets_a_fresh_one(crew_of, tmp_path, mode):
    crew = crew_of(mode)
    for name in ("one", "two", "three"):
        crew.lift(name, tmp_path / name, tmp_path / "out.npz", {})
        ((task, job),) = follow(crew, 1)
        assert task == name and job.state == "failed" and job.sentence
    assert not crew.hopeless


@pytest.mark.parametrize("mode", ["dies_at_start", "too_new"])
def test_a_backend_that_fails_before_it_begins_is_hopeless_at_the_second_time(crew_of, tmp_path, mode):
    crew = crew_of(mode)
    for hopeless in (False, True):
        crew.lift("one", tmp_path / "one", tmp_path / "out.npz", {})
        assert follow(crew, 1)[0][1].state == "failed" and crew.hopeless is hopeless


def test_a_program_that_cannot_be_started_is_a_failure_with_a_sentence(tmp_path):
    crew = Crew([str(tmp_path / "absent")], 1, tmp_path)
    crew.lift("one", tmp_path / "one", tmp_path / "out.npz", {})
    ((task, job),) = follow(crew, 1)
    assert task == "one" and "cannot be started" in job.sentence and not crew.busy


def test_a_cancel_ends_all_that_is_at_work(crew_of, tmp_path):
    crew = crew_of("obedient", 2)
    for name in ("one", "two"):
        crew.lift(name, tmp_path / name, tmp_path / "out.npz", {})
    limit = time.monotonic() + 60
    while not all(job.stage for _, job in crew.running) and time.monotonic() < limit:
        crew.pump()
    crew.cancel()
    assert [job.state for _, job in follow(crew, 2)] == ["cancelled"] * 2


def test_cores_are_shared_out_unless_the_user_has_chosen():
    cores = len(os.sched_getaffinity(0))
    assert shared_threads(1, {}) == {}
    assert shared_threads(2, {})["OMP_NUM_THREADS"] == str(max(1, cores // 2))
    assert shared_threads(1000, {})["MKL_NUM_THREADS"] == "1"
    assert shared_threads(2, {"OMP_NUM_THREADS": "3"}) == {}
