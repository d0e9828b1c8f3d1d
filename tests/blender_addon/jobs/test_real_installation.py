# SPDX-License-Identifier: GPL-3.0-or-later
"""A real environment by this Python and its own pip, from tiny wheels made here, without any network."""

import os
import sys
import time
import zipfile
from pathlib import Path

import pytest

from blender_addon.jobs import backend_folder, base_python
from blender_addon.jobs.backend_folder import BROKEN, READY
from blender_addon.jobs.installation import Installation
from blender_addon.jobs.installation_plan import Plan
from blender_addon.jobs.job import DONE, FAILED
from blender_addon.jobs.requirements import Requirements

NEEDS = Requirements(("torch==0.0.1", "roma==0.0.1"), ("configer==0.0.1",))
pytestmark = [
    pytest.mark.skipif(sys.version_info[:2] != base_python.NEEDED, reason="the backend's Python is 3.11"),
    pytest.mark.skipif(sys.platform == "darwin", reason="a Mac's torch has no tag"),
]


def make_wheel(folder: Path, name: str, version: str, requires: str = "") -> None:
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": f"version = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        + (f"Requires-Dist: {requires}\n" if requires else ""),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: lift3d\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{file},,\n" for file in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        for file, text in files.items():
            archive.writestr(file, text)


def run(plan: Plan) -> Installation:
    installation = Installation(plan)
    installation.start()
    end = time.monotonic() + 240
    while installation.running:
        assert time.monotonic() < end, list(installation.lines)
        installation.pump()
        time.sleep(0.05)
    return installation


def test_a_real_environment_is_made_mended_and_brought_up_to_date(tmp_path, monkeypatch):
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    make_wheel(wheels, "torch", "0.0.1+cpu", "filelock")
    make_wheel(wheels, "filelock", "3.0")
    make_wheel(wheels, "roma", "0.0.1")
    make_wheel(wheels, "configer", "0.0.1", "codecov")  # which is nowhere, and not wanted
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    words = ("--no-index", "--find-links", str(wheels))
    check = ("-c", "import configer, filelock, roma, torch; print('{\\n\"torch\": \"' + torch.version + '\"}')")
    given = {"pip": "pip", "progress": "off", "pip_words": words, "check": check, "disk_gb": 0.1}
    folder = tmp_path / "a folder" / "backend"
    plan = Plan(folder, tmp_path / "log", sys.executable, NEEDS, **given)
    made = run(plan)
    assert made.state == DONE, made.sentence + made.details
    assert made.result == {"torch": "0.0.1+cpu"} and backend_folder.state(folder, plan.contents) == READY

    more = Requirements((*NEEDS.full, "scipy==0.0.1"), NEEDS.alone)
    wanting = Plan(folder, tmp_path / "log", sys.executable, more, **given)
    failed = run(wanting)
    assert failed.state == FAILED and "no package index known to pip has scipy==0.0.1" in failed.sentence
    assert "\n" not in failed.sentence and "scipy" in failed.details
    assert backend_folder.state(folder, wanting.contents) == BROKEN

    make_wheel(wheels, "scipy", "0.0.1")
    assert run(wanting).state == DONE and backend_folder.state(folder, wanting.contents) == READY
    assert sorted(path.name for path in folder.parent.iterdir()) == ["backend", "backend.lock"]
