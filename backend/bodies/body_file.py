# SPDX-License-Identifier: GPL-3.0-or-later
"""The fields of a body, SMPL's or SMAL's: read from the clean .npz or the model's own files, checked, and written."""

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.sparse

from ..whole_file import write_arrays
from . import BodyError, skeleton, smal_skeleton
from .joint_tree import JointTree
from .safe_pickle import load_pickle

_BODIES = Path(__file__).resolve().parents[2] / "assets" / "bodies"
BUNDLED_BODY = _BODIES / "human.npz"
BUNDLED_QUADRUPED = _BODIES / "cat.npz"
MODEL_FIELDS = ("v_template", "f", "weights", "J_regressor", "shapedirs", "posedirs", "kintree_table")
GENDERS = {"neutral": ("neutral",), "male": ("male", "m"), "female": ("female", "f")}


@dataclass(frozen=True)
class Family:
    """A family of models whose files have the same fields: its name and its joint tree."""

    name: str
    tree: JointTree


SMPL = Family("SMPL", skeleton.TREE)
SMAL = Family("SMAL", smal_skeleton.TREE)


def find_body_file(folder: Path, gender: str | None = None) -> Path:
    """The model file of a folder in SMPL's own naming: SMPL_NEUTRAL.pkl, basicmodel_m_lbs_10_207_0_v1.1.0.pkl, ...

    gender: 'neutral', 'male' or 'female'; None takes the first there is, in this order. A subfolder `smpl` is looked
    into as smplx does. Raises BodyError when there is none.
    """
    files = [path for place in (folder, folder / "smpl") if place.is_dir() for path in sorted(place.iterdir())]
    files = [path for path in files if path.suffix.lower() in (".npz", ".pkl") and path.is_file()]
    for wanted in GENDERS if gender is None else (gender,):
        for path in files:
            stem = path.stem.lower()
            if stem == f"smpl_{wanted}" or stem.startswith(tuple(f"basicmodel_{word}_" for word in GENDERS[wanted])):
                return path
    expected = ", ".join(f"SMPL_{name.upper()}.pkl" for name in (GENDERS if gender is None else (gender,)))
    raise BodyError(f"{folder}: expected {expected} (or .npz, or basicmodel_*.pkl) in this folder; none is there.")


def read_body_file(path: Path, family: Family = SMPL) -> dict[str, np.ndarray]:
    """The fields of one body file of a family as plain arrays (float32, int64, str), checked against each other.

    .npz is read without pickle, anything else by the restricted reader. Raises BodyError in one line.
    """
    if not path.is_file():
        raise BodyError(f"{path}: expected a body file (.npz or {family.name}'s .pkl); there is no such file.")
    fields = _read_npz(path) if path.suffix.lower() == ".npz" else load_pickle(path)
    missing = [name for name in MODEL_FIELDS if name not in fields]
    if missing:
        raise BodyError(f"{path}: expected the fields of a {family.name} body; {', '.join(missing)} missing.")
    try:
        checked = _plain(fields, family)
    except (TypeError, ValueError) as error:
        raise BodyError(f"{path}: its fields are no arrays of numbers ({error}).") from error
    problem = _problem(checked, family)
    if problem:
        raise BodyError(f"{path}: not a {family.name} body: {problem}.")
    return checked


def write_body_file(path: str | Path, fields: dict[str, np.ndarray]) -> None:
    """Write the clean .npz that is read without pickle; posedirs in half precision (under 0.1 mm for a whole turn)."""
    path = Path(path)
    half = {**fields, "posedirs": fields["posedirs"].astype(np.float16)}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_arrays(path, half)
    except OSError as error:
        raise BodyError(f"{path}: cannot be written ({error.strerror or error}).") from error


def _read_npz(path: Path) -> dict[str, np.ndarray]:
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError, EOFError, KeyError, AttributeError, zipfile.BadZipFile) as error:
        reason = " ".join(str(error).split())[:160] or type(error).__name__
        raise BodyError(f"{path}: expected a body file in numpy's .npz format, without pickles ({reason}).") from error


def _plain(fields: dict, family: Family) -> dict[str, np.ndarray]:
    out = {}
    for name in MODEL_FIELDS:
        value = fields[name]
        value = value.toarray() if scipy.sparse.issparse(value) else np.asarray(value)
        out[name] = value.astype(np.int64 if name in ("f", "kintree_table") else np.float32)
    # SMPL and SMAL write the root's parent as the largest unsigned number
    if out["kintree_table"].ndim == 2:
        out["kintree_table"][0, 0] = -1
    out["joint_names"] = np.array(family.tree.names)
    betas = out["shapedirs"].shape[-1] if out["shapedirs"].ndim == 3 else 0
    out["shape_names"] = np.asarray(fields.get("shape_names", [f"shape_{i}" for i in range(betas)])).astype(str)
    if "vertex_names" in fields and "vertex_ids" in fields:
        out["vertex_names"] = np.asarray(fields["vertex_names"]).astype(str)
        out["vertex_ids"] = np.asarray(fields["vertex_ids"]).astype(np.int64)
    return out


def _problem(fields: dict[str, np.ndarray], family: Family) -> str | None:
    """What is wrong with the fields, or None."""
    joints = len(family.tree)
    vertices = fields["v_template"].shape[0] if fields["v_template"].ndim == 2 else 0
    expected = {
        "v_template": (vertices, 3),
        "f": (None, 3),
        "weights": (vertices, joints),
        "J_regressor": (joints, vertices),
        "shapedirs": (vertices, 3, None),
        "posedirs": (vertices, 3, 9 * (joints - 1)),
        "kintree_table": (2, joints),
    }
    for name, shape in expected.items():
        came = fields[name].shape
        if len(came) != len(shape) or any(want not in (None, have) for want, have in zip(shape, came, strict=True)):
            return f"{name} has the shape {came}, expected {tuple('any' if n is None else n for n in shape)}"
        if fields[name].dtype.kind == "f" and not np.isfinite(fields[name]).all():
            return f"{name} holds numbers that are not finite"
    if tuple(fields["kintree_table"][0]) != family.tree.parents:
        return f"its joints are not {family.name}'s {joints} in {family.name}'s order"
    if vertices == 0 or not fields["f"].size or fields["f"].min() < 0 or fields["f"].max() >= vertices:
        return "its faces name vertices that it does not have"
    if np.abs(fields["weights"].sum(1) - 1).max() > 1e-3:
        return "its skinning weights do not add up to 1"
    if "vertex_ids" in fields:
        ids = fields["vertex_ids"]
        if ids.shape != fields["vertex_names"].shape or ids.size and not 0 <= ids.min() <= ids.max() < vertices:
            return "its named vertices are not vertices of its mesh"
    return None
