# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast motions get into Blender: keys in bulk against `keyframe_insert`, and what an import takes, part by part.

    python benchmarks/blender_speed.py                     with the bpy module
    blender -b --factory-startup -P benchmarks/blender_speed.py

Both ways of keying write the same 24 bones over the same 3,000 frames, one after the other in one run. Medians of five,
but keyframe_insert, of which there is one run: it takes up to half a minute.
"""

import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import bpy
import numpy as np

from blender_addon.core.body_file import read_body
from blender_addon.core.motion_file import read_motion
from blender_addon.scene.action import Keys, bone_path, play
from blender_addon.scene.arrival import bring_in
from blender_addon.scene.body import make_body
from blender_addon.scene.character_facts import read_facts
from blender_addon.scene.find_character import active_character, parts
from blender_addon.scene.takes import takes
from tests.blender.synthetic import motion_arrays, source_arrays, write_motion

FRAMES, REPEATS, ASKED = 3000, 5, 100


def median(work: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    """Seconds that `work` takes, the first time left out."""
    times = []
    for _ in range(REPEATS + 1):
        before()
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times[1:])


def fresh() -> None:
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)


def new_armature() -> bpy.types.Object:
    fresh()
    collection = bpy.data.collections.new("Body")
    bpy.context.scene.collection.children.link(collection)
    armature, _ = make_body(read_body(), np.zeros(0), "Body", collection)
    bpy.context.view_layer.update()
    return armature


def keys_in_bulk(armature, frames: np.ndarray, rotations: np.ndarray) -> None:
    keys = Keys("bulk")
    for bone, name in enumerate(read_body().joint_names):
        keys.add(bone_path(name, "rotation_quaternion"), frames, rotations[:, bone], name)
    play(keys.action, armature)


def keys_one_by_one(armature, frames: np.ndarray, rotations: np.ndarray) -> None:
    bones = [armature.pose.bones[name] for name in read_body().joint_names]
    for frame, row in zip(frames.tolist(), rotations.tolist(), strict=True):
        for bone, rotation in zip(bones, row, strict=True):
            bone.rotation_quaternion = rotation
            bone.keyframe_insert("rotation_quaternion", frame=frame)


def keys_of(armature) -> np.ndarray:
    """What each curve holds at some frames: the same, whoever wrote them."""
    action = armature.animation_data.action
    bags = [bag for layer in action.layers for strip in layer.strips for bag in strip.channelbags]
    curves = sorted(bags[0].fcurves, key=lambda curve: (curve.data_path, curve.array_index))
    return np.array([[curve.evaluate(frame) for frame in (1, 1500, FRAMES)] for curve in curves])


def compare_keying() -> None:
    frames = np.arange(1.0, FRAMES + 1)
    rotations = np.random.default_rng(0).normal(size=(FRAMES, 24, 4))
    rotations /= np.linalg.norm(rotations, axis=-1, keepdims=True)
    armature = new_armature()
    bulk = median(lambda: keys_in_bulk(armature, frames, rotations))
    written = keys_of(armature) if bpy.app.version >= (4, 4) else None
    armature = new_armature()
    began = time.perf_counter()
    keys_one_by_one(armature, frames, rotations)
    single = time.perf_counter() - began
    if written is not None:
        np.testing.assert_allclose(keys_of(armature), written, atol=1e-6)
    verdict = "met" if single / bulk >= ASKED else "MISSED"
    print(f"24 bones x {FRAMES} frames: in bulk {bulk:.3f} s, keyframe_insert {single:.1f} s")
    print(f"ratio {single / bulk:.0f}, at least {ASKED} asked: {verdict}")


def time_imports() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for frames in (300, FRAMES):
            source = source_arrays(motion_arrays(frames=frames, fps=30.0))
            path = write_motion(Path(folder) / f"{frames}.npz", frames=frames, fps=30.0, **source)
            other = {**source, "seed": np.array(4), "trans": motion_arrays(frames=frames, fps=30.0)["trans"] + 1}
            second = write_motion(Path(folder) / "second.npz", frames=frames, fps=30.0, **{**other, "joints": None})

            def bring(path=path, **words):
                motion = read_motion(path)
                return bring_in(bpy.context.scene, motion, read_body(motion.body_file), **words)

            reading = median(lambda path=path: read_motion(path))
            whole = median(bring, fresh)
            take = median(lambda second=second, bring=bring: bring(second), lambda: (fresh(), bring()))
            print(f"import of {frames / 30:.0f} s at 30 fps: character {1000 * whole:.0f} ms, further take "
                  f"{1000 * take:.0f} ms; of which reading the file {1000 * reading:.0f} ms")  # fmt: skip
    for more in (0, 5000):
        for number in range(more):
            bpy.context.scene.collection.objects.link(bpy.data.objects.new(f"Other {number}", None))
        for name in ("as it was made", "renamed"):
            character = active_character(bpy.context)
            if name == "renamed":
                character.name = f"Another name {more}"
            asked = median(lambda item=character: (active_character(bpy.context), read_facts(item), takes(item),
                                                   parts(item)))  # fmt: skip
            print(f"what a panel asks of a character, {name}, among {more} other objects, at each redraw: "
                  f"{1e6 * asked:.0f} microseconds")  # fmt: skip


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


if __name__ == "__main__":
    kind = "background" if bpy.app.background else "window"
    print(f"Blender {bpy.app.version_string} ({kind}), Python {platform.python_version()}, numpy {np.__version__}")
    print(f"{processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}")
    time_imports()
    compare_keying()
