# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that the user chooses or drops: their content decides what becomes of them, in every Blender at hand."""

import json
import shutil
from collections.abc import Iterator

import numpy as np
import pytest

from tests.blender.blenders import ROOT, blenders, run_script, workplace
from tests.blender.synthetic import write_motion

INSIDE = ROOT / "tests" / "blender" / "inside_choosing.py"


@pytest.fixture(scope="module", params=blenders())
def told(request) -> Iterator[dict]:
    """What a fresh process said of each choice."""
    with workplace("test-choosing-") as name:
        folder = ROOT / "out" / name
        write_motion(folder / "motion.npz")
        np.savez(folder / "broken.npz", poses=np.zeros((3, 72)), trans=np.zeros((2, 3)), mocap_framerate=30.0)
        np.savez(folder / "clip.npz", keypoints=np.zeros((20, 17, 3)))
        shutil.copy(ROOT / "assets" / "clips" / "walk_and_wave.json", folder / "clip.json")
        (folder / "frames").mkdir()
        for frame in range(3):
            (folder / "frames" / f"walk_{frame:012d}_keypoints.json").write_text('{"people": []}', encoding="utf-8")
        variables = {"BLENDER_USER_RESOURCES": str(folder / "profile"), "TMPDIR": str(folder)}
        answer = folder / "answer.json"
        done = run_script(request.param, INSIDE, folder, answer, variables=variables)
        assert done.returncode == 0 and answer.exists(), done.stdout + done.stderr
        yield json.loads(answer.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "choice, clip",
    [("choose a file", "clip.json"), ("choose a folder", "frames"), ("choose a frame", "frames"),
     ("drop keypoints", "clip.npz"), ("drop a frame", "frames")],
)  # fmt: skip
def test_a_clip_is_chosen(told, choice, clip):
    assert told[choice] == {"said": ["FINISHED"], "clip": clip, "armatures": 0}


@pytest.mark.parametrize(
    "choice, words",
    [("choose a motion", "Import Motion"), ("choose what is not there", "does not exist"),
     ("choose nothing", "No clip was chosen"), ("drop a broken motion", "trans has shape")],
)  # fmt: skip
def test_what_is_no_clip_is_refused_in_one_line(told, choice, words):
    said = told[choice]["said"]
    assert len(said) == 1 and words in said[0] and "\n" not in said[0]
    assert said[0].count("Error: ") == 1
    assert told[choice]["clip"] == "" and told[choice]["armatures"] == 0


def test_a_motion_that_is_dropped_becomes_a_character(told):
    assert told["drop a motion"] == {"said": ["FINISHED"], "clip": "", "armatures": 1}


def test_of_several_files_motions_come_in_and_the_first_clip_is_chosen(told):
    assert (told["drop several"]["said"], told["drop several"]["clip"]) == (["FINISHED"], "clip.json")


def test_blender_knows_where_to_take_dropped_files(told):
    operator, endings = told["handler"]
    wanted = {".json", ".npz", ".csv", ".h5", ".slp", ".mp4", ".mov", ".m4v", ".avi", ".mkv", ".webm"}
    assert operator == "lift3d.drop_clip" and set(endings.split(";")) == wanted
