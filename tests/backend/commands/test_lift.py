# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m backend lift: a clip in, a motion file out, and one line for everything that is no clip."""

import json
import os
import pickle

import numpy as np
import pytest

from backend.__main__ import main
from backend.lifting import lift
from backend.lifting.motion_file import read_motion

from ..lifting.clips import filmed_walk, save_untrained


class Hostile:
    def __reduce__(self):
        return os.system, ("touch hostile_was_here",)


def frames(count, people=1, value=0.9):
    """An OpenPose-like list of poses of COCO's 17 points."""
    pose = [[100.0 + 3 * k, 200.0 + 5 * k, value] for k in range(17)]
    return [{"id": person, "keypoints": [pose] * count} for person in range(people)]


def ours(people):
    return json.dumps({"format": "lift3d-keypoints", "version": 1, "layout": "coco17", "fps": 30,
                       "image_size": [1920, 1080], "people": people})  # fmt: skip


def text(content):
    return lambda path: path.write_text(content)


def arrays(**fields):
    return lambda path: np.savez(path.open("wb"), fps=30.0, image_size=[1920, 1080], **fields)


MALFORMED = {
    "missing": lambda path: None,
    "empty": text(""),
    "text": text("a walk in the park"),
    "binary": lambda path: path.write_bytes(bytes(range(256))),
    "half a JSON": text(ours(frames(20))[:500]),
    "a JSON of something else": text('{"name": "walk"}'),
    "a JSON number": text("7"),
    "zero people": text(ours([])),
    "people of nothing": text(ours([{"id": 0, "keypoints": [None] * 30}])),
    "one frame": text(ours(frames(1))),
    "all NaN": arrays(points=np.full((30, 17, 2), np.nan), confidence=np.ones((30, 17))),
    "no confidence": text(ours(frames(30, value=0.0))),
    "10,000 frames": arrays(points=np.ones((10_000, 17, 2)) * 100 + np.arange(17)[:, None]),
    "hostile pickle": lambda path: path.write_bytes(pickle.dumps(Hostile())),
    "hostile array": lambda path: np.savez(path.open("wb"), points=np.array([Hostile()], dtype=object)),
    "an empty folder": lambda path: path.mkdir(),
}


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def fails(capsys, *words):
    """The one line that a command leaves on stderr with exit code 2."""
    code = main(list(map(str, words)))
    printed = capsys.readouterr()
    assert code == 2, printed.err
    assert printed.out == "" and printed.err.count("\n") == 1 and printed.err.startswith("lift3d: ")
    assert "Traceback" not in printed.err and "unforeseen" not in printed.err
    return printed.err


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_clips_get_one_line_and_exit_code_2(tmp_path, capsys, name):
    clip = tmp_path / "clip.json"
    MALFORMED[name](clip)
    line = fails(capsys, "lift", clip, "-o", "out.npz", "--model", save_untrained(tmp_path))
    assert len(line) < 400
    assert not (tmp_path / "hostile_was_here").exists() and not (tmp_path / "out.npz").exists()


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["-o", "out.blend"], "end in .npz"),
        (["-o", "missing/out.npz"], "missing is not there"),
        ([], "required: -o/--output"),
        (["-o", "out.npz", "--steps", "0"], "1 to 1000 denoising steps"),
        (["-o", "out.npz", "--samples", "-2"], "1 to 100 samples"),
        (["-o", "out.npz", "--seed", "9" * 30], "seed"),
        (["-o", "out.npz", "--focal", "wide"], "--focal"),
        (["-o", "out.npz", "--focal", "-5", "--model", "."], "focal length"),
        (["-o", "out.npz", "--height", "17", "--model", "."], "standing height"),
        (["-o", "out.npz", "--fps", "0"], "frame rate"),
        (["-o", "out.npz", "--image-size", "0", "0"], "image size"),
        (["-o", "out.npz", "--person", "5"], "person"),
        (["-o", "out.npz", "--frames", "5"], "as in 100-250"),
        (["-o", "out.npz", "--frames", "5-50"], "frames 5 to 50 are not all in clip.json, which has 0 to 19"),
        (["-o", "out.npz", "--frames", "12-4"], "12 to 4"),
        (["-o", "out.npz", "--shape", "clip.json"], "clip.json is no motion file"),
        (["-o", "out.npz", "--device", "abacus"], "device"),
        (["-o", "out.npz", "--model", "nowhere"], "expected a checkpoint"),
        (["-o", "out.npz", "--model", ".", "--body", "nowhere"], "nowhere"),
        (["-o", "out.npz", "--model", ".", "--pose-prior", "nowhere"], "nowhere"),
    ],
)
def test_words_that_do_not_fit_get_one_line_and_exit_code_2(tmp_path, capsys, words, part):
    (tmp_path / "clip.json").write_text(ours(frames(20)))
    save_untrained(tmp_path)
    line = fails(capsys, "lift", "clip.json", *words)
    assert part.lower() in line.lower()
    assert not (tmp_path / "out.npz").exists()


def test_a_clip_is_lifted_and_said_in_a_line(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(lift, "FIT_ITERATIONS", 2)
    points = filmed_walk(20).points
    arrays(points=points, confidence=np.full(points.shape[:2], 0.9), layout="openpose18")(tmp_path / "clip.npz")
    words = "lift clip.npz -o out.npz --samples 1 --steps 1 --height 1.8 --device cpu --model"
    assert main([*words.split(), str(save_untrained(tmp_path))]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("out.npz: 20 frames at 30 fps") and printed.out.count("\n") == 1
    assert printed.err.startswith("note: focal length assumed: 1920 px") and printed.err.count("\n") == 1
    fields = read_motion(tmp_path / "out.npz")
    assert fields["poses"].shape == (20, 72) and fields["height"] == 1.8


def test_a_part_of_a_clip_and_the_body_of_an_earlier_motion(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(lift, "FIT_ITERATIONS", 2)
    points = filmed_walk(40).points
    arrays(points=points, confidence=np.full(points.shape[:2], 0.9), layout="openpose18")(tmp_path / "clip.npz")
    words = f"--samples 1 --steps 1 --focal 1000 --device cpu --model {save_untrained(tmp_path)}".split()
    assert main(["lift", "clip.npz", "-o", "first.npz", *words, "--frames", "3-22"]) == 0
    assert main(["lift", "clip.npz", "-o", "second.npz", *words, "--shape", "first.npz", "--height", "2.2"]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("first.npz: 20 frames") and "height of 2.2 m is not used" in printed.err
    first, second = read_motion(tmp_path / "first.npz"), read_motion(tmp_path / "second.npz")
    assert first["frame_start"] == 3 and second["frame_start"] == 0
    np.testing.assert_array_equal(first["betas"], second["betas"])
