# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that measured figures are kept in: benchmark.run's settings, rows and clips, and what else the page needs.

Beside those three: `windows` (one each: name, frames, seconds, travels, kind, description, fingerprint, its sketch),
`sketches` {method key: {window: sketch}}, `entries` {method key: method, model, film, data, ...} and `sessions` (date,
command and machine of every time something was measured; each clip has its session's number). Files that lie beside
their page have a smaller form, see `kept`, which `read` takes too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ...file_lock import file_lock
from ...whole_file import write_whole
from .. import EvaluationError, benchmark
from . import kept

VERSION = 2
SAME_METRES = 1e-3  # between fingerprints of one window on two machines
COST = "cost"  # the file of `report cost`; every other one is a condition's

_PARTS = {
    "settings": dict, "rows": list, "clips": list, "windows": list, "sketches": dict, "entries": dict, "sessions": list,
}  # fmt: skip


def name_of(settings: dict) -> str:
    """What a condition is called, and its file: paper_none, wild_detector."""
    return f"{settings['camera']}_{settings['noise']}"


def empty(settings: dict, windows: list[dict]) -> dict:
    """Results of which nothing is measured yet."""
    return {
        "report_version": VERSION, "settings": settings, "rows": [], "windows": windows, "entries": {}, "sessions": [],
        "clips": [], "sketches": {},
    }  # fmt: skip


def read(path: Path) -> dict:
    """Results as `write` or `write_kept` left them. Raises EvaluationError for what is no such file, or of another
    version."""
    path = Path(path)
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise EvaluationError(f"expected a report's results at {str(path)!r}: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise EvaluationError(f"expected a report's results in {path.name}, got something that is no JSON") from None
    if not isinstance(data, dict) or "report_version" not in data:
        raise EvaluationError(f"expected results of the command report in {path.name}, got other JSON")
    if data["report_version"] != VERSION:
        raise EvaluationError(
            f"expected results of version {VERSION} in {path.name}, got {data['report_version']!r}: measure them again"
        )
    if kept.COLUMNS in data:
        data = _unfold(data, path)
    if not all(isinstance(data.get(part), kind) for part, kind in _PARTS.items()):
        raise EvaluationError(f"expected {', '.join(_PARTS)} in {path.name}, some are missing: measure it again")
    return data


def _unfold(small: dict, path: Path) -> dict:
    try:
        return _usual(small)
    except (LookupError, TypeError, ValueError, AttributeError):
        raise EvaluationError(
            f"expected kept results of report write in {path.name}, got others: measure them again"
        ) from None


def _usual(small: dict) -> dict:
    """Kept results in their usual form, rows and all."""
    data = kept.unfold(small)
    summarise(data, data.pop("fids"))
    return data


def write(data: dict, path: Path) -> None:
    """Write results under a temporary name first, so that Ctrl-C never leaves half of them. Raises EvaluationError."""
    _write_text(json.dumps(data, allow_nan=False, separators=(",", ":")) + "\n", Path(path))


def write_kept(data: dict, path: Path) -> None:
    """Write results in their small form, likewise. Raises EvaluationError."""
    _write_text(kept.text_of(kept.keep(data)), Path(path))


def as_kept(data: dict) -> dict:
    """Results as they are read again after `write_kept`: a page shows the same figures whichever it is written from."""
    return _usual(kept.keep(data))


def _write_text(text: str, path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text.encode())
    except OSError as error:
        raise EvaluationError(f"expected to write {str(path)!r}: {error.strerror}") from None


@contextmanager
def changing(path: Path, new: dict) -> Iterator[dict]:
    """The results in ``path``, or ``new`` ones where there are none, to be changed and written back; other processes
    that measure into the same file wait meanwhile. Raises EvaluationError."""
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with file_lock(path.with_suffix(".lock"), wait=True):
            data = read(path) if path.exists() else new
            yield data
            write(data, path)
    except OSError as error:
        raise EvaluationError(f"expected to write {str(path)!r}: {error.strerror}") from None


def clips_of(data: dict, key: str) -> list[dict]:
    """The clips of one method, in the windows' order."""
    return [clip for clip in data["clips"] if clip["method"] == key]


def summarise(data: dict, fids: dict[str, float] | None = None) -> None:
    """Make the rows anew from the clips: a method has one when all windows are measured. fids: by method's key; those
    known already stay."""
    known = {row["method"]: row["fid"] for row in data["rows"] if "fid" in row} | (fids or {})
    keys, order = list(data["entries"]), {window["name"]: number for number, window in enumerate(data["windows"])}
    data["clips"].sort(key=lambda clip: (keys.index(clip["method"]), order[clip["window"]]))
    data["rows"] = []
    for key in keys:
        clips = clips_of(data, key)
        if len(clips) == len(order):
            fid = {"fid": known[key]} if key in known else {}
            data["rows"].append({**benchmark.summarise(key, clips), **fid})


def load_folder(folder: Path) -> tuple[list[dict], dict | None]:
    """The conditions' results, the paper's own camera without noise first, and those of `report cost` if there.

    Raises EvaluationError where there are none, or where they are not of the same windows.
    """
    folder = Path(folder)
    found = {path.stem: read(path) for path in sorted(folder.glob("*.json"))}
    cost = found.pop(COST, None)
    conditions = [data for _, data in sorted(found.items(), key=lambda item: (item[0] != "paper_none", item[0]))]
    conditions = [data for data in conditions if data["rows"]]
    if not conditions:
        raise EvaluationError(
            f"expected finished results (.json) in {str(folder)!r}, found none: run python -m backend report run first"
        )
    for data in conditions[1:]:
        check_same_windows(conditions[0]["windows"], data["windows"], "the results in one folder")
    return conditions, cost if cost and cost["rows"] else None


def check_same_windows(expected: Iterable[dict], got: Iterable[dict], where: str) -> None:
    """Raise EvaluationError unless both are the same windows of the same clips."""
    one, other = list(expected), list(got)
    if len(one) != len(other) or not all(map(_same_window, one, other)):
        raise EvaluationError(
            f"expected the same windows in {where}, got {len(one)} and {len(other)} of them that differ: "
            "give the same --mocap and --limit, or another folder as --results"
        )


def _same_window(one: dict, other: dict) -> bool:
    near = (abs(a - b) < SAME_METRES for a, b in zip(one["fingerprint"], other["fingerprint"], strict=True))
    return (one["name"], one["frames"]) == (other["name"], other["frames"]) and all(near)
