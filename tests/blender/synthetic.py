# SPDX-License-Identifier: GPL-3.0-or-later
"""Motion files made for the tests: the bundled body swinging every joint, turning round and walking off."""

import functools
from pathlib import Path

import numpy as np

from blender_addon.core.body_file import read_body
from blender_addon.core.forward_kinematics import joint_transforms

UPRIGHT = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])  # SMPL's Y-up rest into the Z-up world


def axis_angle(matrices: np.ndarray) -> np.ndarray:
    """Axis-angle (..., 3) of rotation matrices by OpenCV-free arithmetic; angles up to pi."""
    from math import pi

    flat = matrices.reshape(-1, 3, 3)
    out = np.empty((len(flat), 3))
    for index, matrix in enumerate(flat):
        angle = np.arccos(np.clip((np.trace(matrix) - 1) / 2, -1, 1))
        skew = np.array([matrix[2, 1] - matrix[1, 2], matrix[0, 2] - matrix[2, 0], matrix[1, 0] - matrix[0, 1]])
        if angle > pi - 1e-4:
            values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
            out[index] = vectors[:, -1] * angle
        else:
            out[index] = skew / max(np.linalg.norm(skew), 1e-12) * angle
    return out.reshape(*matrices.shape[:-2], 3)


def about(axis: int, angles: np.ndarray) -> np.ndarray:
    """Rotation matrices (T, 3, 3) about a world axis."""
    c, s = np.cos(angles), np.sin(angles)
    matrix = np.zeros((len(angles), 3, 3))
    a, b = (axis + 1) % 3, (axis + 2) % 3
    matrix[:, axis, axis] = 1
    matrix[:, a, a], matrix[:, b, b], matrix[:, a, b], matrix[:, b, a] = c, c, -s, s
    return matrix


def swinging(frames: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """poses (T, 24, 3) and trans (T, 3): upright, every joint swinging, two turns about the vertical."""
    rng = np.random.default_rng(seed)
    time = np.linspace(0, 1, frames)
    swing = rng.normal(size=(24, 3)) * 0.35
    phase = rng.uniform(0, 2 * np.pi, size=(24, 3))
    poses = swing * np.sin(2 * np.pi * time[:, None, None] + phase)
    poses[:, 0] = axis_angle(about(2, 4 * np.pi * time) @ UPRIGHT)
    return poses, np.stack([2 * time, np.sin(3 * time), 1.1 + 0.05 * np.sin(20 * time)], axis=-1)


def level_camera(at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """World-to-camera rotations (N, 3, 3) and translations (N, 3) of cameras at (N, 3), facing +Y, rolled a little."""
    facing = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])
    roll = about(2, 0.1 + 0.02 * np.arange(len(at)))
    rotation = roll @ facing
    return rotation, -np.einsum("nab,nb->na", rotation, at)


@functools.cache
def motion_arrays(frames: int = 30, fps: float = 25.0, moving_camera: bool = False, size=(641, 479), betas=()) -> dict:
    """Every array of a motion file of ours."""
    body = _body()
    poses, trans = swinging(frames)
    betas = np.asarray(betas, float)
    _, joints = joint_transforms(poses, trans, body.shaped(betas)[1], body.parents)
    at = np.stack([np.linspace(1, 2, frames), np.full(frames, -4.0), np.linspace(1.2, 1.5, frames)], axis=-1)
    rotation, translation = level_camera(at if moving_camera else at[:1])
    width, height = size
    return {
        "format_version": np.array(1),
        "model_type": np.array("smpl"),
        "gender": np.array("neutral"),
        "poses": poses.reshape(frames, 72).astype(np.float32),
        "trans": trans.astype(np.float32),
        "betas": betas.astype(np.float32),
        "mocap_framerate": np.array(fps),
        "joints": joints.astype(np.float32),
        "camera_matrix": np.array([[700.0, 0, width * 0.43], [0, 700, height * 0.56], [0, 0, 1]]),
        "camera_rotation": rotation if moving_camera else rotation[0],
        "camera_translation": translation if moving_camera else translation[0],
        "image_size": np.array([width, height]),
        "frame_start": np.array(7),
        "source": np.array("/somewhere/a walk.json"),
        "body_file": np.array(""),
        "warnings": np.array([], dtype="U1"),
    }


# Keypoints for a clip, each where a joint of the body is.
JOINT_OF = {
    "nose": 15, "neck": 12, "right_shoulder": 17, "right_elbow": 19, "right_wrist": 21, "left_shoulder": 16,
    "left_elbow": 18, "left_wrist": 20, "right_hip": 2, "right_knee": 5, "right_ankle": 8, "left_hip": 1,
    "left_knee": 4, "left_ankle": 7,
}  # fmt: skip


def key_at(number, fps: float, rate: float):
    """The scene frame of a clip's frame of this number, by time, where the scene runs at another rate."""
    return 1 + (number - 1) * rate / fps


def source_arrays(arrays: dict, shift=(3.0, 4.0), missing=((2, 4),)) -> dict:
    """What a lift adds to a motion file: keypoints that lie `shift` pixels beside the joints, some (frame, point)
    missing, the person, the seed and the model."""
    joints = arrays["joints"][:, list(JOINT_OF.values())].astype(float)
    seen = joints @ np.swapaxes(arrays["camera_rotation"], -1, -2) + arrays["camera_translation"][..., None, :]
    seen = seen @ arrays["camera_matrix"].T
    points = seen[..., :2] / seen[..., 2:] + shift
    confidence = np.full(points.shape[:2], 0.8)
    for frame, point in missing:
        points[frame, point], confidence[frame, point] = np.nan, 0.0
    return {
        "keypoint_names": np.array(list(JOINT_OF)), "keypoints": joints, "keypoints_2d": points,
        "confidence": confidence, "person": np.array(1), "seed": np.array(3), "model": np.array("human"),
        "height": np.array(1.7), "focal_source": np.array("given"),
    }  # fmt: skip


@functools.cache
def _body():
    return read_body()


def write_motion(path: Path, **changes) -> Path:
    """A motion file; `changes` are for motion_arrays, or arrays to put in the place of its own (None: leave out)."""
    known = {name: changes.pop(name) for name in ("frames", "fps", "moving_camera", "size") if name in changes}
    if "betas" in changes and not isinstance(changes["betas"], np.ndarray):
        known["betas"] = tuple(changes.pop("betas"))
    arrays = {**motion_arrays(**known), **changes}
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})
    return path
