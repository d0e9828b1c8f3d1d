# SPDX-License-Identifier: GPL-3.0-or-later
"""Many .blend files from one process: add-ons stay as they are, memory does not grow, the film is behind the camera."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.blender.blenders import blenders, run_script, workplace
from tests.blender.synthetic import write_motion

INSIDE = Path(__file__).with_name("inside_blend_file.py")
TOY = """
bl_info = {"name": "Toy", "blender": (4, 2, 0), "category": "Animation"}
calls = []

def register():
    calls.append("register")

def unregister():
    calls.append("unregister")
"""


@pytest.fixture(scope="module", params=blenders())
def told(request) -> dict:
    with workplace("test-blend-file-") as name:
        folder = Path(name)
        write_motion(folder / "m.npz", frames=30, fps=25.0, size=(640, 480))
        film = cv2.VideoWriter(str(folder / "film.mp4"), cv2.VideoWriter_fourcc(*"mp4v"), 25.0, (640, 480))
        for _ in range(30):
            film.write(np.full((480, 640, 3), 90, np.uint8))
        film.release()
        (folder / "toy_add_on.py").write_text(TOY, encoding="utf-8")
        answer = folder / "answer.json"
        done = run_script(request.param, INSIDE, folder, answer)
        assert done.returncode == 0 and answer.exists(), done.stdout + done.stderr
        return json.loads(answer.read_text(encoding="utf-8"))


def test_add_ons_stay_enabled(told):
    before, after = told["add_ons"]
    assert before == after and {"toy_add_on", "io_scene_fbx", "io_scene_gltf2"} <= set(after)
    assert told["enabled"] and told["calls"] == ["register"]


def test_memory_does_not_grow_with_the_number_of_files(told):
    if told["held"][0] is None:
        pytest.skip("this system does not tell a process's memory in /proc")
    first, last = np.median(told["held"][5:8]), np.median(told["held"][-3:])
    assert last - first < 10  # MB, where one file's contents take 20


def test_the_film_shows_its_first_picture_at_the_first_frame(told):
    assert told["film"] == ["film.mp4", 7, 0, [640, 480], "//film.mp4"]
    assert told["abroad"] == [[640, 480], [640, 480]]
    assert told["scene"] == [7, 36, 640, 480] and told["left"] == []
