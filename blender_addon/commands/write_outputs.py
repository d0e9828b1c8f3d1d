# SPDX-License-Identifier: GPL-3.0-or-later
"""One motion file into the formats of a batch, in the folder of its draft."""

import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..core.body_file import read_body
from ..core.motion_file import read_motion

FORMATS = ("blend", "fbx", "bvh", "glb", "usd", "npz")
MOTION = "npz"  # the only one that needs no Blender


@dataclass(frozen=True)
class Made:
    """Of what outputs were made. seconds: that it took. warnings: sentences for the user."""

    frames: int
    fps: float
    warnings: list[str]
    seconds: float


def write_outputs(
    motion_path: Path, body_path: str | None, folder: Path, name: str, formats: Sequence[str], kept: Path | None
) -> Made:
    """Write name.FORMAT into the folder for each format. body_path: instead of the motion's own. kept: where the motion
    file will be, so that the character can be built again from it.

    What is open in this Blender is closed for it. Raises CoreError, and what Blender's exporters raise.
    """
    began = time.monotonic()
    motion = read_motion(motion_path)
    warnings = list(motion.warnings)
    if any(ending != MOTION for ending in formats):
        body = read_body(body_path or motion.body_file, motion.family)
        from ..scene.blend_file import make_blend

        character = make_blend(replace(motion, path=kept), body, folder / f"{name}.blend")
        warnings += character.warnings
        for ending in formats:
            if ending not in (MOTION, "blend"):
                from ..scene.export import export

                export(folder / f"{name}.{ending}", ending, character)
    if MOTION in formats and motion_path != folder / f"{name}.npz":
        shutil.copyfile(motion_path, folder / f"{name}.npz")
    return Made(len(motion), motion.fps, warnings, time.monotonic() - began)
