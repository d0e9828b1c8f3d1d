# SPDX-License-Identifier: GPL-3.0-or-later
"""A cat's walk that is lifted from 2D keypoints alone, on four rigs: how its paws stand, and how its knees bend.

    python benchmarks/lifted_walk.py FOLDER [--seed 0] [--rigs toy,cat,horse,wolf]

The walk is made by rules, filmed by one virtual camera with a pixel of noise, lifted by the bundled model, and
retargeted by bpy with Rigify. Stances are the walk's own, which neither the lift nor the retargeting is told, without
two frames at either end; millimetres are a cat's: of rigs of other sizes they are scaled.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

LIMBS = {"fore.L": 0, "fore.R": 1, "hind.L": 2, "hind.R": 3}  # in the order of the walk's own paws
SECONDS, FPS, NOISE, ENDS, SHORTEST = 4.0, 30.0, 1.0, 2, 3
_ASIDE = (0.1, 0.45)  # how much of the camera's view goes along the walk


def lift(folder: Path, seed: int) -> None:
    """Make, film and lift the walk: folder/walk.json, walk.npz, and planted.npy (T, 4), when its paws stand."""
    from backend.bodies.open_quadruped.proportions import rest_joints
    from backend.evaluation import filming
    from backend.keypoints import KeypointClip
    from backend.keypoints.readers.ours import write_keypoints
    from backend.training.gaits import make_motion

    walk = make_motion(np.random.default_rng(seed), rest_joints(), SECONDS, FPS, "walk")
    way = (walk.joints[-1, 0] - walk.joints[0, 0])[:2]
    way /= np.linalg.norm(way)
    for number in range(200):
        film = filming.film(walk.keypoints, "wild", np.random.default_rng([seed, number]))
        if _ASIDE[0] < abs(film.camera.rotation.numpy()[2, :2] @ way) < _ASIDE[1]:
            break
    pixels = film.pixels + NOISE * np.random.default_rng(seed + 7).normal(size=film.pixels.shape)
    clip = KeypointClip(pixels, film.confidence, FPS, film.image_size, "ap10k", source="walk")
    write_keypoints(clip, folder / "walk.json")
    np.save(folder / "planted.npy", walk.planted)
    words = ["lift", str(folder / "walk.json"), "--focal", f"{film.focal:.0f}", "-o", str(folder / "walk.npz")]
    subprocess.run([sys.executable, "-m", "backend", *words], check=True, cwd=ROOT)


def retarget(folder: Path, rigs: list[str]) -> None:
    """Print what each rig's paws do under the lifted walk, and the lift's own."""
    import bpy

    import blender_addon
    from blender_addon.core.retarget.source import read_source
    from tests.blender import inside_retarget as inside

    blender_addon.register()
    planted, source = np.load(folder / "planted.npy"), read_source(folder / "walk.npz")
    for limb, column in LIMBS.items():
        paw = source.positions[:, source.joints(f"{limb}.toes")[0]]
        print(f"the lift {limb}", _stands(paw, planted[:, column], float(np.median(paw[planted[:, column], 2])), 1.0))
    if set(rigs) - {"toy"}:
        bpy.ops.preferences.addon_enable(module="rigify")
    for kind in rigs:
        inside.fresh(FPS)
        armature = inside.toy() if kind == "toy" else inside.rigify(kind)
        settings = inside.match(armature, str(folder / "walk.npz"))
        assert bpy.ops.lift3d.retarget() == {"FINISHED"}
        bones, rig = inside.read_rows(settings), inside.read_rig(armature)
        size = float(rig.heads[rig.index(bones.roles["root"][0]), 2] / source.heads[0, 2])
        frames = np.arange(len(source)) + source.frame_start
        hips = [inside._original(armature, bones.roles[f"hind.{side}.upper"][0]) for side in "LR"]
        across = inside.posed(armature, hips, frames)[:, :, :3, 3]
        across = across[:, 0] - across[:, 1]
        across /= np.linalg.norm(across, axis=-1, keepdims=True)
        for limb, column in LIMBS.items():
            segments = [bones.roles.get(f"{limb}.{part}", ("",))[0] for part in ("upper", "lower", "foot", "toes")]
            names = [inside._original(armature, name) for name in segments if name]
            world = inside.posed(armature, names, frames)
            paw, rest = world[:, -1, :3, 3], rig.heads[rig.index(names[-1]), 2]
            if len(names) == 1:
                paw = paw + armature.data.bones[names[0]].length * world[:, 0, :3, 1]
                rest = rig.tails[rig.index(names[0]), 2]
            told = _stands(paw, planted[:, column], rest, size)
            if len(names) > 2:
                upper, lower = (world[:, at + 1, :3, 3] - world[:, at, :3, 3] for at in (0, 1))
                bend = np.degrees(inside.signed_angle(upper, lower, across)) * (1 if limb.startswith("hind") else -1)
                told += f"; bends its own way by {bend.min():.0f} degrees at least"
            print(kind, limb, told, flush=True)


def _stands(paw: np.ndarray, planted: np.ndarray, height: float, size: float) -> str:
    """What a paw (T, 3) does while it stands; millimetres of a cat, whose size is 1."""
    from blender_addon.core.retarget.contacts import spans

    inner = [(begin + ENDS, end - ENDS) for begin, end in spans(planted) if end - begin - 2 * ENDS >= SHORTEST]
    slides = [np.ptp(paw[begin:end, :2], axis=0).max() * 1000 / size for begin, end in inner]
    off = [np.abs(paw[begin:end, 2] - height).max() * 1000 / size for begin, end in inner]
    good = sum(max(pair) < 10 for pair in zip(slides, off, strict=True))
    return (
        f"slides {max(slides):.1f} mm at most, {np.median(slides):.1f} as a rule; is off its height by {max(off):.1f} "
        f"at most, {np.median(off):.1f} as a rule; both under 10 in {good} of {len(inner)} stances"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rigs", default="toy,cat,horse,wolf", type=lambda text: text.split(","))
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    folder = chosen.folder.resolve()
    if chosen.inside:
        retarget(folder, chosen.rigs)
        sys.stdout.flush()
        os._exit(0)  # not through Python's own end, at which bpy with Rigify has been seen to hang
    folder.mkdir(parents=True, exist_ok=True)
    lift(folder, chosen.seed)
    words = [str(folder), "--rigs", ",".join(chosen.rigs), "--inside"]
    sys.exit(subprocess.run([sys.executable, __file__, *words], cwd=ROOT).returncode)
