# SPDX-License-Identifier: GPL-3.0-or-later
"""The set-up script: what it installs is pinned, and its stamp knows when nothing is to be done."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from blender_addon.jobs.backend_folder import python_of

ROOT = Path(__file__).resolve().parents[1]
SPEC = importlib.util.spec_from_file_location("set_up", ROOT / "set_up.py")
set_up = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(set_up)


def test_the_demo_knows_the_camera_of_its_clip():
    from assets.clips import build_walk_and_wave

    assert set_up.ROOT / set_up.DEMO_CLIP == build_walk_and_wave.CLIP
    assert float(set_up.DEMO_FOCAL) == build_walk_and_wave.FOCAL


def test_the_stamp_holds_for_the_same_pyproject_only(tmp_path):
    stamp = tmp_path / "stamp.json"
    assert set_up.installed_extras(b"one", stamp) is None
    stamp.write_text(json.dumps(set_up.stamp_text(b"one", {"dev", "blender"})), encoding="utf-8")
    assert set_up.installed_extras(b"one", stamp) == {"dev", "blender"}
    assert set_up.installed_extras(b"two", stamp) is None


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"extras": 3}', '{"extras": [], "pyproject": "x"}'])
def test_a_broken_stamp_means_a_new_set_up(tmp_path, content):
    stamp = tmp_path / "stamp.json"
    stamp.write_text(content, encoding="utf-8")
    assert set_up.installed_extras(b"one", stamp) is None


def test_a_second_run_installs_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(set_up, "ENVIRONMENT", tmp_path)
    monkeypatch.setattr(set_up, "STAMP", tmp_path / "stamp.json")
    python = python_of(tmp_path)
    python.parent.mkdir()
    python.touch()
    calls = []

    def run(words, **options):
        calls.append(words)
        return subprocess.CompletedProcess(words, 0)

    monkeypatch.setattr(set_up.subprocess, "run", run)
    assert set_up.make_environment({"blender"}) == python
    assert len(calls) == 2 and any(word.startswith("bpy==") for word in calls[0]) and "--no-deps" in calls[1]
    assert set_up.make_environment({"blender"}) == python and len(calls) == 2
    set_up.make_environment({"dev"})  # what is there stays
    assert len(calls) == 4 and any(word.startswith("bpy==") for word in calls[2])


def test_another_python_is_told_which_one_to_use(monkeypatch):
    monkeypatch.setattr(set_up.sys, "version_info", (3, 13, 1, "final", 0))
    with pytest.raises(set_up.SetUpError, match=r"3\.11 is needed.*this is 3\.13\.1.*py -3\.11"):
        set_up.make_environment({"dev"})


@pytest.mark.parametrize(("words", "code"), [(["--help"], 0), (["bake"], 2), (["demo", "fast"], 2)])
def test_words_it_does_not_know_get_the_usage(words, code):
    done = subprocess.run([sys.executable, "set_up.py", *words], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == code
    assert "set_up.py demo" in (done.stderr if code else done.stdout)
