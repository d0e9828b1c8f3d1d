# SPDX-License-Identifier: GPL-3.0-or-later
"""blender --command lift3d in a real Blender, with the built zip installed in a profile of its own.

The backend is a fake one, so that what is tested here is Blender's part: the command, its exit code and its files.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import build_addon
from tests.blender.beginnings import BEGINNINGS
from tests.blender.blenders import ROOT, real_blender, workplace
from tests.blender.synthetic import write_motion
from tests.blender_addon import fake_backend

pytestmark = pytest.mark.skipif(
    not real_blender(), reason="no real Blender: name its command in LIFT3D_BLENDER, as in LIFT3D_BLENDER=blender"
)


@pytest.fixture(scope="module")
def blender():
    """Starts Blender's command with words, the extension installed and enabled."""
    with workplace("command-") as folder:
        variables = {**os.environ, "BLENDER_USER_RESOURCES": f"{folder}/profile"}
        variables.pop("LIFT3D_PYTHON", None)

        def start(*words: object) -> subprocess.Popen:
            command = [*real_blender(), "-b", "--command", *map(str, words)]
            return subprocess.Popen(
                command, cwd=ROOT, env=variables, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )

        zip_file = build_addon.build(Path(folder))
        out, err = (process := start("extension", "install-file", "-r", "user_default", "-e", zip_file)).communicate()
        assert process.returncode == 0, out + err
        yield start


@pytest.fixture
def folder():
    with workplace("batch-") as name:
        yield Path(name)


@pytest.fixture
def lift(blender, folder):
    """Starts a lift of the clips in the folder into its `out`."""
    python = fake_backend.program(folder, "by_clip", sys.executable)
    fixed = ["lift3d", "lift", folder / "clips", "--out", folder / "out", "--python", python]
    return lambda *words: blender(*fixed, *words)


def write_clip(folder: Path, name: str, mode: str) -> Path:
    path = folder / "clips" / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"format": "lift3d-keypoints", "mode": mode}))
    return path


def test_twenty_clips_with_two_bad_ones_and_then_only_the_mended_ones(lift, folder):
    clips = [write_clip(folder, f"take_{number:02}", "good") for number in range(20)]
    write_clip(folder, "take_03", "bad")
    write_clip(folder, "take_15", "crash")
    out, err = (process := lift("--format", "blend")).communicate(timeout=600)
    assert process.returncode == 1, err
    rows = dict(re.findall(r"^(take_\d\d)\.json +(\w+)", out, re.M))
    assert len(rows) == 20 and {name for name, result in rows.items() if result == "failed"} == {"take_03", "take_15"}
    assert re.search(r"^take_03\.json +failed +[\d.]+ +no person in it$", out, re.M)
    assert re.search(r"^take_15\.json +failed +[\d.]+ +the backend ended with exit code 7", out, re.M)
    for number in (3, 15):
        write_clip(folder, clips[number].stem, "good")
    before = {path: path.stat().st_mtime_ns for path in (folder / "out").glob("*.blend")}
    out, err = (process := lift("--format", "blend")).communicate(timeout=600)
    assert process.returncode == 0, err
    rows = dict(re.findall(r"^(take_\d\d)\.json +(\w+)", out, re.M))
    assert {name for name, result in rows.items() if result == "done"} == {"take_03", "take_15"}
    assert all(path.stat().st_mtime_ns == then for path, then in before.items()) and len(before) == 18
    assert all(path.read_bytes().startswith(BEGINNINGS["blend"]) for path in (folder / "out").glob("*.blend"))
    assert len(list((folder / "out").glob("*.blend"))) == 20


def test_all_formats_of_one_clip_and_of_one_motion(lift, blender, folder):
    write_clip(folder, "walk", "good")
    formats = list(BEGINNINGS)
    out, err = (process := lift("--format", ",".join(formats), "--json")).communicate(timeout=300)
    if process.returncode == 2:  # said before any work
        assert "built without USD" in err and not (folder / "out").exists()
        formats.remove("usd")
        out, err = (process := lift("--format", ",".join(formats), "--json")).communicate(timeout=300)
    assert process.returncode == 0, err
    (record,) = json.loads(next(row for row in out.splitlines() if row.startswith("{")))["clips"]
    assert record["outputs"] == [f"walk.{ending}" for ending in formats] and record["frames"] == 4
    for ending in formats:
        assert (folder / f"out/walk.{ending}").read_bytes().startswith(BEGINNINGS[ending]), ending
    motion = write_motion(folder / "swing.npz", frames=5)
    formats.remove("npz")
    process = blender("lift3d", "import", motion, "--out", folder / "imported", "--format", ",".join(formats))
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    for ending in formats:
        assert (folder / f"imported/swing.{ending}").read_bytes().startswith(BEGINNINGS[ending]), ending


def test_one_clip_into_one_blend_as_outside_of_blender(blender, folder):
    clip = write_clip(folder, "walk", "good")
    python = fake_backend.program(folder, "good", sys.executable)
    process = blender("lift3d", "lift", clip, "-o", folder / "walk.blend", "--python", python)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    assert f"{folder}/walk.blend: 4 frames at 25 a second\n" in out
    assert (folder / "walk.blend").read_bytes().startswith(BEGINNINGS["blend"]) and (folder / "walk.npz").exists()


def test_ctrl_c_in_blender_cancels_and_keeps_what_is_done(lift, folder):
    for name, mode in (("a", "good"), ("b", "slow"), ("c", "good")):
        write_clip(folder, name, mode)
    process = lift("--format", "blend")
    limit = time.monotonic() + 120
    while not (folder / "clips/b.asked").exists() and time.monotonic() < limit:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130 and "lift3d: interrupted" in err, err
    assert re.findall(r"^(\w)\.json +(\w+)", out, re.M) == [("a", "done"), ("b", "cancelled"), ("c", "cancelled")]
    assert sorted(path.name for path in (folder / "out").iterdir()) == ["a.blend", "results.json"]


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["check", "--python", "/none/python"], 1, "names /none/python, which is no program"),
        (["lift", "none.json", "--out", "out/none"], 2, "none.json does not exist"),
        (["paint"], 2, "see blender --command lift3d --help"),
    ],
)
def test_what_is_wrong_is_one_line_and_blenders_exit_code(blender, words, code, sentence):
    out, err = (process := blender("lift3d", *words)).communicate(timeout=120)
    assert process.returncode == code
    said = [line for line in err.splitlines() if line.startswith("lift3d:")]
    assert len(said) == 1 and sentence in said[0] and "Traceback" not in err
