# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way in which setting the backend up can end, with a Python that does as it is told."""

import json
import os
import re
import shutil
import signal
import sys
import time
from pathlib import Path

import pytest

from blender_addon.jobs import JobError, backend_folder, requirements
from blender_addon.jobs.backend_folder import BROKEN, OUTDATED, READY
from blender_addon.jobs.installation import Installation
from blender_addon.jobs.installation_plan import Plan
from blender_addon.jobs.job import CANCELLED, DONE, FAILED
from blender_addon.jobs.requirements import CPU, CUDA, Requirements

FAKE = Path(__file__).with_name("fake_python.py")
NEEDS = Requirements(("torch==2.13.0", "roma==1.8.0"), ("configer==1.3.1",))
pytestmark = pytest.mark.skipif(os.name == "nt", reason="the fake Python is a script with a #! line")


class Stage:
    """A fake Python, what it is told, and the installation that uses it."""

    def __init__(self, folder: Path):
        self.home, self.folder = folder, folder / "backend"
        self.python = folder / "python"
        self.python.write_text(f"#!{sys.executable} -IS\n" + FAKE.read_text())
        self.python.chmod(0o755)
        self.tell({})

    def tell(self, steps: dict) -> None:
        (self.home / "told.json").write_text(json.dumps(steps))

    def plan(self, **more) -> Plan:
        given = {"base_python": str(self.python), "requirements": NEEDS, "check": ("check",), "disk_gb": 0.0}
        return Plan(self.folder, self.home / "set_up.log", **{**given, **more})

    def begin(self, **more) -> Installation:
        (self.home / "steps").unlink(missing_ok=True)
        installation = Installation(self.plan(**more))
        installation.start()
        return installation

    def run(self, **more) -> Installation:
        return ended(self.begin(**more))

    def steps(self) -> list[dict]:
        return [json.loads(line) for line in (self.home / "steps").read_text().splitlines()]

    def state(self, **more) -> str:
        return backend_folder.state(self.folder, self.plan(**more).contents)

    @property
    def left(self) -> list[str]:
        """What lies about that should not."""
        return [path.name for path in self.home.iterdir() if "tmp" in path.name]


@pytest.fixture
def stage(tmp_path, monkeypatch) -> Stage:
    monkeypatch.setenv("FAKE_PYTHON", str(tmp_path / "told.json"))
    return Stage(tmp_path)


def until(installation: Installation, condition, limit: float = 60.0) -> None:
    end = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < end, f"nothing happened: {installation.title}, {list(installation.lines)}"
        installation.pump()
        time.sleep(0.01)


def ended(installation: Installation) -> Installation:
    until(installation, lambda: not installation.running)
    return installation


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z"


def test_it_goes_through_all_steps_and_leaves_a_whole_environment(stage):
    installation = stage.run()
    assert (installation.state, installation.sentence) == (DONE, "")
    assert [each["step"] for each in stage.steps()] == ["probe", "venv", "pip", "torch", "full", "alone", "check"]
    assert (installation.step, installation.steps) == (7, 7)
    assert installation.result == {"torch": "2.13.0"}
    assert stage.state() == READY and stage.left == []
    log = (stage.home / "set_up.log").read_text()
    assert "Python 3.11.9" in log and "full it is" in log and log.count("\n$ ") == 6
    assert not installation.pump() and installation.state == DONE


def test_pip_is_told_what_the_requirements_say(stage):
    stage.run(pip_words=("--no-index",))
    words = {each["step"]: each["words"] for each in stage.steps()}
    assert words["pip"][-1] == requirements.PIP and "raw" not in words["pip"]
    assert "torch==2.13.0+cpu" in words["torch"] or sys.platform == "darwin"
    assert words["full"][-2:] == list(NEEDS.full) and "--no-deps" not in words["full"]
    assert words["alone"][-1:] == list(NEEDS.alone) and "--no-deps" in words["alone"]
    for name in ("pip", "torch", "full", "alone"):
        assert "--no-index" in words[name] and "-I" in words[name]


def test_the_users_settings_for_pip_count_and_nothing_bends_the_python(stage, monkeypatch):
    for name in ("PIP_INDEX_URL", "PIP_TARGET", "PIP_USER", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "1")
    stage.run()
    for each in stage.steps():
        found = each["variables"]
        assert {"PIP_INDEX_URL", "HTTPS_PROXY"} <= set(found)
        assert not {"PIP_TARGET", "PIP_USER", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"} & set(found)
        assert found["TMPDIR"] == found["TEMP"] == str(stage.home / "backend-tmp")


def test_a_download_shows_its_megabytes(stage):
    said = ["Collecting torch==2.13.0", "  Downloading https://x/torch-2.13.0%2Bcpu-cp311.whl (190 MB)"]
    said += ["Progress 0 of 190000000", "Progress 120400000 of 190000000"]
    stage.tell({"torch": {"says": said, "hangs": True}})
    installation = stage.begin()
    until(installation, lambda: installation.done > 0)
    assert installation.title == "Downloading torch, 120 of 190 MB"
    assert (installation.done, installation.total, installation.step) == (120400000, 190000000, 4)
    assert not [line for line in installation.lines if line.startswith("Progress")]
    installation.close()


def test_installing_shows_how_many_packages_are_there(stage):
    said = ["Installing collected packages: a, b, c, d, e"]
    stage.tell({"full": {"says": said, "makes": ["a-1.dist-info", "b-1.dist-info", "b"], "hangs": True}})
    installation = stage.begin()
    until(installation, lambda: installation.title == "Installing, 2 of 5 packages")
    assert (installation.done, installation.total) == (2, 5)
    installation.close()


def test_a_cancel_ends_every_process_and_the_next_set_up_mends_it(stage):
    stage.tell({"full": {"hangs": True}})
    installation = stage.begin()
    until(installation, (stage.home / "pids").exists)
    until(installation, lambda: (stage.home / "pids").read_text())
    pids = [int(word) for word in (stage.home / "pids").read_text().split()]
    assert stage.left == ["backend-tmp"] and not any(map(gone, pids))
    installation.cancel()
    assert installation.running and installation.cancelling
    ended(installation)
    assert (installation.state, installation.sentence) == (CANCELLED, "")
    until(installation, lambda: all(map(gone, pids)))
    assert stage.state() == BROKEN and stage.left == []
    stage.tell({})
    assert stage.run().state == DONE and stage.state() == READY
    assert "venv" in [each["step"] for each in stage.steps()]


def test_a_step_that_is_killed_is_one_sentence(stage):
    stage.tell({"torch": {"says": ["Collecting torch"], "hangs": True}})
    installation = stage.begin()
    until(installation, (stage.home / "pids").exists)
    until(installation, lambda: (stage.home / "pids").read_text())
    os.kill(int((stage.home / "pids").read_text().split()[0]), signal.SIGKILL)
    ended(installation)
    assert installation.state == FAILED and installation.remedy == "repair"
    assert installation.sentence.startswith("Installing torch was killed (signal 9")
    assert stage.state() == BROKEN and stage.left == []
    os.kill(int((stage.home / "pids").read_text().split()[1]), signal.SIGKILL)


@pytest.mark.parametrize(
    ("steps", "words", "remedy"),
    [
        ({"probe": {"says": ['{"version": [3, 13, 5], "venv": true, "ensurepip": true}']}},
         r"3\.11 is needed, which the pinned packages are built for, and .*python is Python 3\.13\.5: install",
         "choose_base"),
        ({"probe": {"says": ['{"version": [3, 11, 2], "venv": true, "ensurepip": false}']}},
         "lacks its module ensurepip: on Debian and Ubuntu, install the package python3.11-venv", "choose_base"),
        ({"probe": {"says": ["hello"]}}, "is no Python that works", "choose_base"),
        ({"probe": {"says": ["cannot execute"], "code": 126}}, "is no Python that works", "choose_base"),
        ({"venv": {"says": ["ensurepip is not", "Error: ensurepip is not available"], "code": 1}},
         "Making the environment failed: this Python lacks ensurepip", "choose_base"),
        ({"venv": {"makes": []}}, "made no environment at .*Microsoft Store", "choose_base"),
        ({"pip": {"says": ["WARNING: Retrying after connection broken by 'NewConnectionError'",
                           "ERROR: No matching distribution found for pip==26.3"], "code": 1}},
         "Updating pip failed: the package index cannot be reached", "set_up"),
        ({"torch": {"says": ["ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"],
                    "code": 1}}, "Installing torch failed: the disk is full", "set_up"),
        ({"alone": {"says": ["error: subprocess-exited-with-error"], "code": 1}},
         "Installing the last packages failed: subprocess-exited-with-error", "repair"),
        ({"check": {"says": ["Traceback", "ImportError: libcuda is odd"], "code": 1}},
         "Trying the backend failed: libcuda is odd", "repair"),
        ({"check": {"says": ["{", '"torch": "", "problems": ["torch cannot be loaded."], "remedy": "repair"', "}"]}},
         "installed and does not work: torch cannot be loaded", "repair"),
        ({"check": {"says": ["{", "what"]}}, "installed and does not work: it did not answer", "repair"),
    ],
)  # fmt: skip
def test_a_failure_is_one_sentence_with_the_logs_last_lines_and_what_mends_it(stage, steps, words, remedy):
    stage.tell(steps)
    installation = stage.run()
    assert installation.state == FAILED and installation.remedy == remedy
    assert re.search(words, installation.sentence), installation.sentence
    assert "\n" not in installation.sentence
    (step, how), = steps.items()  # fmt: skip
    if how.get("code") or step == "check":
        assert how["says"][-1] in installation.details
    assert installation.sentence in (stage.home / "set_up.log").read_text()
    assert stage.state() != READY and stage.left == []
    stage.tell({})
    assert stage.run().state == DONE


def test_blenders_own_python_is_called_so(stage):
    stage.tell({"probe": {"says": ['{"version": [3, 13, 5], "venv": true, "ensurepip": true}']}})
    assert "Blender's own Python is 3.13.5" in stage.run(own_python=True).sentence


def test_a_failure_before_anything_is_changed_leaves_the_environment_that_is_there(stage):
    stage.run()
    stage.tell({"probe": {"says": ["hello"]}})
    assert stage.run(afresh=True).state == FAILED
    assert stage.state() == READY


def test_other_requirements_are_installed_over_what_is_there(stage):
    stage.run()
    other = Requirements((*NEEDS.full, "scipy==1.17.1"), NEEDS.alone)
    assert stage.state(requirements=other) == OUTDATED
    installation = stage.run(requirements=other)
    assert installation.state == DONE and stage.state(requirements=other) == READY
    assert [each["step"] for each in stage.steps()] == ["probe", "pip", "torch", "full", "alone", "check"]


@pytest.mark.parametrize("more", [{"afresh": True}, {"build": CUDA}, {"index": "https://mirror/simple"}])
def test_a_repair_and_another_torch_begin_from_nothing(stage, more):
    stage.run(build=CPU)
    assert stage.run(**more).state == DONE
    assert stage.steps()[1]["words"][-2:] == ["--clear", str(stage.folder)]
    assert stage.state(**more) == READY


def test_an_update_that_fails_leaves_a_broken_environment_and_not_an_old_one(stage):
    stage.run()
    stage.tell({"full": {"code": 1}})
    other = Requirements((*NEEDS.full, "scipy==1.17.1"), NEEDS.alone)
    assert stage.run(requirements=other).state == FAILED
    assert stage.state() == BROKEN


def test_two_at_once_are_refused(stage):
    stage.tell({"torch": {"hangs": True}})
    first = stage.begin()
    until(first, (stage.home / "pids").exists)
    with pytest.raises(JobError, match="another Blender is setting the backend up"):
        Installation(stage.plan()).start()
    assert stage.left == ["backend-tmp"]  # still the first one's
    first.close()
    assert first.state == CANCELLED and stage.left == []
    stage.tell({})
    assert stage.run().state == DONE


def test_too_little_disk_is_said_before_anything_is_done(stage):
    with pytest.raises(JobError, match=r"needs about 1000000 GB of disk, and there are \d.* GB at .*: make room"):
        stage.begin(disk_gb=1e6)
    assert not stage.folder.exists() and not (stage.home / "steps").exists()
    assert stage.run().state == DONE  # the lock was given back
    assert stage.run(disk_gb=1e6).state == DONE  # an update needs little


def test_what_a_set_up_removes_first_is_room(stage):
    assert stage.run().state == DONE
    wanted = shutil.disk_usage(stage.home).free / 1e9 + 5
    with pytest.raises(JobError, match="make room"):
        stage.begin(afresh=True, disk_gb=wanted)
    with open(stage.folder / "lib" / "large", "wb") as file:
        file.truncate(10**10)  # which takes no room in truth
    assert stage.run(afresh=True, disk_gb=wanted).state == DONE


def test_a_folder_with_something_else_in_it_is_never_emptied(stage):
    stage.folder.mkdir()
    (stage.folder / "holiday.blend").touch()
    with pytest.raises(JobError, match="holds holiday.blend, which no backend has: move it away"):
        stage.begin(afresh=True)
    assert (stage.folder / "holiday.blend").exists()


def test_a_base_python_that_is_not_there_is_one_sentence(stage):
    with pytest.raises(JobError, match="cannot be started") as caught:
        stage.begin(base_python=str(stage.home / "absent"))
    assert caught.value.remedy == "choose_base" and stage.left == []


def test_a_folder_that_cannot_be_made_is_one_sentence(stage):
    (stage.home / "file").touch()
    stage.folder = stage.home / "file" / "backend"
    with pytest.raises(JobError, match="cannot be set up in"):
        stage.begin()


def test_a_password_in_an_indexs_address_is_not_in_the_log(stage):
    stage.run(index="https://someone:secret@mirror/simple")
    log = (stage.home / "set_up.log").read_text()
    assert "mirror/simple" in log and "secret" not in log
    assert any("someone:secret@" in word for each in stage.steps() for word in each["words"])


def test_close_ends_what_runs_and_counts_as_cancelled(stage):
    stage.tell({"venv": {"hangs": True}})
    installation = stage.begin()
    until(installation, (stage.home / "pids").exists)
    until(installation, lambda: (stage.home / "pids").read_text())
    installation.close()
    assert installation.state == CANCELLED and stage.left == []
    pids = [int(word) for word in (stage.home / "pids").read_text().split()]
    until(installation, lambda: all(map(gone, pids)))
