# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a quadruped's motion file as far as retargeting needs it. The file's own joints say where its body rests."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..arrays import numbers, read_arrays, words
from ..rotations import matrix_from_quaternion, quaternion_from_axis_angle
from . import RetargetError
from .skeletons import SMAL

_WHAT = "a motion file of a quadruped (.npz with poses, trans, joints and mocap_framerate)"
_JOINTS = 35
_NAMES = ("poses", "trans", "joints", "joint_names", "mocap_framerate", "model_type", "frame_start")
# The order of SMAL's joints; each name is of the part that retargeting knows it by, root and trunk first.
NAMES = (
    "root", "pelvis0", "spine", "spine0", "spine1", "spine2", "spine3", "LLeg1", "LLeg2", "LLeg3", "LFoot", "RLeg1",
    "RLeg2", "RLeg3", "RFoot", "Neck", "Head", "LLegBack1", "LLegBack2", "LLegBack3", "LFootBack", "RLegBack1",
    "RLegBack2", "RLegBack3", "RFootBack", "Tail1", "Tail2", "Tail3", "Tail4", "Tail5", "Tail6", "Tail7", "Mouth",
    "LEar", "REar",
)  # fmt: skip
PARENTS = (
    -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 6, 11, 12, 13, 6, 15, 0, 17, 18, 19, 0, 21, 22, 23, 0, 25, 26, 27, 28, 29, 30,
    16, 16, 16,
)  # fmt: skip
assert {joint for joints in SMAL.values() for joint in joints} == set(NAMES)


@dataclass(frozen=True)
class SmalMotion:
    """poses: (T, 35, 3) local axis-angle. trans: (T, 3). rest: (35, 3) in SMAL's frame: metres, Z up, head to +X."""

    poses: np.ndarray
    trans: np.ndarray
    rest: np.ndarray
    fps: float
    frame_start: int


def is_smal(path: Path) -> bool:
    """Whether a file says that it is of a quadruped. Raises RetargetError if it cannot be read."""
    return words(_held(path, ("model_type",)).get("model_type", np.array(0))) == ["smal"]


def read_smal(path: Path) -> SmalMotion:
    """A quadruped's motion. Raises RetargetError for anything that is none."""
    held = _held(path, _NAMES)
    needed = ("poses", "trans", "joints", "mocap_framerate")
    if missing := [name for name in needed if name not in held]:
        raise RetargetError(f"{path} has no {', '.join(missing)}; expected {_WHAT}")
    poses, trans, joints, fps = (numbers(held[name], name, path, RetargetError) for name in needed)
    frames = len(poses) if poses.ndim == 2 else 0
    expected = {"poses": (frames, 3 * _JOINTS), "trans": (frames, 3), "joints": (frames, _JOINTS, 3)}
    for name, array in (("poses", poses), ("trans", trans), ("joints", joints)):
        if not frames or array.shape != expected[name]:
            raise RetargetError(f"{path}: {name} has shape {array.shape}; expected (frames, 105), (frames, 3) and "
                                "(frames, 35, 3) for poses, trans and joints")  # fmt: skip
    if fps.size != 1 or not 0.1 <= fps.ravel()[0] <= 10_000:
        raise RetargetError(f"{path}: mocap_framerate is no frame rate")
    if "joint_names" in held and tuple(words(held["joint_names"])) != NAMES:
        raise RetargetError(f"{path}: its joints are not SMAL's 35")
    start = numbers(held["frame_start"], "frame_start", path, RetargetError).ravel() if "frame_start" in held else [1]
    poses = poses.reshape(frames, _JOINTS, 3)
    return SmalMotion(poses, trans, _rest(poses, trans, joints), float(fps.ravel()[0]), int(start[0]))


def _held(path: Path, names) -> dict[str, np.ndarray]:
    return read_arrays(path, names, RetargetError, _WHAT)


def _rest(poses: np.ndarray, trans: np.ndarray, joints: np.ndarray) -> np.ndarray:
    """Where the joints are at rest, (35, 3): what the posed bones are when each is turned back, on average."""
    local = matrix_from_quaternion(quaternion_from_axis_angle(poses))
    world, rest = np.empty_like(local), np.empty((_JOINTS, 3))
    for joint, parent in enumerate(PARENTS):
        if parent < 0:
            world[:, joint], rest[joint] = local[:, joint], (joints[:, joint] - trans).mean(axis=0)
            continue
        world[:, joint] = world[:, parent] @ local[:, joint]
        bone = np.einsum("tba,tb->ta", world[:, parent], joints[:, joint] - joints[:, parent])
        rest[joint] = rest[parent] + bone.mean(axis=0)
    return rest
