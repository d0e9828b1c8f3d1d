# SPDX-License-Identifier: GPL-3.0-or-later
"""Import and render as commands of a process with bpy: what bodies fit, what pictures show."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest

from blender_addon import places
from blender_addon.core.body_family import SMPL
from tests.blender.synthetic import UPRIGHT, axis_angle, motion_arrays, write_motion

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(not find_spec("bpy"), reason="this environment has no bpy: pip install bpy==4.5.15")


def addon(*words) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "blender_addon", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)


def test_an_amass_file_of_another_body_says_that_its_shape_is_not_taken(tmp_path):
    arrays = motion_arrays(frames=3)
    poses = np.concatenate([arrays["poses"][:, :66], np.ones((3, 90))], axis=1)
    held = {"poses": poses, "trans": arrays["trans"], "betas": np.ones(16), "mocap_frame_rate": np.array(120.0)}
    np.savez(tmp_path / "m.npz", **held)
    done = addon("import", tmp_path / "m.npz", "-o", tmp_path / "m.blend")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("\n") == 1 and "belongs to another body model" in done.stderr
    assert "120 a second" in done.stdout


def test_a_body_file_beside_the_motion_is_used_and_a_wrong_one_is_told(tmp_path):
    with np.load(places.find(SMPL.body)) as file:
        arrays = {name: file[name] for name in file.files}
    np.savez(tmp_path / "giant.npz", **{**arrays, "v_template": 1.2 * arrays["v_template"]})
    motion = write_motion(tmp_path / "m.npz", frames=3, body_file=np.array("giant.npz"))
    done = addon("import", motion, "-o", tmp_path / "m.blend")
    assert done.returncode == 0 and "was made with another body" in done.stderr
    motion = write_motion(tmp_path / "m.npz", frames=3, betas=np.zeros(12))
    done = addon("import", motion, "-o", tmp_path / "n.blend")
    assert done.returncode == 2 and "12 shape values and the body 10" in done.stderr
    assert done.stderr.count("\n") == 1 and not (tmp_path / "n.blend").exists()


def test_renders_show_the_character_from_the_front_and_the_side(tmp_path):
    """In the rest pose the arms are stretched out: wide from the front and narrow from the side, wherever it faces."""
    turned = np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]]) @ UPRIGHT
    poses = np.zeros((3, 72), np.float32)
    poses[:, :3] = axis_angle(turned[None])
    trans = np.zeros((3, 3), np.float32) + [0, 0, 1.0]
    motion = write_motion(tmp_path / "m.npz", frames=3, poses=poses, trans=trans, joints=None)
    assert addon("import", motion, "-o", tmp_path / "m.blend").returncode == 0
    words = ["--frames", "7,9", "--views", "front,side,camera", "--size", "80x60", "--samples", "2"]
    done = addon("render", tmp_path / "m.blend", "-o", tmp_path / "pictures", *words)
    assert done.returncode == 0, done.stderr
    names = [f"{view}_{frame:04d}.png" for view in ("front", "side", "camera") for frame in (7, 9)]
    assert done.stdout.splitlines() == [str(tmp_path / "pictures" / name) for name in names]
    widths = {}
    for name in names:
        picture = cv2.imread(str(tmp_path / "pictures" / name)).astype(int)
        assert picture.shape == (60, 80, 3)
        skin = picture[..., 2] - picture[..., 0] > 25  # the skin is warm, everything else is grey or blue
        assert skin.sum() > 50, name
        widths[name] = np.ptp(np.flatnonzero(skin.any(axis=0)))
    assert widths["front_0007.png"] > 2.5 * widths["side_0007.png"] > 0
    done = addon("render", tmp_path / "m.blend", "-o", tmp_path / "none", "--views", "front,below")
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and not (tmp_path / "none").exists()
    assert "no view 'below'; there are front, side" in done.stderr


def test_what_is_no_blend_is_one_line(tmp_path):
    (tmp_path / "m.blend").write_text("no blend")
    done = addon("render", tmp_path / "m.blend", "-o", tmp_path)
    assert done.returncode == 2 and "cannot be opened as a .blend file" in done.stderr and done.stderr.count("\n") == 1
