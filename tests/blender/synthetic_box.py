# SPDX-License-Identifier: GPL-3.0-or-later
"""A person with a box, made for the tests: steps up to it, takes it between the hands, carries it off, lets go of it.

The box stands as if on a table until the hands have it, and where they leave it.
"""

import functools
from pathlib import Path

import numpy as np

from blender_addon.core.body_file import read_body
from blender_addon.core.box import corners
from blender_addon.core.forward_kinematics import joint_transforms
from tests.blender.synthetic import UPRIGHT, about, axis_angle, level_camera, source_arrays

FRAMES, FPS, FIRST = 60, 25.0, 7
HELD = (15, 45)  # the first frame in which the hands hold it, and the one after the last
SIZE = np.array([0.30, 0.24, 0.20])
PALMS = (22, 23)
_REACH = 8  # frames that the arms take to reach it, and to come down again
_STEP = 0.55 / FPS  # metres a frame


@functools.cache
def carrying(frames: int = FRAMES) -> dict[str, np.ndarray]:
    """poses (T, 24, 3), trans (T, 3), joints (T, 24, 3), and the box's rotations (T, 3, 3) and places (T, 3)."""
    body, time = read_body(), np.arange(frames)
    rest = body.shaped(np.zeros(0))[1]
    begin, end = HELD
    arms = np.clip((time - begin + _REACH) / _REACH, 0, 1) * np.clip((end + _REACH - 1 - time) / _REACH, 0, 1)
    arms = arms * arms * (3 - 2 * arms)
    turn = 2 * np.pi * time / FPS * 0.9
    poses = np.zeros((frames, 24, 3))
    yaw = 0.4 + 0.3 * np.clip((time - begin) / (end - begin), 0, 1)
    facing = about(2, yaw)
    poses[:, 0] = axis_angle(facing @ UPRIGHT)
    for side, hip, knee, shoulder, elbow in ((1, 1, 4, 16, 18), (-1, 2, 5, 17, 19)):
        sway = side * np.sin(turn)
        poses[:, hip, 0], poses[:, knee, 0] = 0.35 * sway, 0.45 * np.maximum(0, side * np.cos(turn))
        poses[:, shoulder, 2] = -side * 1.25
        poses[:, elbow, 1] = -side * (0.25 + 1.15 * arms)
        poses[:, shoulder, 1] = -side * 0.12 * arms
    heading = facing @ np.array([0.0, -1.0, 0.0])
    way = np.cumsum(heading * _STEP, axis=0)
    joints = joint_transforms(poses, way, rest, body.parents)[1]
    sole = rest[[10, 11], 1].min() - body.vertices[:, 1].min()
    trans = way - np.array([0, 0, 1]) * (joints[:, [10, 11], 2].min(axis=1) - sole)[:, None]
    joints = joint_transforms(poses, trans, rest, body.parents)[1]
    places = joints[:, PALMS].mean(axis=1)
    held = np.clip(time, begin, end - 1)
    return {"poses": poses, "trans": trans, "joints": joints, "rotations": facing[held], "places": places[held]}


def box_arrays(**told) -> dict:
    """Every array of a motion file of a person with a box. told: to put in the place of its own (None: leave out)."""
    made = carrying()
    size = SIZE.copy()
    size[0] = np.linalg.norm(np.diff(made["joints"][HELD[0], PALMS], axis=0))  # as wide as the hands are apart
    rotation, translation = level_camera(np.array([[0.5, -4.5, 1.1]]))
    arrays = {
        "format_version": np.array(1), "model_type": np.array("smpl_box"), "gender": np.array("neutral"),
        "poses": made["poses"].reshape(FRAMES, 72), "trans": made["trans"], "betas": np.zeros(0),
        "mocap_framerate": np.array(FPS), "joints": made["joints"], "image_size": np.array([640, 480]),
        "camera_matrix": np.array([[700.0, 0, 320], [0, 700, 240], [0, 0, 1]]), "camera_rotation": rotation[0],
        "camera_translation": translation[0], "frame_start": np.array(FIRST), "body_file": np.array(""),
        "source": np.array("/somewhere/a box.json"), "warnings": np.array([], dtype="U1"),
        "box_rotation": axis_angle(made["rotations"]), "box_translation": made["places"], "box_size": size,
        "box_size_source": np.array("estimated"),
    }  # fmt: skip
    arrays |= source_arrays(arrays, missing=())
    marked = corners(size)[:5] @ made["rotations"].swapaxes(-1, -2) + made["places"][:, None]
    seen = (marked @ rotation[0].T + translation[0]) @ arrays["camera_matrix"].T
    names = [*arrays["keypoint_names"], *(f"box_{number}" for number in range(1, 6))]
    arrays["keypoint_names"] = np.array(names)
    arrays["keypoints"] = np.concatenate([arrays["keypoints"], marked], axis=1)
    arrays["keypoints_2d"] = np.concatenate([arrays["keypoints_2d"], seen[..., :2] / seen[..., 2:] + (3, 4)], axis=1)
    arrays["confidence"] = np.full((FRAMES, len(names)), 0.8)
    return {**arrays, **told}


def write_box(path: Path, **told) -> Path:
    """A motion file of the same."""
    np.savez(path, **{name: array for name, array in box_arrays(**told).items() if array is not None})
    return path
