# SPDX-License-Identifier: GPL-3.0-or-later
"""The quadruped's body: the bundled open cat, or a SMAL model that the user has, posed whole or by a fast path."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from smplx.lbs import lbs

from ..keypoints.layouts import LAYOUTS
from . import BodyError
from .body_file import BUNDLED_QUADRUPED, SMAL, read_body_file, write_body_file
from .skinned_points import SkinnedPoints
from .smal_file import read_quadruped
from .smal_skeleton import JOINT_COUNT, JOINT_NAMES, forward_kinematics, joint
from .smpl import BodyPose

#: Each of AP-10K's points: a joint (of the left side; the legs), or a vertex and the joint that stands for it.
_LEGS = {
    "shoulder": "LLeg1", "elbow": "LLeg2", "front_paw": "LFoot",
    "hip": "LLegBack1", "knee": "LLegBack2", "back_paw": "LFootBack",
}  # fmt: skip
#: The neck is where it leaves the trunk, inside: where motion capture and annotators have it, not on the withers.
_INSIDE = {"neck": "Neck"}
_SURFACE = {"left_eye": None, "right_eye": None, "nose": None, "tail_root": "Tail1"}
KEYPOINT_NAMES = LAYOUTS["ap10k"].names
_FRAMES_AT_ONCE = 128


class _Model(torch.nn.Module):
    """A body's numbers as smplx names and lays them out."""

    def __init__(self, fields: dict[str, np.ndarray]):
        super().__init__()
        poses = fields["posedirs"].reshape(-1, fields["posedirs"].shape[-1]).T
        for name, value in {
            "v_template": fields["v_template"], "shapedirs": fields["shapedirs"], "posedirs": poses,
            "J_regressor": fields["J_regressor"], "lbs_weights": fields["weights"],
            "parents": fields["kintree_table"][0],
        }.items():  # fmt: skip
            self.register_buffer(name, torch.as_tensor(np.ascontiguousarray(value)))


class QuadrupedBody:
    """A body with SMAL's 35 joints, in SMAL's frame: the head to +X, +Y the animal's left, Z up, metres.

    `model` holds its tensors under smplx's names; `path` is the file it came from; `vertex_ids` the named surface
    points; `shape_names` the meaning of each beta, where known; `keypoint_rows` (17,) where each keypoint is among the
    joints and the named vertices of its own. Made by `load_quadruped`.
    """

    def __init__(self, fields: dict[str, np.ndarray], path: Path):
        self.fields, self.path = fields, path
        self.joint_names = JOINT_NAMES
        self.vertex_ids = {str(n): int(i) for n, i in zip(fields["vertex_names"], fields["vertex_ids"], strict=True)}
        self.model = _Model(fields)
        self.shape_names = tuple(str(name) for name in fields["shape_names"][: self.num_betas])
        self._read_vertices, self.keypoint_rows = self._keypoint_rows()
        self._prepare()

    def _keypoint_rows(self) -> tuple[list[int], list[int]]:
        """The vertices that keypoints are read from, and each keypoint's row among the joints and these vertices.

        Left is where a leg's rest joint lies at +Y: SMAL's own files need not mean it by a name's L.
        """
        rest = self.fields["J_regressor"] @ self.fields["v_template"]
        vertices, rows = [], {}
        for name, stand_in in _SURFACE.items():
            if name in self.vertex_ids:
                rows[name] = JOINT_COUNT + len(vertices)
                vertices.append(self.vertex_ids[name])
            elif stand_in:
                rows[name] = joint(stand_in)
            else:
                raise BodyError(f"{self.path}: expected the named vertex {name}, it has {', '.join(self.vertex_ids)}.")
        rows |= {name: joint(inside) for name, inside in _INSIDE.items()}
        for name, left_joint in _LEGS.items():
            pair = sorted((joint(left_joint), joint("R" + left_joint[1:])), key=lambda row: rest[row, 1])
            rows["right_" + name], rows["left_" + name] = pair
        return vertices, [rows[name] for name in KEYPOINT_NAMES]

    def _prepare(self) -> None:
        """What the fast path needs, computed once: joints as a function of betas, and the vertices it reads."""
        model = self.model
        self._joint_template = torch.einsum("jv,vc->jc", model.J_regressor, model.v_template)
        self._joint_shapes = torch.einsum("jv,vcb->jcb", model.J_regressor, model.shapedirs)
        self._points = SkinnedPoints.of(model, self._read_vertices)

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

    def to(self, device: torch.device | str) -> "QuadrupedBody":
        """Move to a device, in place."""
        self.model.to(device)
        self._prepare()
        return self

    def rest_joints(self, betas: torch.Tensor) -> torch.Tensor:
        """The joints of the rest pose, metres, Z up: betas (..., B) -> (..., 35, 3). Differentiable."""
        self._check_betas(betas)
        return self._joint_template + torch.einsum("...b,jcb->...jc", betas, self._joint_shapes)

    def stature(self, betas: torch.Tensor) -> torch.Tensor:
        """The height of the withers over the lowest vertex at rest, metres: betas (..., B) -> (...). Differentiable."""
        self._check_betas(betas)
        heights = self.model.v_template[:, 2] + torch.einsum("...b,vb->...v", betas, self.model.shapedirs[:, 2])
        top = next((self.vertex_ids[name] for name in ("withers", "neck") if name in self.vertex_ids), None)
        if top is None:
            raise BodyError(f"{self.path}: expected a named vertex withers or neck to measure the height at.")
        return heights[..., top] - heights.amin(-1)

    def forward(self, rotations: torch.Tensor, betas: torch.Tensor, translation: torch.Tensor) -> BodyPose:
        """Pose the whole body.

        rotations (N, 35, 3, 3) local, root first, acting on columns; betas (B,) or (N, B); translation (N, 3) metres,
        added after posing about the rest root joint. An identity root rotation stands on Z-up ground facing +X.
        """
        rotations, betas, translation = self._check(rotations, betas, translation)
        model, joints, keypoints, vertices = self.model, [], [], []
        for start in range(0, len(rotations), _FRAMES_AT_ONCE):
            part = slice(start, start + _FRAMES_AT_ONCE)
            skin, placed = lbs(
                betas[part], rotations[part], model.v_template, model.shapedirs, model.posedirs, model.J_regressor,
                model.parents, model.lbs_weights, pose2rot=False,
            )  # fmt: skip
            skin, placed = skin + translation[part, None], placed + translation[part, None]
            joints.append(placed)
            keypoints.append(torch.cat([placed, skin[:, self._read_vertices]], 1)[:, self.keypoint_rows])
            vertices.append(skin)
        return BodyPose(torch.cat(joints), torch.cat(keypoints), torch.cat(vertices))

    def keypoints(
        self, rotations: torch.Tensor, betas: torch.Tensor, translation: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Joints (N, 35, 3) and AP-10K's 17 points (N, 17, 3) without the mesh; arguments and frame as `forward`.

        Differentiable in all arguments, and quick for tens of thousands of frames.
        """
        rotations, betas, translation = self._check(rotations, betas, translation)
        rest = self.rest_joints(betas)
        turned, placed = forward_kinematics(rotations, rest)
        points = self._points(rotations, betas, rest, turned, placed)
        joints, points = placed + translation[:, None], points + translation[:, None]
        return joints, torch.cat([joints, points], 1)[:, self.keypoint_rows]

    def write_npz(self, path: str | Path) -> None:
        """Write this body as a clean body file, readable without pickle: what the add-on and the next run can read."""
        write_body_file(path, self.fields)

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


def load_quadruped(path: str | Path | None = None, family: str | None = None) -> QuadrupedBody:
    """Load a quadruped's body: None the bundled open cat, a file (.npz or SMAL's .pkl) or a folder with SMAL's.

    family: with SMAL's own files, whose mean shape to start from (see `smal_file.read_quadruped`). Raises BodyError,
    one line, for anything that cannot be used; no pickle is executed.
    """
    if path is None:
        return QuadrupedBody(dict(_bundled_fields()), BUNDLED_QUADRUPED)
    return QuadrupedBody(*read_quadruped(Path(path), family))


@lru_cache(maxsize=1)
def _bundled_fields() -> dict[str, np.ndarray]:
    return read_body_file(BUNDLED_QUADRUPED, SMAL)
