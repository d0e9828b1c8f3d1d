# SPDX-License-Identifier: GPL-3.0-or-later
"""import MOTIONS... --out DIR: the same batch as a lift's, of motion files, without a backend."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from tests.blender.beginnings import BEGINNINGS
from tests.blender.blenders import blenders
from tests.blender.synthetic import motion_arrays, write_motion

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(not find_spec("bpy"), reason="this environment has no bpy: pip install bpy==4.5.15")


def addon(*words, python=(sys.executable,)) -> subprocess.CompletedProcess:
    command = [*python, "-m", "blender_addon", "import", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)


@pytest.fixture
def motions(tmp_path):
    """A folder with a motion of ours, one of AMASS's, a broken one and a clip."""
    folder = tmp_path / "motions"
    (folder / "amass").mkdir(parents=True)
    write_motion(folder / "ours.npz", frames=4)
    arrays = motion_arrays(frames=3)
    amass = {"poses": arrays["poses"], "trans": arrays["trans"], "mocap_frame_rate": np.array(120.0)}
    np.savez(folder / "amass/theirs.npz", **amass)
    (folder / "amass/broken.npz").write_text("half")
    np.savez(folder / "clip.npz", points=np.zeros((20, 17, 2)))
    return folder


def test_motions_of_any_kind_become_blends_and_a_broken_one_stops_none(motions, tmp_path):
    out = tmp_path / "out"
    done = addon(motions, "--out", out)
    assert done.returncode == 1, done.stderr
    rows = {row.split()[0]: row.split()[1:] for row in done.stdout.splitlines() if ".npz" in row}
    assert rows["ours.npz"][:3] == ["done", "4", "25"] and rows["amass/theirs.npz"][:3] == ["done", "3", "120"]
    assert rows["amass/broken.npz"][0] == "failed" and "is not an .npz file" in done.stdout
    assert sorted(path.name for path in out.iterdir()) == ["ours.blend", "results.json", "theirs.blend"]
    assert "clip.npz" in done.stderr and "left out" in done.stderr
    write_motion(motions / "amass/broken.npz", frames=5)
    done = addon(motions / "**/*.npz", "--out", out, "--json")
    told = {item["name"]: item["result"] for item in json.loads(done.stdout)["clips"]}
    assert done.returncode == 0 and told == {"ours": "skipped", "theirs": "skipped", "broken": "done"}


def test_another_body_is_another_result(motions, tmp_path):
    words = [motions / "ours.npz", "--out", tmp_path / "out"]
    assert addon(*words).returncode == 0
    assert "is not an .npz file" in addon(*words, "--body", motions / "amass/broken.npz").stdout
    assert addon(*words, "--body", motions / "none.npz").returncode == 2
    assert "there is no format 'npz' here" in addon(*words, "--format", "npz").stderr


@pytest.mark.parametrize("python", [each for each in blenders() if "-P" not in each.values[0]])
def test_every_format_of_a_motion_is_written(python, motions, tmp_path):
    formats = ["blend", "fbx", "bvh", "glb", "usd"]
    done = addon(motions / "ours.npz", "--out", tmp_path / "out", "--format", ",".join(formats), python=python)
    assert done.returncode == 0, done.stdout + done.stderr
    for ending in formats:
        assert (tmp_path / f"out/ours.{ending}").read_bytes().startswith(BEGINNINGS[ending]), ending
    assert len(list((tmp_path / "out").iterdir())) == len(formats) + 1
