# SPDX-License-Identifier: GPL-3.0-or-later
"""Renders with the character over its film, in every Blender at hand: the right picture, nothing of the user's lost."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.blender.blenders import ROOT, blenders, run_script, workplace
from tests.blender.synthetic import key_at, write_motion
from tests.blender_addon import fake_backend

INSIDE = Path(__file__).with_name("inside_over_footage.py")
FPS, SIZE, FRAMES = 25.0, (320, 240), 30


def brightness(number: float) -> float:
    """Of the picture of a number, from 1; of its green, which a codec keeps best."""
    return 20 + 3 * number


def lay_out(folder: Path) -> None:
    """A motion with frames 7 to 36 of a film, that film as video and as pictures, and a motion whose camera zooms."""
    given = {"frames": FRAMES, "fps": FPS, "size": SIZE}
    write_motion(folder / "walk.npz", **given)
    write_motion(folder / "zoom.npz", **given, camera_zoom=np.linspace(1, 2, FRAMES))
    (folder / "pictures").mkdir()
    film = cv2.VideoWriter(str(folder / "film.mp4"), cv2.VideoWriter_fourcc(*"mp4v"), FPS, SIZE)
    for number in range(1, 61):
        picture = np.full((SIZE[1], SIZE[0], 3), brightness(number), np.uint8)
        film.write(picture)
        cv2.imwrite(str(folder / "pictures" / f"p_{number:04d}.png"), picture)
    film.release()


@pytest.fixture(scope="module", params=blenders())
def told(request) -> dict:
    with workplace("test-over-footage-") as folder:
        lay_out(Path(folder))
        answer = Path(folder) / "answer.json"
        done = run_script(request.param, INSIDE, folder, answer)
        assert answer.exists(), done.stdout + done.stderr
        return json.loads(answer.read_text())


@pytest.mark.parametrize("fps", [25, 24])
@pytest.mark.parametrize("kind", ["video", "sequence"])
def test_every_picture_is_the_films_of_that_time_in_its_own_colours(told, kind, fps):
    first = {"video": 8, "sequence": 7}[kind]  # as test_import.py says
    for frame, colour in told["rates"][f"{kind} at {fps}"]:
        at = first + (frame - key_at(7, 25, fps)) * 25 / fps
        nearest = [brightness(number) for number in (np.floor(at + 0.49), np.floor(at + 0.51))]
        assert min(abs(colour[1] - wanted) for wanted in nearest) < 1.4, (frame, colour)


def test_what_the_user_has_in_the_compositor_stays_and_comes_back(told):
    there = told["file"]
    assert not there["without a film"]
    over = "Lift to 3D Over Film"
    assert ["Blur", over] in there["set"].pop("links")
    assert there["set"] == {"camera": True, "transparent": True, "over": True, "size": list(SIZE)}
    assert there["images"] == 1
    for colour, number in zip([*there["adopted"], there["opened"]], (9, 21, 21), strict=True):
        assert abs(colour[1] - brightness(number)) < 1.4
    assert there["back"] and not there["over then"]


def test_a_zoom_is_kept_beside_the_films_timing(told):
    (early, first), (late, last) = told["zoom"]["lenses"]
    assert late == pytest.approx(2 * early, rel=0.02)
    assert first - last == pytest.approx(29, abs=1)  # half as many pictures as frames have gone by


@pytest.mark.skipif(not find_spec("bpy"), reason="this environment has no bpy: pip install bpy==4.5.15")
def test_the_command_renders_over_the_film(tmp_path):
    def addon(*words) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "blender_addon", *map(str, words)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)

    lay_out(tmp_path)
    for name, words in (("bare", []), ("walk", ["--footage", tmp_path / "film.mp4"])):
        assert addon("import", tmp_path / "walk.npz", "-o", tmp_path / f"{name}.blend", *words).returncode == 0
    given = ["-o", tmp_path / "out", "--over-footage", "--frames", "8-9", "--samples", "1"]
    done = addon("render", tmp_path / "walk.blend", *given)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(tmp_path / "out" / f"film_{number:04d}.png") for number in (8, 9)]
    for number in (8, 9):
        picture = cv2.imread(str(tmp_path / "out" / f"film_{number:04d}.png"))
        assert picture.shape == (SIZE[1], SIZE[0], 3)
        film = np.abs(picture[..., 1].astype(float) - brightness(number + 1)) < 1.4
        assert 0.5 < film.mean() < 0.995  # and somebody before it
    done = addon("render", tmp_path / "bare.blend", *given)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "has no film behind its camera" in done.stderr
    python = fake_backend.program(tmp_path, "good")
    done = addon("lift", tmp_path / "film.mp4", "-o", tmp_path / "itself.blend", "--python", python)
    assert done.returncode == 0, done.stderr
    done = addon("render", tmp_path / "itself.blend", *given, "--size", "64x48")  # a video is its own film
    assert done.returncode == 0, done.stderr
    done = addon("render", tmp_path / "walk.blend", *given, "--views", "side")
    assert done.returncode == 2 and "leave --views out" in done.stderr
