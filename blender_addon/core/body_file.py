# SPDX-License-Identifier: GPL-3.0-or-later
"""The body file: a skinned body with named joints and shape directions, in SMPL's fields, readable without pickle."""

import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .. import places
from . import CoreError
from .arrays import numbers, read_arrays, words
from .body_family import SMPL, BodyFamily, family_of_bones

_WHAT = "a body file (.npz with v_template, f, weights, J_regressor, shapedirs, kintree_table, joint_names)"
_NAMES = ("v_template", "f", "weights", "J_regressor", "shapedirs", "kintree_table", "joint_names")


class BodyFileError(CoreError):
    """A body file that cannot be used."""


@dataclass(frozen=True)
class Body:
    """A body at rest in its family's own frame, in metres. Shared by all who read the file: not to be changed.

    joint_names: J. parents: (J,), -1 for the root, each before its children. vertices: (V, 3). faces: (F, 3).
    weights: (V, J). regressor: (J, V). shape_directions: (V, 3, B).
    """

    joint_names: list[str]
    parents: np.ndarray
    vertices: np.ndarray
    faces: np.ndarray
    weights: np.ndarray
    regressor: np.ndarray
    shape_directions: np.ndarray

    @functools.cached_property
    def family(self) -> BodyFamily:
        return family_of_bones(self.joint_names)

    def to_blender(self, points: np.ndarray) -> np.ndarray:
        """Points (..., 3) of the body at rest as they are in an armature at rest: Z up, facing -Y."""
        return points @ self.family.rest_to_blender.T

    def shaped(self, betas: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Vertices (V, 3) and rest joints (J, 3) of the body with these shape values, at most B of them."""
        vertices = self.vertices + self.shape_directions[..., : len(betas)] @ betas
        return vertices, self.regressor @ vertices

    @functools.cached_property
    def weight_groups(self) -> list[list[tuple[list[int], float]]]:
        """For each joint the vertices that follow it, those of the same weight together, with that weight."""
        groups = []
        for weights in self.weights.T.astype(np.float32):
            held = np.flatnonzero(weights)
            held = held[np.argsort(weights[held], kind="stable")]
            ends = [*(np.flatnonzero(np.diff(weights[held])) + 1).tolist(), len(held)] if len(held) else []
            vertices, values, begin = held.tolist(), weights[held].tolist(), 0
            groups.append([])
            for end in ends:
                groups[-1].append((vertices[begin:end], values[begin]))
                begin = end
        return groups


def read_body(path: Path | str | None = None, family: BodyFamily = SMPL) -> Body:
    """The body in a file, or the family's bundled one; read again only when the file has changed. Raises
    BodyFileError."""
    path = Path(path) if path else places.find(family.body)
    try:
        facts = path.stat()
    except OSError:
        return _read(path, 0, 0)  # which says what is wrong
    return _read(path, facts.st_mtime_ns, facts.st_size)


@functools.lru_cache(maxsize=4)
def _read(path: Path, modified: int, size: int) -> Body:
    """The body in a file of this age and size, which only tell one version of it from another."""
    held = read_arrays(path, _NAMES, BodyFileError, _WHAT)
    missing = [name for name in _NAMES if name not in held]
    if missing:
        raise BodyFileError(f"{path} has no {', '.join(missing)}; expected {_WHAT}")
    names = words(held.pop("joint_names"))
    values = {name: numbers(array, name, path, BodyFileError) for name, array in held.items()}
    joints, vertices = len(names), len(values["v_template"]) if values["v_template"].ndim else 0
    expected = {
        "v_template": (vertices, 3),
        "f": (None, 3),
        "weights": (vertices, joints),
        "J_regressor": (joints, vertices),
        "shapedirs": (vertices, 3, None),
        "kintree_table": (2, joints),
    }
    for name, shape in expected.items():
        found = values[name].shape
        if len(found) != len(shape) or any(want not in (None, have) for want, have in zip(shape, found, strict=True)):
            raise BodyFileError(f"{path}: {name} has shape {found}, which does not fit {joints} joints' names")
    faces, parents = values["f"].astype(np.int64), values["kintree_table"][0].astype(np.int64)
    parents[0] = -1  # SMPL's own files say 2**32 - 1
    if len(set(names)) != joints or (parents[1:] < 0).any() or (parents[1:] >= np.arange(1, joints)).any():
        raise BodyFileError(f"{path}: expected joints with names of their own, each after its parent")
    if faces.size and (faces.min() < 0 or faces.max() >= vertices):
        raise BodyFileError(f"{path}: f names vertices that are not there")
    return Body(
        names, parents, values["v_template"], faces, values["weights"], values["J_regressor"], values["shapedirs"]
    )
