# SPDX-License-Identifier: GPL-3.0-or-later
"""A small moving skeleton for the evaluation's tests."""

import numpy as np

from backend.keypoints.layouts import get_layout

LAYOUT = get_layout("openpose18")


def walker(frames: int = 60, travel: float = 1.0, height: float = 1.7) -> np.ndarray:
    """Keypoints (T, 18, 3): an upright figure facing -Y that walks `travel` metres along +Y, swinging its limbs."""
    upright = LAYOUT.upright * height
    # Seen from the front, image x to the right is the body's left; facing -Y that is +X.
    rest = np.stack([upright[:, 0], np.zeros(18), height - upright[:, 1]], -1)
    for name, forward in (("nose", 0.11), ("right_eye", 0.08), ("left_eye", 0.08)):
        rest[LAYOUT.names.index(name), 1] -= forward
    time = np.linspace(0, 2 * np.pi, frames)
    motion = np.repeat(rest[None], frames, 0)
    for side, phase in (("left", 0.0), ("right", np.pi)):
        for limb, reach in (("wrist", 0.25), ("elbow", 0.12), ("ankle", -0.25), ("knee", -0.12)):
            motion[:, LAYOUT.names.index(f"{side}_{limb}"), 1] += reach * np.sin(time + phase)
    motion[:, :, 1] += np.linspace(0, travel, frames)[:, None]
    return motion


_MOCAP = {
    "pelvis": "", "left_hip": "left_hip", "left_knee": "left_knee", "left_ankle": "left_ankle", "left_toe": "",
    "right_hip": "right_hip", "right_knee": "right_knee", "right_ankle": "right_ankle", "right_toe": "", "spine": "",
    "chest": "", "neck": "neck", "head": "", "left_collar": "", "left_shoulder": "left_shoulder",
    "left_elbow": "left_elbow", "left_wrist": "left_wrist", "right_collar": "", "right_shoulder": "right_shoulder",
    "right_elbow": "right_elbow", "right_wrist": "right_wrist",
}  # fmt: skip
_MOCAP_PARENTS = [-1, 0, 1, 2, 3, 0, 5, 6, 7, 0, 9, 10, 11, 10, 13, 14, 15, 10, 17, 18, 19]


def write_mocap(path, keypoints: np.ndarray, fps: float = 30.0, rest: np.ndarray | None = None) -> None:
    """A motion capture clip with this motion's limbs, an upright head 0.15 m above the neck, and unturned bones.

    rest (18, 3): the keypoints of its rest pose, by default the first frame's.
    """
    positions = _joints(keypoints)
    rotations = np.zeros((*positions.shape[:2], 4))
    rotations[..., 0] = 1
    np.savez(
        path, names=np.array(list(_MOCAP)), parents=np.array(_MOCAP_PARENTS), positions=positions, rotations=rotations,
        rest=_joints(keypoints[:1] if rest is None else rest[None])[0], fps=fps, source="made up",
        description="a walk", licence="GPL-3.0-or-later",
    )  # fmt: skip


def _joints(keypoints: np.ndarray) -> np.ndarray:
    index = {name: number for number, name in enumerate(LAYOUT.names)}
    middle = (keypoints[:, index["left_hip"]] + keypoints[:, index["right_hip"]]) / 2
    places = {name: keypoints[:, index[point]] if point else middle for name, point in _MOCAP.items()}
    return np.stack(list((places | {"head": places["neck"] + [0, 0, 0.15]}).values()), 1)


def carrier(frames: int = 60, travel: float = 1.0) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The walker (T, 18, 3) and the fields of a clip for a box of 0.4 x 0.3 x 0.2 m that is carried before it, on its
    side: its third axis points where it goes."""
    motion = walker(frames, travel)
    position = motion[:, LAYOUT.names.index("neck")] + [0.0, 0.35, -0.4]
    quaternion = np.tile([np.sqrt(0.5), -np.sqrt(0.5), 0.0, 0.0], (frames, 1))  # z to +Y
    return motion, {"box_position": position, "box_rotation": quaternion, "box_size": np.array([0.4, 0.3, 0.2])}


def write_box_mocap(path, frames: int = 60, travel: float = 1.0, **changes) -> None:
    """A motion capture clip of `carrier`; some of the box's fields changed."""
    motion, box = carrier(frames, travel)
    write_mocap(path, motion)
    with np.load(path) as data:
        fields = {name: data[name] for name in data.files}
    np.savez(path, **fields, **(box | changes))
