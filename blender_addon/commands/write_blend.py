# SPDX-License-Identifier: GPL-3.0-or-later
"""One motion file into one .blend, and the words about it."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ..core.body_file import read_body
from ..core.motion_file import read_motion
from .arguments import need_bpy


def write_blend(
    motion_path: Path, body_path: str | None, output: Path, warnings: Sequence[str] = (), footage: str | None = None
) -> int:
    """Make the .blend and tell its facts; 0. body_path: instead of the motion's own body. footage: a video, or a
    picture of a sequence, for behind the camera. Raises CoreError."""
    motion = read_motion(motion_path)
    body = read_body(body_path or motion.body_file, motion.family)
    need_bpy()
    from ..scene.blend_file import make_blend

    character = make_blend(motion, body, output.resolve(), os.path.abspath(footage) if footage else None)
    for warning in dict.fromkeys([*warnings, *motion.warnings, *character.warnings]):
        print(f"lift3d: note: {warning}", file=sys.stderr)
    print(f"{output}: {len(motion)} frames at {motion.fps:.6g} a second")
    return 0
