# SPDX-License-Identifier: GPL-3.0-or-later
"""retarget on the command line: a rig's .blend in, another out; what does not fit is one line."""

import subprocess
import sys
from importlib.util import find_spec

import pytest

from tests.blender.blenders import ROOT
from tests.blender_addon.core.retarget.cat_walk import write_walk
from tests.blender_addon.core.retarget.rigs import TOY

pytestmark = pytest.mark.skipif(not find_spec("bpy"), reason="this environment has no bpy: pip install bpy==4.5.15")

MAKE = """
import sys, bpy
bpy.ops.wm.read_factory_settings(use_empty=True)
for name in sys.argv[3:]:
    item = bpy.data.objects.new(name, bpy.data.armatures.new(name))
    bpy.context.scene.collection.objects.link(item)
    bpy.context.view_layer.objects.active = item
    bpy.ops.object.mode_set(mode="EDIT")
    for bone, (head, tail, parent) in eval(sys.argv[2]).items():
        made = item.data.edit_bones.new(bone)
        made.head, made.tail, made.parent = head, tail, item.data.edit_bones.get(parent)
    bpy.ops.object.mode_set(mode="OBJECT")
bpy.ops.wm.save_as_mainfile(filepath=sys.argv[1])
"""
LOOK = """
import sys, bpy
bpy.ops.wm.open_mainfile(filepath=sys.argv[1])
item = bpy.data.objects["second"]
print("PLAYS", item.animation_data.action.name, bpy.data.objects["first"].animation_data)
for frame in (1, 25):
    bpy.context.scene.frame_set(frame)
    print("AT", *(item.matrix_world @ item.pose.bones["body"].matrix).translation)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A walk, and a .blend with two toys."""
    folder = tmp_path_factory.mktemp("retarget")
    write_walk(folder / "walk.npz", frames=36)
    subprocess.run([sys.executable, "-c", MAKE, folder / "rigs.blend", repr(TOY), "first", "second"], check=True)
    return folder


def retarget(*words) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "blender_addon", "retarget", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


def test_a_rig_of_a_file_plays_the_motion_in_another_file(folder):
    before = (folder / "rigs.blend").read_bytes()
    out = folder / "out.blend"
    done = retarget(folder / "walk.npz", "--rig", f"{folder}/rigs.blend:second", "-o", out)
    assert done.returncode == 0, done.stderr
    assert "second plays walk on second, frames 1 to 29" in done.stdout  # the scene runs at 24 and the motion at 30
    assert (folder / "rigs.blend").read_bytes() == before
    told = subprocess.run([sys.executable, "-c", LOOK, out], capture_output=True, text=True, check=True).stdout
    lines = [line.split() for line in told.splitlines() if line.startswith(("PLAYS", "AT"))]
    assert lines[0] == "PLAYS walk on second None".split()
    first, second = ([float(word) for word in line[1:]] for line in lines[1:])
    assert second[0] - first[0] > 0.25 and abs(second[1] - first[1]) < 0.03  # it walks to where the cat walks, +X


@pytest.mark.parametrize(
    "changed, sentence",
    [
        ({"--rig": "{}/rigs.blend"}, "its armatures are first, second: name one of them"),
        ({"--rig": "{}/rigs.blend:third"}, "no armature named 'third'"),
        ({"--rig": "{}/none.blend"}, "does not exist; expected a .blend file with the rig"),
        ({"--rig": "{}/walk.npz"}, "expected --rig FILE.blend or FILE.blend:OBJECT"),
        ({"--map": "rigify_cat"}, "which Rigify Cat names; choose another map"),
        ({"--map": "dragon"}, "dragon is neither a preset nor a file"),
        ({"-o": "{}/out.fbx"}, "expected an output named something.blend"),
        ({"": "{}/rigs.blend"}, "is not an .npz file"),
    ],
)
def test_what_does_not_fit_is_one_line(folder, changed, sentence):
    words = {"": "{}/walk.npz", "--rig": "{}/rigs.blend:second", "-o": "{}/wrong.blend", **changed}
    done = retarget(*(word.format(folder) for pair in words.items() for word in pair if word))
    assert done.returncode == 2 and sentence in done.stderr, done.stderr
    assert done.stderr.count("\n") == 1 and not (folder / "wrong.blend").exists()
