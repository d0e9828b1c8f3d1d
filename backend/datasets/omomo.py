# SPDX-License-Identifier: GPL-3.0-or-later
"""OMOMO (Li et al. 2023): people moving objects, of which MVLift's data set is the large box.

Files *_diffusion_manip_seq_joints24.p, written by joblib: {number: {seq_name 'sub16_largebox_000', trans (T, 3),
root_orient (T, 3), pose_body (T, 63), trans2joint (3,), obj_trans (T, 3, 1), obj_rot (T, 3, 3), obj_scale (T,), ...}};
30 fps, Z up.
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from ..errors import UserError
from ..evaluation import EvaluationError
from .pickles import load_values
from .smpl_motion import BODY_JOINTS, Sequences, SmplMotion, field, numbers

SOURCE_FPS = 30.0
ENDING = "_diffusion_manip_seq_joints24.p"
TEST_SUBJECTS = ("sub16", "sub17")
OBJECT = "largebox"
MESH = f"captured_objects/{OBJECT}_cleaned_simplified.obj"
#: The box's five keypoints among the vertices of its mesh, in the order of MVLift's release.
BOX_VERTICES = (11298, 12617, 12084, 7527, 3042)


@dataclass(frozen=True, eq=False)
class BoxMotion:
    """How the object's mesh is placed, metres, Z up: vertex v is at scale * rotation @ v + position.

    position (T, 3), rotation (T, 3, 3), scale (T,).
    """

    position: np.ndarray
    rotation: np.ndarray
    scale: np.ndarray

    def place(self, vertices: np.ndarray) -> np.ndarray:
        """Points of the mesh (K, 3) in the world, (T, K, 3)."""
        turned = np.einsum("tab,kb->tka", self.rotation, vertices)
        return self.scale[:, None, None] * turned + self.position[:, None]


def training_sequences(folder: Path) -> Sequences:
    """The training subjects' sequences with the large box; errors as `test_sequences`."""
    return {name: partial(read_person, values) for name, values in read_file(folder, "train").items()}


def test_sequences(folder: Path) -> Sequences:
    """The test subjects' sequences with the large box. Raises EvaluationError where no file can be read.

    A sequence that cannot be used says so when it is called for.
    """
    return {name: partial(read_person, values) for name, values in read_file(folder).items()}


def read_file(folder: Path, part: str = "test") -> dict[str, dict]:
    """The raw fields of the sequences with the large box of the test or the other ('train') subjects, by name.

    Raises EvaluationError.
    """
    paths = sorted(folder.glob(f"{part}*{ENDING}")) or sorted(folder.glob(f"*{ENDING}"))
    if not paths:
        raise EvaluationError(f"expected OMOMO's *{ENDING} in {str(folder)!r}, found none")
    named = {}
    for path in paths:
        for values in load_values(path).values():
            name = str(values.get("seq_name", "")) if isinstance(values, dict) else ""
            subject, thing = [*name.split("_"), "", ""][:2]
            if thing == OBJECT and (subject in TEST_SUBJECTS) == (part == "test"):
                named[name] = values
    if not named:
        subjects = " or ".join(TEST_SUBJECTS) if part == "test" else "sub1 to sub15"
        raise EvaluationError(f"expected sequences named {subjects}_{OBJECT}_... in {paths[0].name}, found none")
    return named


def read_person(values: dict) -> SmplMotion:
    """The person of one sequence, on the mean male body: the shapes are SMPL-X's, which no SMPL body takes.

    trans2joint leads from the pelvis to the translation, so that the pelvis is where it was filmed whatever the body.
    Raises EvaluationError.
    """
    name = str(field(values, "seq_name"))
    try:
        root, body, translation = (numbers(field(values, key), key) for key in ("root_orient", "pose_body", "trans"))
        frames = len(root) if root.ndim else 0
        if root.shape != (frames, 3) or body.size != frames * 3 * (BODY_JOINTS - 1):
            raise EvaluationError(f"expected root_orient (T, 3) and pose_body (T, 63), got {root.shape}, {body.shape}")
        poses = np.concatenate([root, body.reshape(frames, 3 * (BODY_JOINTS - 1))], 1)
        if "trans2joint" not in values:
            return SmplMotion(name, poses, translation, SOURCE_FPS)
        to_joint = numbers(values["trans2joint"], "trans2joint")
        if to_joint.size != 3:
            raise EvaluationError(f"expected trans2joint (3,), got {to_joint.shape}")
        return SmplMotion(name, poses, translation - to_joint.reshape(3), SOURCE_FPS, of_pelvis=True)
    except EvaluationError as error:
        raise EvaluationError(f"{name}: {error}") from None


def read_box(values: dict) -> BoxMotion:
    """The object of one sequence, frame for frame with the person. Raises EvaluationError."""
    try:
        position, rotation, scale = (numbers(field(values, key), key) for key in ("obj_trans", "obj_rot", "obj_scale"))
        frames = position.size // 3
        if position.shape[:2] != (frames, 3) or rotation.shape != (frames, 3, 3) or scale.size != frames:
            raise EvaluationError(
                "expected obj_trans (T, 3), obj_rot (T, 3, 3) and obj_scale (T,), got "
                f"{position.shape}, {rotation.shape} and {scale.shape}"
            )
    except UserError as error:
        raise EvaluationError(f"{str(field(values, 'seq_name'))}: {error}") from None
    return BoxMotion(position.reshape(frames, 3), rotation, scale.reshape(frames))


def read_box_keypoints(folder: Path) -> np.ndarray:
    """The box's five keypoints (5, 3) among the vertices of its mesh, for BoxMotion.place. Raises EvaluationError."""
    path = folder / MESH
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        vertices = np.array([line.split()[1:4] for line in lines if line.startswith("v ")], np.float64)
        points = vertices[list(BOX_VERTICES)]
    except (OSError, ValueError, IndexError) as error:
        raise EvaluationError(
            f"expected OMOMO's mesh {MESH} of more than {max(BOX_VERTICES)} vertices, which cannot be read: {error}"
        ) from None
    return numbers(points, f"vertices of {path.name}")
