# SPDX-License-Identifier: GPL-3.0-or-later
"""Quadrupeds made for the tests: a body of spindles on the open cat's joints, and motion files that move it.

Not for scripts that run in a Blender: the backend's joints bring torch, which no Blender has.
"""

import functools
from pathlib import Path

import numpy as np

from backend.bodies.open_quadruped.proportions import WITHERS, rest_joints
from backend.bodies.smal_skeleton import JOINT_NAMES, PARENTS
from backend.keypoints.layouts import get_layout
from blender_addon.core.forward_kinematics import joint_transforms
from tests.blender.cat_points import JOINT_OF
from tests.blender.synthetic import about, axis_angle, level_camera

# In SMAL's frame: how far the skin of a bone without child reaches beyond its joint.
_LEAVES = {
    "Mouth": (0.04, 0.0, -0.012), "LEar": (-0.005, 0.008, 0.035), "REar": (-0.005, -0.008, 0.035),
    "Tail7": (-0.03, 0.0, -0.02),
    **{name: (0.02, 0.0, -0.014) for name in ("LFoot", "RFoot", "LFootBack", "RFootBack")},
}  # fmt: skip
_MUZZLE = np.array([0.055, 0.0, -0.02])  # of the head's skin


@functools.cache
def cat_body_arrays() -> dict:
    """Every array of a body file that the add-on reads: a spindle of six vertices along each bone."""
    joints, vertices, faces, weights, regressor = rest_joints(), [], [], [], []
    for joint, name in enumerate(JOINT_NAMES):
        children = [child for child, parent in enumerate(PARENTS) if parent == joint]
        end = joints[joint] + _LEAVES[name] if name in _LEAVES else joints[children].mean(0)
        if name == "Head":
            end = joints[joint] + _MUZZLE
        along = (end - joints[joint]) / np.linalg.norm(end - joints[joint])
        across = np.cross(along, [0.0, 1.0, 0.0])
        across /= np.linalg.norm(across)
        ring = 0.012 * np.array([across, np.cross(along, across), -across, -np.cross(along, across)])
        first = len(vertices)
        vertices += [*(joints[joint] + ring), joints[joint] - 0.012 * along, end]
        for corner in range(4):
            pair = [first + corner, first + (corner + 1) % 4]
            faces += [[*pair, first + 5], [*pair[::-1], first + 4]]
        weights += [np.eye(len(JOINT_NAMES))[joint]] * 6
        row = np.zeros(6 * len(JOINT_NAMES))
        row[first : first + 4] = 0.25
        regressor.append(row)
    vertices = np.array(vertices)
    parents = np.array([PARENTS, range(len(PARENTS))])
    return {
        "v_template": vertices, "f": np.array(faces), "weights": np.array(weights), "J_regressor": np.array(regressor),
        "shapedirs": 0.1 * vertices[..., None], "kintree_table": parents, "joint_names": np.array(JOINT_NAMES),
    }  # fmt: skip


def turned(angle: float) -> np.ndarray:
    """A root rotation (3, 3) that stands turned about the vertical: SMAL's rest is Z up as the world is."""
    return about(2, np.array([angle]))[0]


def swinging_cat(frames: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """poses (T, 35, 3) and trans (T, 3): every joint swinging, two turns about the vertical, running off."""
    rng = np.random.default_rng(seed)
    time = np.linspace(0, 1, frames)
    swing, phase = rng.normal(size=(35, 3)) * 0.3, rng.uniform(0, 2 * np.pi, size=(35, 3))
    poses = swing * np.sin(2 * np.pi * time[:, None, None] + phase)
    poses[:, 0] = axis_angle(about(2, 4 * np.pi * time) @ about(1, 0.3 * np.sin(9 * time)))
    return poses, np.stack([2 * time, np.sin(3 * time), 0.1 + 0.05 * np.sin(20 * time)], axis=-1)


def walking_cat(frames: int, fps: float = 30.0) -> tuple[np.ndarray, np.ndarray]:
    """poses (T, 35, 3) and trans (T, 3) of a plain walk to +X: legs swing about the animal's side axis."""
    time = np.arange(frames) / fps
    poses = np.zeros((frames, 35, 3))
    turn = 2 * np.pi * 1.1 * time
    for lead, leg in ((0.0, "LLegBack"), (0.25, "LLeg"), (0.5, "RLegBack"), (0.75, "RLeg")):
        sway = np.sin(turn + 2 * np.pi * lead)
        lift = np.maximum(0.0, np.cos(turn + 2 * np.pi * lead))
        hind = leg.endswith("Back")
        bend = 1.0 if hind else -1.0
        for part, value in ((1, 0.35 * sway - 0.25 * bend * lift), (2, 0.6 * bend * lift), (3, -0.5 * bend * lift)):
            poses[:, JOINT_NAMES.index(f"{leg}{part}"), 1] = value
    for part in range(1, 8):
        poses[:, JOINT_NAMES.index(f"Tail{part}"), 2] = 0.12 * np.sin(turn / 2 + 0.4 * part)
    poses[:, JOINT_NAMES.index("Head"), 1] = 0.06 * np.sin(2 * turn)
    return poses, np.stack([0.55 * time, np.zeros(frames), np.zeros(frames)], axis=-1)


def cat_arrays(poses: np.ndarray, trans: np.ndarray, fps: float = 25.0, betas=(), body_file="cat.npz") -> dict:
    """Every array of a quadruped's motion file of ours, filmed from its side."""
    frames, betas = len(poses), np.asarray(betas, float)
    rest = rest_joints() * (1 + 0.1 * betas.sum())
    _, joints = joint_transforms(poses, trans, rest, PARENTS)
    rotation, translation = level_camera(np.array([[1.0, -3.0, 0.4]]))
    names = get_layout("ap10k").names
    keypoints = joints[:, [JOINT_NAMES.index(JOINT_OF[name]) for name in names]]
    matrix = np.array([[700.0, 0, 330], [0, 700, 250], [0, 0, 1]])
    seen = (keypoints @ rotation[0].T + translation[0]) @ matrix.T
    return {
        "format_version": np.array(1), "model_type": np.array("smal"), "gender": np.array("neutral"),
        "poses": poses.reshape(frames, 105), "trans": trans, "betas": betas, "mocap_framerate": np.array(fps),
        "joints": joints, "joint_names": np.array(JOINT_NAMES), "camera_matrix": matrix,
        "camera_rotation": rotation[0], "camera_translation": translation[0], "image_size": np.array([640, 480]),
        "frame_start": np.array(7), "source": np.array("/somewhere/a cat.json"), "body_file": np.array(body_file),
        "warnings": np.array([], dtype="U1"), "keypoint_names": np.array(names), "keypoints": keypoints,
        "keypoints_2d": seen[..., :2] / seen[..., 2:] + (3.0, 4.0), "confidence": np.full(keypoints.shape[:2], 0.8),
        "person": np.array(0), "seed": np.array(3), "model": np.array("cat"), "height": np.array(WITHERS),
        "focal_source": np.array("given"),
    }  # fmt: skip


def write_cat(path: Path, frames: int = 30, walking: bool = False, **changes) -> Path:
    """A motion file, and its body beside it as cat.npz. `changes`: fps, betas, body_file (for cat_arrays), or arrays to
    put in the place of its own (None: leave out)."""
    known = {name: changes.pop(name) for name in ("fps", "betas", "body_file") if name in changes}
    if known.get("body_file", "cat.npz") == "cat.npz":
        np.savez(path.parent / "cat.npz", **cat_body_arrays())
    motion = walking_cat(frames, known.get("fps", 25.0)) if walking else swinging_cat(frames)
    arrays = {**cat_arrays(*motion, **known), **changes}
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})
    return path
