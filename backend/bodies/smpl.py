# SPDX-License-Identifier: GPL-3.0-or-later
"""The body model: the bundled open human, or a SMPL model that the user has, posed by smplx or by a fast path."""

import contextlib
import io
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import smplx
import torch
from smplx.utils import Struct
from smplx.vertex_ids import vertex_ids as SMPLX_VERTEX_IDS

from . import BodyError
from .body_file import BUNDLED_BODY, GENDERS, find_body_file, read_body_file, write_body_file
from .skeleton import JOINT_COUNT, JOINT_NAMES, forward_kinematics
from .skinned_points import SkinnedPoints

FACE_VERTICES = ("nose", "reye", "leye", "rear", "lear")
#: For each of the 18 OpenPose points, the row of [24 joints, 5 face vertices, neck] it is read from.
KEYPOINT_ROWS = (24, 29, 17, 19, 21, 16, 18, 20, 2, 5, 8, 1, 4, 7, 25, 26, 27, 28)
SMPL_VERTEX_COUNT = 6890
_FRAMES_AT_ONCE = 128


@dataclass(frozen=True)
class BodyPose:
    """A posed body, in metres, in the frame of the root rotation and the translation."""

    joints: torch.Tensor  #: (N, J, 3)
    keypoints: torch.Tensor  #: (N, K, 3) OpenPose's 18 points of a human, AP-10K's 17 of a quadruped
    vertices: torch.Tensor  #: (N, V, 3)


class Body:
    """A body with SMPL's 24 joints.

    `model` is the smplx.SMPL module; `path` the file it came from; `vertex_ids` the named surface points;
    `shape_names` the meaning of each beta, where known. Made by `load_body`.
    """

    def __init__(self, fields: dict[str, np.ndarray], path: Path, gender: str = "neutral"):
        self.fields, self.path, self.gender = fields, path, gender
        self.joint_names = JOINT_NAMES
        self.vertex_ids = _vertex_ids(fields, path)
        quiet = io.StringIO()  # smplx announces models of 10 betas on stdout, which belongs to the worker's protocol
        with contextlib.redirect_stdout(quiet):
            self.model = smplx.SMPL(
                "", data_struct=Struct(**fields), vertex_ids=self.vertex_ids, create_betas=False, gender=gender,
                create_body_pose=False, create_global_orient=False, create_transl=False,
            )  # fmt: skip
        self.model.requires_grad_(False)
        self.shape_names = tuple(str(name) for name in fields["shape_names"][: self.num_betas])
        self._prepare()

    def _prepare(self) -> None:
        """What the fast path needs, computed once: joints as a function of betas, and the five face vertices."""
        model = self.model
        self._joint_template = torch.einsum("jv,vc->jc", model.J_regressor, model.v_template)
        self._joint_shapes = torch.einsum("jv,vcb->jcb", model.J_regressor, model.shapedirs)
        self._face = SkinnedPoints.of(model, [self.vertex_ids[name] for name in FACE_VERTICES])

    @property
    def num_betas(self) -> int:
        return self.model.shapedirs.shape[-1]

    @property
    def device(self) -> torch.device:
        return self.model.v_template.device

    @property
    def faces(self) -> np.ndarray:
        """(F, 3) vertex indices."""
        return self.fields["f"]

    def to(self, device: torch.device | str) -> "Body":
        """Move to a device, in place."""
        self.model.to(device)
        self._prepare()
        return self

    def rest_joints(self, betas: torch.Tensor) -> torch.Tensor:
        """The joints of the rest pose, metres, Y up: betas (..., B) -> (..., 24, 3). Differentiable."""
        self._check_betas(betas)
        return self._joint_template + torch.einsum("...b,jcb->...jc", betas, self._joint_shapes)

    def stature(self, betas: torch.Tensor) -> torch.Tensor:
        """The standing height of the mesh in the rest pose, metres: betas (..., B) -> (...). Differentiable."""
        self._check_betas(betas)
        heights = self.model.v_template[:, 1] + torch.einsum("...b,vb->...v", betas, self.model.shapedirs[:, 1])
        return heights.amax(-1) - heights.amin(-1)

    def forward(self, rotations: torch.Tensor, betas: torch.Tensor, translation: torch.Tensor) -> BodyPose:
        """Pose the whole body by smplx.

        rotations (N, 24, 3, 3) local, global first, acting on columns; betas (B,) or (N, B); translation (N, 3)
        metres, added after posing about the rest pelvis as in AMASS. The world is Z up when the root rotation turns
        the Y-up rest body there.
        """
        rotations, betas, translation = self._check(rotations, betas, translation)
        joints, keypoints, vertices = [], [], []
        for start in range(0, len(rotations), _FRAMES_AT_ONCE):
            part = slice(start, start + _FRAMES_AT_ONCE)
            out = self.model(
                betas=betas[part], body_pose=rotations[part, 1:], global_orient=rotations[part, :1],
                transl=translation[part], pose2rot=False,
            )  # fmt: skip
            joints.append(out.joints[:, :JOINT_COUNT])
            keypoints.append(_keypoints18(out.joints[:, :JOINT_COUNT], out.joints[:, JOINT_COUNT : JOINT_COUNT + 5]))
            vertices.append(out.vertices)
        return BodyPose(torch.cat(joints), torch.cat(keypoints), torch.cat(vertices))

    def keypoints(
        self, rotations: torch.Tensor, betas: torch.Tensor, translation: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Joints (N, 24, 3) and OpenPose's 18 points (N, 18, 3) without the mesh; arguments and frame as `forward`.

        Equal to smplx's own, differentiable in all arguments, and quick for tens of thousands of frames.
        """
        rotations, betas, translation = self._check(rotations, betas, translation)
        rest = self.rest_joints(betas)
        turned, placed = forward_kinematics(rotations, rest)
        face = self._face(rotations, betas, rest, turned, placed)
        joints, face = placed + translation[:, None], face + translation[:, None]
        return joints, _keypoints18(joints, face)

    def write_npz(self, path: str | Path) -> None:
        """Write this body as a clean body file, readable without pickle: what the add-on and the next run can read."""
        names = list(self.vertex_ids)
        ids = np.array([self.vertex_ids[name] for name in names], np.int64)
        write_body_file(path, {**self.fields, "vertex_names": np.array(names), "vertex_ids": ids})

    def _check_betas(self, betas: torch.Tensor) -> None:
        if betas.shape[-1:] != (self.num_betas,):
            raise BodyError(f"Expected {self.num_betas} betas for {self.path.name}, got shape {tuple(betas.shape)}.")

    def _check(self, rotations, betas, translation):
        count = len(rotations)
        if rotations.shape != (count, JOINT_COUNT, 3, 3) or translation.shape != (count, 3):
            raise BodyError(
                f"Expected rotations (N, {JOINT_COUNT}, 3, 3) and translation (N, 3), got {tuple(rotations.shape)} "
                f"and {tuple(translation.shape)}."
            )
        self._check_betas(betas)
        return rotations, betas.expand(count, self.num_betas), translation


def load_body(path: str | Path | None = None, gender: str | None = None) -> Body:
    """Load a body: None the bundled open human; a folder SMPL's files in it; a file that file (.npz or SMPL's .pkl).

    gender 'neutral', 'male' or 'female' chooses in a folder; None takes the first there is. Raises BodyError, one
    line, for anything else; no pickle is executed.
    """
    if gender is not None and gender not in GENDERS:
        raise BodyError(f"Expected the gender {', '.join(GENDERS)}, got {gender!r}.")
    if path is None:
        return Body(dict(_bundled_fields()), BUNDLED_BODY)
    path = Path(path)
    if path.is_dir():
        path = find_body_file(path, gender)
    word = re.match(r"(?:smpl|basicmodel)_([a-z]+)", path.stem.lower())
    named = next((name for name, words in GENDERS.items() if word and word[1] in words), "neutral")
    return Body(read_body_file(path), path, gender or named)


@lru_cache(maxsize=1)
def _bundled_fields() -> dict[str, np.ndarray]:
    return read_body_file(BUNDLED_BODY)


def _vertex_ids(fields: dict[str, np.ndarray], path: Path) -> dict[str, int]:
    """The named surface points: the file's own, or smplx's table for SMPL's mesh."""
    if "vertex_ids" in fields:
        ids = {str(n): int(i) for n, i in zip(fields["vertex_names"], fields["vertex_ids"], strict=True)}
    elif len(fields["v_template"]) == SMPL_VERTEX_COUNT:
        ids = {name: int(i) for name, i in SMPLX_VERTEX_IDS["smplh"].items()}
    else:
        raise BodyError(f"{path}: expected vertex_names and vertex_ids, or SMPL's {SMPL_VERTEX_COUNT} vertices.")
    missing = [name for name in SMPLX_VERTEX_IDS["smplh"] if name not in ids]
    if missing:
        raise BodyError(f"{path}: expected every named vertex that smplx reads; {', '.join(missing)} missing.")
    return ids


def _keypoints18(joints: torch.Tensor, face: torch.Tensor) -> torch.Tensor:
    """OpenPose's 18 points from joints (N, 24, 3) and face vertices (N, 5, 3); the neck lies between the shoulders."""
    neck = (joints[:, 16:17] + joints[:, 17:18]) / 2
    return torch.cat([joints, face, neck], dim=1)[:, list(KEYPOINT_ROWS)]
