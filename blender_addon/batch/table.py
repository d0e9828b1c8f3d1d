# SPDX-License-Identifier: GPL-3.0-or-later
"""Results as lines of text: one while a batch goes, and a table at its end."""

import os
from collections import Counter
from collections.abc import Sequence

from .results import CANCELLED, DONE, FAILED, SKIPPED, Record

_HEADS = ("clip", "result", "frames", "fps", "seconds", "px", "outputs")
_RIGHT = {2, 3, 4, 5}  # columns of numbers
_ORDER = (DONE, FAILED, SKIPPED, CANCELLED)


def line(record: Record, place: int, count: int) -> str:
    """One result, as it is told when it comes: the place-th of count."""
    number = f"[{place:>{len(str(count))}}/{count}]"
    text = f"{number} {record.name}: {record.result}"
    if record.result == DONE:
        text += f", {record.frames} frames at {record.fps:.6g} a second, {record.seconds:.1f} s"
        if record.reprojection_px is not None:
            text += f", {record.reprojection_px:.1f} px"
    elif record.result == SKIPPED:
        text += ", finished earlier"
    elif record.sentence:
        text += f", {record.sentence}"
    return text


def table(records: Sequence[Record]) -> list[str]:
    """All results, one a row, under their heads."""
    shown = _short_paths([record.clip for record in records])
    rows = [_HEADS, *(_cells(record, name) for record, name in zip(records, shown, strict=True))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS) - 1)]
    lines = []
    for row in rows:
        cells = [
            f"{cell:>{width}}" if column in _RIGHT else f"{cell:<{width}}"
            for column, (cell, width) in enumerate(zip(row, widths, strict=False))
        ]
        lines.append("  ".join([*cells, row[-1]]).rstrip())
    return lines


def summary(records: Sequence[Record]) -> str:
    """How many ended how: '18 done, 2 failed'."""
    counts = Counter(record.result for record in records)
    return ", ".join(f"{counts[result]} {result}" for result in _ORDER if counts[result]) or "nothing done"


def _cells(record: Record, name: str) -> tuple[str, ...]:
    ran = record.result in (DONE, SKIPPED)
    return (
        name,
        record.result,
        f"{record.frames}" if ran and record.frames is not None else "",
        f"{record.fps:.6g}" if ran and record.fps is not None else "",
        f"{record.seconds:.1f}" if record.result in (DONE, FAILED) else "",
        f"{record.reprojection_px:.1f}" if ran and record.reprojection_px is not None else "",
        ", ".join(record.outputs) if ran else record.sentence,
    )


def _short_paths(paths: Sequence[str]) -> list[str]:
    """Paths without the folder that all have in common."""
    folders = [os.path.dirname(path) for path in paths]
    try:
        common = os.path.commonpath(folders) if folders else ""
    except ValueError:  # on several drives
        return list(paths)
    return [os.path.relpath(path, common) if common else path for path in paths]
