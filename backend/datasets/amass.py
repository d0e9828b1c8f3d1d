# SPDX-License-Identifier: GPL-3.0-or-later
"""AMASS (Mahmood et al. 2019): motion capture of many sources as SMPL-H or SMPL-X parameters, one .npz a sequence.

poses (N, 66 or more), of which the first 22 joints are the body's; trans (N, 3), betas (B,), gender, mocap_framerate or
mocap_frame_rate; Z up, any frame rate. shape.npz beside them is a subject without a motion.
"""

import zipfile
import zlib
from functools import partial
from pathlib import Path

import numpy as np

from ..evaluation import EvaluationError
from .smpl_motion import Sequences, SmplMotion, field

_RATES = ("mocap_framerate", "mocap_frame_rate")
_FIELDS = ("poses", "trans", "betas", "gender", "surface_model_type", *_RATES)
#: What reading arrays of any content from any file may raise.
_NOT_ARRAYS = (OSError, EOFError, ValueError, TypeError, KeyError, MemoryError, zipfile.BadZipFile, zlib.error)


def test_sequences(folder: Path) -> Sequences:
    """Every sequence below a folder, named by its path there. Raises EvaluationError."""
    paths = [path for path in sorted(folder.rglob("*.npz")) if not path.stem.endswith("shape")]
    if not paths:
        raise EvaluationError(f"expected AMASS's .npz files below {str(folder)!r}, found none")
    named = {path.relative_to(folder).with_suffix("").as_posix(): path for path in paths}
    return {name: partial(read_motion, path, name) for name, path in named.items()}


#: AMASS has no splits: what it is used for is chosen by folders, or by names.
training_sequences = test_sequences


def read_motion(path: Path, name: str) -> SmplMotion:
    """One sequence. The shape is kept where SMPL has the same: SMPL-H's betas are SMPL's, SMPL-X's are not.

    Raises EvaluationError.
    """
    try:
        with np.load(path, allow_pickle=False) as data:
            values = {key: data[key] for key in _FIELDS if key in data.files}
        rate = next((key for key in _RATES if key in values), _RATES[0])
        gender = field(values, "gender").reshape(-1)[0] if "gender" in values else "neutral"
        gender = gender.decode("ascii", "replace") if isinstance(gender, bytes) else str(gender)
        is_smplx = str(values.get("surface_model_type", "")).startswith("smplx")
        return SmplMotion(
            name,
            field(values, "poses"),
            field(values, "trans"),
            float(field(values, rate)),
            gender=gender,
            betas=None if is_smplx else values.get("betas"),
        )
    except EvaluationError as error:
        raise EvaluationError(f"{name}: {error}") from None
    except _NOT_ARRAYS as error:
        raise EvaluationError(f"{name}: expected AMASS's arrays in an .npz: {error}") from None
