# SPDX-License-Identifier: GPL-3.0-or-later
"""The add-on's command line as a user meets it: one line and an exit code for everything that is wrong."""

import os
import pty
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from blender_addon import commands
from tests.blender.synthetic import write_motion
from tests.blender_addon import fake_backend

ROOT = Path(__file__).resolve().parents[3]
needs_bpy = pytest.mark.skipif(not find_spec("bpy"), reason="this environment has no bpy: pip install bpy==4.5.15")


@pytest.fixture
def motion(tmp_path):
    return write_motion(tmp_path / "motion.npz", frames=4)


@pytest.fixture
def clip(tmp_path):
    path = tmp_path / "clip.json"
    path.write_text("{}")
    return path


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "required: COMMAND"),
        (["paint"], "invalid choice: 'paint'"),
        (["import", "{motion}"], "-o/--output --out is required"),
        (["import", "{motion}", "-o", "out.fbx"], "named something.blend, got out.fbx"),
        (["import", "{motion}", "-o", "{folder}/no/such/out.blend"], "there is no folder"),
        (["import", "{motion}", "-o", "{folder}/taken.blend"], "it is a folder"),
        (["import", "{motion}", "-o", "/proc/out.blend"], "/proc/out.blend cannot be written: "),
        (["import", "{folder}/none.npz", "-o", "{folder}/out.blend"], "does not exist; expected a motion file"),
        (["import", "{folder}/empty.npz", "-o", "{folder}/out.blend"], "is not an .npz file"),
        (["import", "{motion}", "-o", "{folder}/out.blend", "--body", "{folder}/empty.npz"], "expected a body file"),
        (["lift", "{folder}/none.json", "-o", "{folder}/out.blend"], "expected a clip of 2D keypoints"),
        (["lift", "{clip}", "-o", "{folder}/out.blend", "--seed", "x"], "invalid int value: 'x'"),
        (["lift", "{clip}", "-o", "{folder}/out.blend", "--person", "both"], "a person, or all, got 'both'"),
        (["lift", "{clip}", "--out", "{folder}/out", "--person", "all"], "--person all goes with -o"),
        (["lift", "{clip}", "-o", "{folder}/two.blend", "--person", "all"], "two_1.npz, which is none"),
        (["lift", "{clip}", "-o", "{folder}/out.blend", "--frames", "7"], "the last frame, as in 100-250, got '7'"),
        (["lift", "{clip}", "-o", "{folder}/out.blend", "--shape", "{folder}/empty.npz"], "is not an .npz file"),
        (["lift", "{clip}", "-o", "{folder}/clip.blend", "--motion", "{clip}"], "would be written over"),
        (["lift", "{clip}", "-o", "{folder}/empty.blend"], "empty.npz, which is none"),
        (["lift", "{clip}", "-o", "{folder}/out.blend", "--python", "{folder}/no-python"], "is no program"),
        (["render", "{folder}/none.blend", "-o", "{folder}"], "expected a .blend file"),
        (["render", "{motion}", "-o", "{folder}", "--frames", "1;2"], "expected whole numbers with commas"),
        (["render", "{motion}", "-o", "{folder}", "--size", "big"], "expected WIDTHxHEIGHT"),
    ],
)
def test_what_is_wrong_is_one_line_and_exit_code_2(words, sentence, motion, clip, tmp_path, capsys):
    (tmp_path / "taken.blend").mkdir()
    (tmp_path / "empty.npz").write_bytes(b"")
    (tmp_path / "two_1.npz").write_bytes(b"")
    before = sorted(tmp_path.iterdir())
    code = commands.main([word.format(motion=motion, clip=clip, folder=tmp_path) for word in words])
    printed = capsys.readouterr()
    assert code == 2 and sentence in printed.err
    assert printed.err.startswith("lift3d: ") and printed.err.count("\n") == 1 and printed.out == ""
    assert sorted(tmp_path.iterdir()) == before


def lift(clip: Path, output: Path, mode: str, *more: str, **options) -> subprocess.Popen:
    """`python -m blender_addon lift` with a backend that does what the mode says instead of lifting."""
    python = fake_backend.program(output.parent, mode)
    words = [sys.executable, "-m", "blender_addon", "lift", str(clip), "-o", str(output), "--python", str(python)]
    words += more
    given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, **options}
    return subprocess.Popen(words, cwd=ROOT, text=True, env={**os.environ, "TMPDIR": str(output.parent)}, **given)


@needs_bpy
def test_a_lift_makes_the_blend_and_keeps_the_motion_beside_it(clip, tmp_path):
    out, err = (process := lift(clip, tmp_path / "out.blend", "good")).communicate(timeout=120)
    assert process.returncode == 0, err
    assert (tmp_path / "out.blend").read_bytes()[:4] == b"\x28\xb5\x2f\xfd"  # Zstandard: compressed
    assert (tmp_path / "out.npz").exists()
    assert err.splitlines() == ["lift3d: Sampling", "lift3d: note: feet slide"]
    assert out == f"{tmp_path}/out.blend: 4 frames at 25 a second\n"
    assert not list(tmp_path.glob("lift3d-*")) and not list(tmp_path.glob(".lift3d-*"))


@needs_bpy
def test_everybody_comes_into_one_blend_with_a_motion_file_each(clip, tmp_path):
    process = lift(clip, tmp_path / "out.blend", "good", "--person", "all")
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert out == f"{tmp_path}/out.blend: 2 people, 4 frames at 25 a second\n"
    assert sorted(path.name for path in tmp_path.glob("*.npz")) == ["out_0.npz", "out_1.npz"]


@needs_bpy
@pytest.mark.parametrize(
    ("mode", "code", "lines"),
    [
        ("bad", 2, ["lift3d: no person in it"]),
        ("crash", 1, ["lift3d: the backend ended with exit code 7", "out of luck"]),
    ],
)
def test_a_lift_that_fails_says_why_and_leaves_nothing(clip, tmp_path, mode, code, lines):
    _, err = (process := lift(clip, tmp_path / "out.blend", mode)).communicate(timeout=120)
    assert process.returncode == code
    found = [line for line in err.splitlines() if line != "lift3d: Sampling"]
    assert len(found) == len(lines) and all(map(str.startswith, found, lines)), err
    assert not (tmp_path / "out.blend").exists() and not (tmp_path / "out.npz").exists()
    logs = list(tmp_path.glob("lift3d-*.log"))
    assert [str(log) in err for log in logs] == ([] if mode == "bad" else [True])


@needs_bpy
@pytest.mark.parametrize("presses", [1, 2])
def test_ctrl_c_in_a_terminal_cancels(clip, tmp_path, presses):
    """A terminal's Ctrl-C goes to its foreground group: to us and not to the worker, which has its own."""
    ours, theirs = pty.openpty()
    mode = "slow" if presses == 1 else "deaf"
    terminal = {"stdin": theirs, "stdout": theirs, "stderr": theirs, "start_new_session": True}
    process = lift(clip, tmp_path / "out.blend", mode, **terminal)
    os.close(theirs)
    shown = ""
    while "Sampling 1/" not in shown:
        shown += os.read(ours, 1024).decode()
    for press in range(presses):
        os.killpg(process.pid, signal.SIGINT)
        if press + 1 < presses:
            while "cancelling" not in shown:
                shown += os.read(ours, 1024).decode()
            time.sleep(0.3)
    while True:
        try:
            shown += os.read(ours, 1024).decode()
        except OSError:
            break
    os.close(ours)
    assert process.wait(60) == 130, shown
    assert shown.splitlines()[-1].endswith("lift3d: interrupted") and "Traceback" not in shown
    assert not (tmp_path / "out.blend").exists()
    assert not list(tmp_path.glob("lift3d-*"))
    worker = int((tmp_path / "pid").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)


@needs_bpy
def test_import_replaces_a_blend_whole_and_prints_nothing_of_blenders(motion, tmp_path):
    output = tmp_path / "out.blend"
    output.write_text("old")
    words = [sys.executable, "-m", "blender_addon", "import", str(motion), "-o", str(output)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert (done.stdout, done.stderr) == (f"{output}: 4 frames at 25 a second\n", "")
    assert output.stat().st_size > 100_000
    assert sorted(path.name for path in tmp_path.iterdir()) == ["motion.npz", "out.blend"]
