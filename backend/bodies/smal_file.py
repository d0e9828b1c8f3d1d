# SPDX-License-Identifier: GPL-3.0-or-later
"""SMAL's own files: the model, the means of its families, and the named points of its mesh."""

from pathlib import Path

import numpy as np

from . import BodyError
from .body_file import SMAL, read_body_file
from .safe_pickle import load_pickle
from .smal_skeleton import joint

SMAL_VERTEX_COUNT = 3889
MODEL_FILE, DATA_FILE = "my_smpl_00781_4_all.pkl", "my_smpl_data_00781_4_all.pkl"
#: The rows of `cluster_means` in the data file.
FAMILIES = ("cat", "dog", "horse", "cow", "hippo")

#: Vertices of SMAL's mesh, in pairs of the two sides; which of them is the left one is read off the template.
_MIDDLE = {"nose": 1863, "chin": 26}
_PAIRS = {"eye": (3055, 1097), "ear_tip": (150, 2124)}
_PAWS = {"front_sole": ("LFoot", "RFoot"), "back_sole": ("LFootBack", "RFootBack")}


def read_quadruped(path: Path, family: str | None = None) -> tuple[dict[str, np.ndarray], Path]:
    """The fields of a quadruped's body, with its named vertices, and the file that they came from.

    path: a body file (.npz or SMAL's .pkl) or the folder with SMAL's. family: one of FAMILIES, whose mean shape
    becomes the template; it is read from SMAL's data file beside the model. None takes the cat where that file is
    there, and else leaves the template as it is. Raises BodyError in one line.
    """
    if family is not None and family not in FAMILIES:
        raise BodyError(f"Expected the family {', '.join(FAMILIES)}, got {family!r}.")
    if path.is_dir():
        path = _in_folder(path)
    fields = read_body_file(path, SMAL)
    data = path.with_name(DATA_FILE)
    if path.suffix.lower() == ".pkl" and data.is_file():
        fields["v_template"] = fields["v_template"] + fields["shapedirs"] @ _mean(data, family or "cat", fields)
    elif family is not None:
        raise BodyError(f"{path}: expected {DATA_FILE} beside SMAL's .pkl for the family {family!r}; none is there.")
    if "vertex_ids" not in fields:
        if len(fields["v_template"]) != SMAL_VERTEX_COUNT:
            raise BodyError(f"{path}: expected vertex_names and vertex_ids, or SMAL's {SMAL_VERTEX_COUNT} vertices.")
        names = _named_vertices(fields)
        fields["vertex_names"], fields["vertex_ids"] = np.array(list(names)), np.array(list(names.values()), np.int64)
    return fields, path


def _in_folder(folder: Path) -> Path:
    for name in (MODEL_FILE, "cat.npz"):
        if (folder / name).is_file():
            return folder / name
    raise BodyError(f"{folder}: expected {MODEL_FILE} (or cat.npz) in this folder; none is there.")


def _mean(data: Path, family: str, fields: dict[str, np.ndarray]) -> np.ndarray:
    """(B,) the mean betas of a family."""
    means = load_pickle(data).get("cluster_means")
    try:
        means = np.asarray(means, np.float32)
    except (TypeError, ValueError) as error:
        raise BodyError(f"{data}: expected cluster_means as numbers ({error}).") from error
    betas = fields["shapedirs"].shape[-1]
    if means.shape != (len(FAMILIES), betas) or not np.isfinite(means).all():
        raise BodyError(f"{data}: expected finite cluster_means ({len(FAMILIES)}, {betas}), got {means.shape}.")
    return means[FAMILIES.index(family)]


def _named_vertices(fields: dict[str, np.ndarray]) -> dict[str, int]:
    """The named points of SMAL's own mesh; the left ones are those at +Y, whatever the file calls them."""
    vertices, joints = fields["v_template"], fields["J_regressor"] @ fields["v_template"]
    names = dict(_MIDDLE)
    for name, ids in _PAIRS.items():
        right, left = sorted(ids, key=lambda vertex: vertices[vertex, 1])
        names["left_" + name], names["right_" + name] = left, right
    for name, paws in _PAWS.items():
        right, left = sorted((joint(paw) for paw in paws), key=lambda paw: joints[paw, 1])
        for side, paw in (("left_", left), ("right_", right)):
            own = np.flatnonzero(fields["weights"].argmax(1) == paw)
            if not own.size:
                raise BodyError(f"The body has no skin on its joint {SMAL.tree.names[paw]}: expected SMAL's weights.")
            names[side + name] = int(own[vertices[own, 2].argmin()])
    shoulders = joints[[joint("LLeg1"), joint("RLeg1")], 0].mean()
    trunk = np.ptp(joints[[joint("Neck"), joint("Tail1")], 0])
    above = np.flatnonzero(np.abs(vertices[:, 0] - shoulders) < 0.1 * trunk)
    if above.size:
        names["withers"] = int(above[vertices[above, 2].argmax()])
    return names
