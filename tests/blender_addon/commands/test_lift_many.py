# SPDX-License-Identifier: GPL-3.0-or-later
"""lift CLIPS... --out DIR, with a backend that is told by each clip how its lift is to end."""

import json
import os
import re
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


def write_clip(path: Path, mode: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"format": "lift3d-keypoints", "mode": mode}))
    return path


def words(folder: Path, *more: object, clips=("clips",)) -> list[str]:
    python = fake_backend.program(folder, "by_clip")
    sources = [str(folder / clip) for clip in clips]
    return ["lift", *sources, "--out", str(folder / "out"), "--python", str(python), *map(str, more)]


def start(folder: Path, *more: object) -> subprocess.Popen:
    command = [sys.executable, "-m", "blender_addon", *words(folder, *more)]
    env = {**os.environ, "TMPDIR": str(folder)}
    return subprocess.Popen(command, cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def run(folder: Path, *more: object) -> tuple[int, str, str]:
    out, err = (process := start(folder, *more)).communicate(timeout=300)
    return process.returncode, out, err


def results(folder: Path) -> dict[str, dict]:
    held = json.loads((folder / "out/results.json").read_text())
    return {record["name"]: record for record in held["clips"]}


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "out").iterdir())


@needs_bpy
def test_twenty_clips_with_two_bad_ones_are_18_results_and_then_only_the_mended_ones_are_lifted(tmp_path):
    clips = [write_clip(tmp_path / f"clips/take_{number:02}.json", "good") for number in range(20)]
    write_clip(clips[4], "bad")
    clips[11].write_text('{"format": "lift3d-keypoi')
    code, out, err = run(tmp_path, "--format", "blend")
    assert code == 1, err
    rows = out.splitlines()
    good = [row for row in rows if re.fullmatch(r"take_\d\d\.json +done +4 +25 +[\d.]+ +2\.5 +take_\d\d\.blend", row)]
    bad = [row for row in rows if re.fullmatch(r"take_(04|11)\.json +failed +[\d.]+ +no person in it", row)]
    assert len(good) == 18 and len(bad) == 2, out
    assert rows[-1].startswith("18 done, 2 failed; all of it is in ")
    assert left(tmp_path) == sorted(["results.json", *(f"take_{n:02}.blend" for n in range(20) if n not in (4, 11))])
    stamps = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("*.blend")}
    for clip in (clips[4], clips[11]):
        write_clip(clip, "good")
    code, out, err = run(tmp_path, "--format", "blend")
    assert code == 0, err
    assert re.findall(r"^take_(\d\d)\.json +done", out, re.M) == ["04", "11"]
    assert len(re.findall(r"^take_\d\d\.json +skipped", out, re.M)) == 18
    assert err.count("skipped, finished earlier") == 18
    again = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("*.blend")}
    assert len(again) == 20 and stamps.items() <= again.items()


def test_a_dead_worker_takes_one_clip_with_it_and_its_last_words_are_kept(tmp_path, capsys):
    for name, mode in (("a", "good"), ("b", "crash"), ("c", "good"), ("d", "no_motion"), ("e", "good")):
        write_clip(tmp_path / f"clips/{name}.json", mode)
    code = commands.main(words(tmp_path, "--format", "npz"))
    kept = results(tmp_path)
    assert code == 1 and [kept[name]["result"] for name in "abcde"] == ["done", "failed", "done", "failed", "done"]
    assert "ended with exit code 7" in kept["b"]["sentence"] and "out of luck" in kept["b"]["details"]
    assert "d.npz" in kept["d"]["sentence"] and not kept["d"]["outputs"]
    assert left(tmp_path) == ["a.npz", "c.npz", "e.npz", "results.json"]
    assert "[5/5]" in capsys.readouterr().err


def test_workers_at_once_lift_all_and_json_is_one_line_on_standard_output(tmp_path, capsys):
    for number in range(5):
        write_clip(tmp_path / f"clips/{number}.json", "good")
    code = commands.main(words(tmp_path, "--format", "npz", "--jobs", 2, "--json"))
    printed = capsys.readouterr()
    assert code == 0 and printed.out.count("\n") == 1
    told = json.loads(printed.out)["clips"]
    assert [record["name"] for record in told] == ["0", "1", "2", "3", "4"]
    assert told == [results(tmp_path)[name] for name in "01234"]
    assert (told[0]["frames"], told[0]["fps"], told[0]["reprojection_px"], told[0]["confidence"]) == (4, 25, 2.5, 0.75)
    assert told[0]["warnings"] == ["feet slide"] and told[0]["outputs"] == ["0.npz"]
    assert "5 done" in printed.err and "note, 5 times: feet slide" in printed.err
    code = commands.main(words(tmp_path, "--format", "npz", "--json"))
    assert code == 0 and {item["result"] for item in json.loads(capsys.readouterr().out)["clips"]} == {"skipped"}


def test_what_is_finished_needs_no_backend_and_force_does_it_again(tmp_path, capsys):
    write_clip(tmp_path / "clips/a.json", "good")
    assert commands.main(words(tmp_path, "--format", "npz")) == 0
    before = results(tmp_path)["a"]
    none = ["--format", "npz", "--python", str(tmp_path / "no-python")]
    assert commands.main(words(tmp_path, *none)) == 0
    assert commands.main(words(tmp_path, *none, "--force")) == 2
    assert "is no program" in capsys.readouterr().err
    for more in (["--seed", 2], ["--force"], []):
        assert commands.main(words(tmp_path, "--format", "npz", *more)) == 0
    assert results(tmp_path)["a"]["settings"] == before["settings"]
    assert results(tmp_path)["a"]["content"] == before["content"]


@needs_bpy
def test_a_further_format_is_made_of_the_motion_that_is_there_without_a_lift(tmp_path):
    write_clip(tmp_path / "clips/a.json", "good")
    assert commands.main(words(tmp_path, "--format", "npz")) == 0
    before = results(tmp_path)["a"]
    code, out, err = run(tmp_path, "--format", "bvh", "--python", tmp_path / "no-python")
    assert code == 0 and left(tmp_path) == ["a.bvh", "a.npz", "results.json"], err
    after = results(tmp_path)["a"]
    assert after["outputs"] == ["a.npz", "a.bvh"]
    assert {**after, "outputs": 0, "seconds": 0, "finished": 0} == {**before, "outputs": 0, "seconds": 0, "finished": 0}
    write_clip(tmp_path / "clips/a.json", "bad").write_text("changed")
    assert run(tmp_path, "--format", "fbx")[0] == 1 and left(tmp_path) == ["a.bvh", "a.npz", "results.json"]


def test_options_reach_the_backend_and_the_record(tmp_path):
    write_clip(tmp_path / "clips/a.json", "good")
    shape = write_motion(tmp_path / "earlier.npz", frames=3, betas=(0.5,) * 10)
    more = ["--seed", 3, "--image-size", "640x480", "--frames", "2-9", "--shape", shape, "--device", "cpu"]
    assert commands.main(words(tmp_path, "--format", "npz", *more)) == 0
    record = results(tmp_path)["a"]
    asked = {"seed": 3, "image_size": [640, 480], "first_frame": 2, "last_frame": 9, "betas": [0.5] * 10}
    assert record["settings"]["options"] == asked
    assert json.loads((tmp_path / "clips/a.asked").read_text()) == {**asked, "device": "cpu"}


def test_equal_names_in_two_folders_get_outputs_of_their_own_and_keep_them(tmp_path):
    for folder in ("one", "two"):
        write_clip(tmp_path / f"clips/{folder}/walk.json", "good")
    assert commands.main(words(tmp_path, "--format", "npz")) == 0
    assert left(tmp_path) == ["one-walk.npz", "results.json", "two-walk.npz"]
    write_clip(tmp_path / "clips/walk.json", "good")
    assert commands.main(words(tmp_path, "--format", "npz")) == 0
    assert left(tmp_path) == ["one-walk.npz", "results.json", "two-walk.npz", "walk.npz"]


def test_outputs_beside_the_clips_are_never_written_over_a_clip(tmp_path):
    clip = write_clip(tmp_path / "clips/walk.json", "good")
    clip.rename(clip.with_suffix(".npz"))  # the fake backend does not mind
    held = clip.with_suffix(".npz").read_bytes()
    python = fake_backend.program(tmp_path, "by_clip")
    code = commands.main(
        ["lift", str(clip.with_suffix(".npz")), "--out", str(clip.parent), "--format", "npz", "--python", str(python)]
    )
    assert code == 0 and clip.with_suffix(".npz").read_bytes() == held
    assert sorted(path.name for path in clip.parent.glob("*.npz")) == ["clips-walk.npz", "walk.npz"]


@needs_bpy
def test_what_somebody_else_has_made_is_never_written_over(tmp_path):
    clip = write_clip(tmp_path / "clips/hero.json", "good")
    out = tmp_path / "out"
    out.mkdir()
    (out / "hero.blend").write_text("a week's work")
    code, _, err = run(tmp_path, "--format", "blend")
    assert code == 0 and (out / "hero.blend").read_text() == "a week's work", err
    assert left(tmp_path) == ["clips-hero.blend", "hero.blend", "results.json"]
    write_clip(clip, "good").write_text(clip.read_text() + " ")
    assert run(tmp_path, "--format", "blend")[0] == 0  # one's own is
    assert left(tmp_path) == ["clips-hero.blend", "hero.blend", "results.json"]


@needs_bpy
@pytest.mark.parametrize(("formats", "kept"), [("blend,npz", True), ("blend", False)])
def test_a_character_knows_where_its_motion_is_kept(tmp_path, formats, kept):
    write_clip(tmp_path / "clips/a.json", "good")
    assert run(tmp_path, "--format", formats)[0] == 0
    program = (
        "import sys, bpy\nbpy.ops.wm.open_mainfile(filepath=sys.argv[1])\n"
        "print(next(each for each in bpy.data.objects if each.type == 'ARMATURE')['lift3d']['motion'])\n"
    )
    words = [sys.executable, "-c", program, str(tmp_path / "out/a.blend")]
    found = subprocess.run(words, capture_output=True, text=True, timeout=120).stdout.splitlines()[-1]
    assert found == (str(tmp_path / "out/a.npz") if kept else "")


def test_words_that_name_nothing_fail_beside_the_others_and_alone_are_an_error(tmp_path, capsys):
    write_clip(tmp_path / "clips/a.json", "good")
    assert commands.main(words(tmp_path, "--format", "npz", clips=("clips", "none.json"))) == 1
    assert re.search(r"none\.json +failed +0\.0 +\S+none\.json does not exist", capsys.readouterr().out)
    assert results(tmp_path)["a"]["result"] == "done" and results(tmp_path)["none"]["result"] == "failed"
    assert commands.main(["lift", str(tmp_path / "none.json"), "--out", str(tmp_path / "other")]) == 2
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--format", "blend,mp4"], "there is no format 'mp4' here; there are blend, fbx"),
        (["--jobs", "0"], "expected 1 to 64 workers, got '0'"),
        (["--motion", "x.npz"], "--motion goes with -o"),
        (["-o", "x.blend"], "not allowed with argument"),
        (["--subject", "dog"], "invalid choice: 'dog'"),
        (["--model", "{folder}/none"], "has no line_diffusion.safetensors"),
        (["--body", "{folder}/none"], "none cannot be read"),
        (["--out", "/proc/none", "--format", "npz"], "nothing can be written into /proc/none"),
        (["--out", "{folder}/clips/a.json", "--format", "npz"], "is a file; expected a folder"),
    ],
)
def test_words_that_do_not_fit_are_one_line_before_any_work(tmp_path, capsys, more, sentence):
    write_clip(tmp_path / "clips/a.json", "good")
    assert commands.main(words(tmp_path, *(word.format(folder=tmp_path) for word in more))) == 2
    printed = capsys.readouterr()
    assert sentence in printed.err and printed.err.count("\n") == 1 and not printed.out
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("more", [["--format", "npz"], ["--jobs", "2"], ["--force"], ["--json"]])
def test_what_belongs_to_many_is_refused_with_one(tmp_path, capsys, more):
    clip = write_clip(tmp_path / "a.json", "good")
    assert commands.main(["lift", str(clip), "-o", str(tmp_path / "a.blend"), *more]) == 2
    assert f"{more[0]} goes with --out DIR" in capsys.readouterr().err
    assert commands.main(["lift", str(clip), str(clip), "-o", str(tmp_path / "a.blend")]) == 2
    assert "-o takes one source and 2 are named" in capsys.readouterr().err


def test_results_that_cannot_be_kept_end_the_run_in_one_line(tmp_path, capsys):
    write_clip(tmp_path / "clips/a.json", "good")
    (tmp_path / f"out/.results.json.{os.getpid()}").mkdir(parents=True)  # where the draft of it would be
    assert commands.main(words(tmp_path, "--format", "npz")) == 1
    error = capsys.readouterr().err
    assert error.startswith("lift3d: ") and "results.json cannot be written: Is a directory" in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("mode", ["slow", "deaf"])
def test_ctrl_c_cancels_what_runs_and_keeps_what_is_done(tmp_path, mode):
    for name, kind in (("a", "good"), ("b", mode), ("c", "good")):
        write_clip(tmp_path / f"clips/{name}.json", kind)
    process = start(tmp_path, "--format", "npz")
    limit = time.monotonic() + 120
    while not (tmp_path / "out/results.json").exists() and time.monotonic() < limit:
        time.sleep(0.05)
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    if mode == "deaf":
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130 and "Traceback" not in err, err
    assert err.splitlines()[-1] == "lift3d: interrupted"
    assert left(tmp_path) == ["a.npz", "results.json"] and list(results(tmp_path)) == ["a"]
    assert not list(tmp_path.glob("lift3d-*"))
    if mode == "slow":
        assert re.findall(r"^(\w)\.json +(\w+)", out, re.M) == [("a", "done"), ("b", "cancelled"), ("c", "cancelled")]
        write_clip(tmp_path / "clips/b.json", "good")
        assert commands.main(words(tmp_path, "--format", "npz")) == 0
        assert left(tmp_path) == ["a.npz", "b.npz", "c.npz", "results.json"]
