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
    motion_paths: Sequence[Path], body_path: str | None, output: Path, warnings: Sequence[str] = (),
    footage: str | None = None,
) -> int:  # fmt: skip
    """Make the .blend of one motion, or of several people's, and tell its facts; 0. body_path: instead of the motions'
    own body. footage: a video, or a picture of a sequence, for behind the camera. Raises CoreError."""
    motions = [read_motion(path) for path in motion_paths]
    bodies = [read_body(body_path or motion.body_file, motion.family) for motion in motions]
    need_bpy()
    from ..scene.blend_file import make_blend

    (motion, body), *others = zip(motions, bodies, strict=True)
    character = make_blend(motion, body, output.resolve(), os.path.abspath(footage) if footage else None, others)
    said = [text for each in motions for text in each.warnings]
    for warning in dict.fromkeys([*warnings, *said, *character.warnings]):
        print(f"lift3d: note: {warning}", file=sys.stderr)
    people = f"{len(motions)} people, " if others else ""
    print(f"{output}: {people}{max(map(len, motions))} frames at {motion.fps:.6g} a second")
    return 0
