# SPDX-License-Identifier: GPL-3.0-or-later
"""Small files in the data sets' own formats: a person who stands upright and walks."""

import pickle
from pathlib import Path

import numpy as np

#: Turns the Y-up rest body upright in a Z-up world.
UPRIGHT = np.array([np.pi / 2, 0, 0])


def poses(frames: int, root=(0.0, 0, 0), columns: int = 72) -> np.ndarray:
    """A standing pose (frames, columns) with slightly swinging arms."""
    out = np.zeros((frames, columns))
    out[:, :3] = root
    out[:, 3 * 16] = np.linspace(0, 0.5, frames)
    return out


def write_pickle(path: Path, content, protocol: int = 4) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pickle.dumps(content, protocol))
    return path


def write_aist(folder: Path, names: list[str], frames: int = 240, scaling: float = 90.0) -> Path:
    """AIST++: 60 fps, Y up, a body 90 times SMPL's that walks 1.5 SMPL metres a second along Z, and nine cameras."""
    path = np.zeros((frames, 3))
    path[:, 2] = np.arange(frames) / 60 * 1.5 * scaling
    path[:, 1] = scaling
    for name in names:
        motion = {
            "smpl_poses": poses(frames),
            "smpl_trans": path,
            "smpl_scaling": np.array([scaling]),
            "smpl_loss": 0.1,
        }
        write_pickle(folder / "motions" / f"{name}.pkl", motion)
        write_pickle(folder / "keypoints2d" / f"{name}.pkl", {"keypoints2d": seen(frames)})
    (folder / "splits").mkdir(exist_ok=True)
    for part in ("train", "test"):
        (folder / "splits" / f"pose_{part}.txt").write_text("\n".join(names) + "\n")
    return folder


def seen(frames: int) -> np.ndarray:
    """(9, frames, 17, 3): camera c has every point at x = 100 c + frame."""
    points = np.full((9, frames, 17, 3), 0.9)
    points[..., 0] = 100.0 * np.arange(9)[:, None, None] + np.arange(frames)[:, None]
    points[..., 1] = np.arange(17) * 20.0
    return points


def omomo_sequence(name: str, frames: int = 130) -> dict:
    place = np.zeros((frames, 3))
    place[:, 2] = 0.9 - 0.35
    return {
        "seq_name": name,
        "betas": np.zeros((1, 16)),
        "gender": np.array("male"),
        "trans": place + [0.0, 0.35, 0.35],
        "trans2joint": np.array([0.0, 0.35, 0.0]),
        "root_orient": np.tile(UPRIGHT, (frames, 1)),
        "pose_body": np.zeros((frames, 63)),
        "obj_trans": np.ones((frames, 3, 1)),
        "obj_rot": np.tile(np.eye(3), (frames, 1, 1)),
        "obj_scale": np.full(frames, 0.7),
    }


def write_amass(path: Path, frames: int = 480, fps: float = 120.0, **changed) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    place = np.zeros((frames, 3))
    place[:, 0] = np.arange(frames) / fps
    fields = {
        "poses": poses(frames, UPRIGHT, 156),
        "trans": place,
        "betas": np.zeros(16),
        "gender": np.array("female"),
        "mocap_framerate": np.array(fps),
    }
    np.savez(path, **{name: value for name, value in {**fields, **changed}.items() if value is not None})
    return path


class Wrapper:
    """Written as joblib.numpy_pickle.NumpyArrayWrapper, after which the array's bytes follow."""


Wrapper.__module__, Wrapper.__qualname__, Wrapper.__name__ = (
    "joblib.numpy_pickle",
    "NumpyArrayWrapper",
    "NumpyArrayWrapper",
)


class JoblibPickler(pickle._Pickler):
    """What joblib.dump(..., compress=0) does with arrays."""

    def __init__(self, file):
        super().__init__(file, protocol=4)
        self.file = file

    def save(self, obj, save_persistent_id=True):
        if type(obj) is not np.ndarray:
            return super().save(obj)
        wrapper = Wrapper()
        order = "F" if obj.flags.f_contiguous and not obj.flags.c_contiguous else "C"
        wrapper.__dict__.update(
            subclass=np.ndarray, shape=obj.shape, order=order, dtype=obj.dtype, allow_mmap=True,
            numpy_array_alignment_bytes=16,
        )  # fmt: skip
        super().save(wrapper)
        self.framer.commit_frame(force=True)
        padding = 16 - (self.file.tell() + 1) % 16
        self.file.write(bytes([padding]) + b"\xff" * padding + obj.tobytes(order))

    def save_global(self, obj, name=None):
        if obj is not Wrapper:
            return super().save_global(obj, name)
        self.save(Wrapper.__module__)
        self.save(Wrapper.__name__)
        self.write(pickle.STACK_GLOBAL)
        self.memoize(obj)

    dispatch = {**pickle._Pickler.dispatch, type: save_global}


def write_joblib(path: Path, content) -> Path:
    with open(path, "wb") as file:
        JoblibPickler(file).dump(content)
    return path
