# SPDX-License-Identifier: GPL-3.0-or-later
"""A cat that walks, made of sines: SMAL's skeleton with four-beat steps, its paws still while they stand."""

import functools
from pathlib import Path

import numpy as np

from backend.bodies.open_quadruped.proportions import rest_joints
from backend.bodies.smal_skeleton import JOINT_NAMES, PARENTS
from blender_addon.core.retarget.legs import make_leg, reach
from blender_addon.core.retarget.skeletons import SMAL
from blender_addon.core.retarget.turns import about
from tests.blender.synthetic import axis_angle

FPS, FRAMES = 30.0, 60
_STRIDE, _PERIOD, _STANDS, _LIFT = 0.28, 0.8, 0.65, 0.035  # metres, seconds, share of the period, metres
_BEGINS = {"hind.L": 0.0, "fore.L": 0.25, "hind.R": 0.5, "fore.R": 0.75}
SIDE, UP = np.array([0.0, 1, 0]), np.array([0.0, 0, 1])


def _paw(limb: str, time: np.ndarray, rest: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places (T, 3) of a paw, and whether it stands (T,)."""
    steps = time / _PERIOD + _BEGINS[limb]
    number, phase = np.floor(steps), steps % 1
    swing = np.clip((phase - _STANDS) / (1 - _STANDS), 0, 1)
    begun = (number - _BEGINS[limb]) * _STRIDE + _STANDS / 2 * _STRIDE
    place = np.tile(rest, (len(time), 1))
    place[:, 0] += begun + _STRIDE * (3 * swing**2 - 2 * swing**3)
    place[:, 2] += _LIFT * np.sin(np.pi * swing) ** 2
    return place, phase < _STANDS


@functools.cache
def walk(frames: int = FRAMES, turn: float = 0.0) -> dict:
    """rotations (T, 35, 3, 3) local, trans (T, 3), joints (T, 35, 3), rest (35, 3), standing {limb: (T,)}. The cat
    walks along +X at 0.35 m/s; `turn` (radians) turns all of it about the vertical."""
    rest, time = rest_joints(), np.arange(frames) / FPS
    wave = 2 * np.pi * time / _PERIOD
    world = np.tile(np.eye(3), (frames, 35, 1, 1))

    def sway(joints, axis, size, phase=0.0, lag=0.0):
        for order, joint in enumerate(joints):
            turned = about(np.broadcast_to(axis, (frames, 3)), size * np.sin(wave + phase - lag * order))
            world[:, JOINT_NAMES.index(joint)] = world[:, JOINT_NAMES.index(joint)] @ turned

    sway([*SMAL["root"], *SMAL["spine"]], UP, 0.06, lag=0.4)
    sway(SMAL["neck"] + SMAL["head"] + ["Mouth", "LEar", "REar"], SIDE, 0.05, 0.5)
    sway(SMAL["tail"], UP, 0.25, lag=0.35)
    root = rest[0] + np.stack([_STRIDE / _PERIOD * time, 0 * time, -0.012 + 0.003 * np.sin(2 * wave)], axis=-1)
    places, standing = _hang(rest, world, root), {}
    for limb in _BEGINS:
        joints = [JOINT_NAMES.index(SMAL[f"{limb}.{segment}"][0]) for segment in ("upper", "lower", "foot", "toes")]
        goal, standing[limb] = _paw(limb, time, rest[joints[-1]])
        leg = make_leg(rest[joints], SIDE, limb.startswith("fore"))
        world[:, joints[:3]], _ = reach(leg, world[:, joints[:3]], places[:, joints[0]], goal)
    spun = about(UP, turn)
    local = world.copy()
    for joint, parent in enumerate(PARENTS):
        local[:, joint] = spun @ world[:, joint] if parent < 0 else world[:, parent].swapaxes(-1, -2) @ world[:, joint]
    joints = _hang(rest, world, root) @ spun.T
    return {"rotations": local, "trans": joints[:, 0] - rest[0], "joints": joints, "rest": rest, "standing": standing}


def _hang(rest: np.ndarray, world: np.ndarray, root: np.ndarray) -> np.ndarray:
    places = np.empty(world.shape[:2] + (3,))
    for joint, parent in enumerate(PARENTS):
        if parent < 0:
            places[:, joint] = root
        else:
            places[:, joint] = places[:, parent] + world[:, parent] @ (rest[joint] - rest[parent])
    return places


def write_walk(path: Path, **changes) -> Path:
    """The walk as a motion file; `changes` are for `walk`, or arrays in the place of its own."""
    made = walk(**{name: changes.pop(name) for name in ("frames", "turn") if name in changes})
    frames = len(made["trans"])
    arrays = {
        "format_version": np.array(1), "model_type": np.array("smal"), "mocap_framerate": np.array(FPS),
        "poses": axis_angle(made["rotations"]).reshape(frames, 105).astype(np.float32),
        "trans": made["trans"].astype(np.float32), "joints": made["joints"].astype(np.float32),
        "joint_names": np.array(JOINT_NAMES), "frame_start": np.array(1), "source": np.array("a walk.json"),
        "betas": np.zeros(0, np.float32), **changes,
    }  # fmt: skip
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})
    return path
