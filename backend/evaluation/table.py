# SPDX-License-Identifier: GPL-3.0-or-later
"""An evaluation as a text table and as a JSON file."""

from __future__ import annotations

import json
from pathlib import Path

from ..whole_file import write_whole
from . import EvaluationError

_COLUMNS = (
    ("mpjpe_mm", "MPJPE", 1),
    ("pa_mpjpe_mm", "PA seq", 1),
    ("pa_mpjpe_frame_mm", "PA frame", 1),
    ("t_root_mm", "T_root", 1),
    ("t_root_axis_mm", "per axis", 1),
    ("t_root_travel_mm", "travel", 1),
    ("t_root_still_mm", "still", 1),
    ("j2d_px", "J2D", 1),
    ("j2d_c_px", "J2D^C", 1),
    ("fid", "FID", 1),
    ("mpjpe_view_mm", "MPJPE'", 1),
    ("t_root_view_travel_mm", "travel'", 1),
    ("t_root_view_still_mm", "still'", 1),
    ("t_root_object_mm", "T_root^O", 1),
    ("o_mpjpe_mm", "O-MPJPE", 1),
    ("mpjpe_paper_mm", 'MPJPE"', 1),
    ("t_root_paper_mm", 'T_root"', 1),
    ("t_root_object_paper_mm", 'T_root^O"', 1),
    ("o_mpjpe_paper_mm", 'O-MPJPE"', 1),
    ("seconds_per_clip_second", "s/s", 2),
)


def format_table(report: dict) -> str:
    """The rows of benchmark.run under a heading that says under what conditions; mm, px of a 1920-pixel image, s/s."""
    settings, rows = report["settings"], report["rows"]
    heading = _heading(settings, rows[0]) if settings.get("truth", True) else _heading_2d(rows[0])
    columns = [column for column in _COLUMNS if any(column[0] in row for row in rows)]
    lines = [["method", *(title for _, title, _ in columns)]]
    for row in rows:
        lines.append([row["method"], *(_number(row.get(key), digits) for key, _, digits in columns)])
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    body = ["  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]) for line in lines]
    return "\n".join([*heading, "", *body])


def _heading(settings: dict, row: dict) -> list[str]:
    focal = "told to every method" if settings["focal"] == "given" else "unknown to the methods"
    height = "told to every method" if settings["height"] == "given" else "unknown to the methods"
    return [
        f"{row['windows']} windows ({row['travel_windows']} travel), camera {settings['camera']}, noise "
        f"{settings['noise']}, seed {settings['seed']}",
        f"focal length {focal}; standing height {height}",
        "mm; J2D in px of a 1920 px wide image; s/s: seconds of work per second of clip",
        "travel, still: T_root of the windows that do and do not travel",
        "the truth is turned to face as the hips do in the first frame; with ', as the camera does",
        *_box_heading(settings, row),
    ]


def _box_heading(settings: dict, row: dict) -> list[str]:
    if "o_mpjpe_mm" not in row:
        return []
    size = "told to every method" if settings.get("box_size") == "given" else "unknown to the methods"
    return [
        f"the box's size {size}; T_root^O, O-MPJPE: of the middle of its keypoints, and of them about it; all others "
        "are of the person",
        'with ", the motion is turned by the person in the first frame and scaled by one factor, as in the paper',
    ]


def _heading_2d(row: dict) -> list[str]:
    return [
        f"{row['windows']} clips as they were seen, without a truth in space: J2D is against their own points",
        "J2D in px of a 1920 px wide image; s/s: seconds of work per second of clip",
    ]


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def write_report(report: dict, path: Path) -> None:
    """Write the report as JSON, under a temporary name first, so that a reader never sees half of it."""
    path = Path(path)
    text = json.dumps(report, indent=1, allow_nan=False) + "\n"
    try:
        write_whole(path, text.encode())
    except OSError as error:
        raise EvaluationError(f"expected to write {str(path)!r}: {error.strerror}") from None
