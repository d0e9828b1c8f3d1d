# SPDX-License-Identifier: GPL-3.0-or-later
"""Results as they lie beside their page in the repository: all that the page shows, in a small part of the bytes.

A method's figures are columns, a number for each window; features are left out and FIDs stay; of the sketches stay
those that are drawn. `results.read` unfolds them, so that another method can be measured into them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np

from . import groups
from .machine import without_folders
from .shown import DIGITS, most_travelled, worst

#: The part that only kept results have, in place of `clips`.
COLUMNS = "columns"
#: Of a window: the same for every method.
_OF_WINDOW = ("frames", "travels", "root_travel_m")
_CENTIMETRES = 2  # digits of the metres of figures, which are drawn small


def keep(data: dict) -> dict:
    """The small form of results; methods that lack windows are left out."""
    finished = {row["method"]: [] for row in data["rows"]}
    for clip in data["clips"]:
        if clip["method"] in finished:
            finished[clip["method"]].append(clip)
    entries = {key: data["entries"][key] for key in finished}
    drawn = {} if any("steps" in facts for facts in entries.values()) else finished  # costs have no drawings
    far = most_travelled(next(iter(drawn.values()), []))
    bad = {key: worst(clips) if entries[key]["method"] == groups.FULL else [] for key, clips in drawn.items()}
    all_bad = {name for names in bad.values() for name in names}
    travel = {clip["window"]: _rounded(clip["root_travel_m"]) for clip in data["clips"]}
    sketches = {
        key: {name: _sketch(data["sketches"][key][name], name in far, name in names) for name in {*far, *names}}
        for key, names in bad.items()
    }
    return {
        **{part: data[part] for part in ("report_version", "settings", "extractor") if part in data},
        "sessions": [{**session, "command": without_folders(session["command"])} for session in data["sessions"]],
        "entries": entries,
        "fids": {row["method"]: round(row["fid"], DIGITS) for row in data["rows"] if "fid" in row},
        "windows": [_window(window, far, all_bad, travel) for window in data["windows"]],
        COLUMNS: {key: _columns(clips) for key, clips in finished.items()},
        "sketches": {key: dict(sorted(of.items())) for key, of in sketches.items()},
    }


def unfold(kept: dict) -> dict:
    """Results in their usual form but for the rows, which `results.summarise` makes; ``fids`` stays beside them.

    Raises LookupError, TypeError, ValueError or AttributeError for what `keep` has not made.
    """
    clips = []
    for key, columns in kept[COLUMNS].items():
        for number, window in enumerate(kept["windows"]):
            same = {"method": key, "window": window["name"], **{name: window[name] for name in _OF_WINDOW}}
            clips.append({**same, **{figure: values[number] for figure, values in columns.items()}})
    rest = {part: value for part, value in kept.items() if part != COLUMNS}
    return {**rest, "rows": [], "clips": clips}


def text_of(kept: dict) -> str:
    """Kept results as JSON, a line for each window, method and session, so that one sees what a change changes."""
    parts = []
    for name, part in kept.items():
        if isinstance(part, dict) and part:
            lines = [f"{json.dumps(key)}:{_compact(value)}" for key, value in part.items()]
            parts.append(f'"{name}":{{\n' + ",\n".join(lines) + "\n}")
        elif isinstance(part, list) and part:
            parts.append(f'"{name}":[\n' + ",\n".join(map(_compact, part)) + "\n]")
        else:
            parts.append(f'"{name}":{_compact(part)}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _compact(value: object) -> str:
    return json.dumps(value, allow_nan=False, separators=(",", ":"))


def _columns(clips: Sequence[dict]) -> dict[str, list]:
    """{figure: its value in every window}."""
    left_out = {"method", "window", "features", *_OF_WINDOW}
    return {
        figure: [_rounded(clip[figure]) for clip in clips]
        for figure in clips[0]
        if figure not in left_out and all(figure in clip for clip in clips)
    }


def _rounded(value: float | None) -> float | None:
    return round(value, DIGITS) if isinstance(value, float) else value


def _window(window: dict, far: Sequence[str], bad: set[str], travel: dict[str, float]) -> dict:
    name = window["name"]
    about = {part: value for part, value in window.items() if part not in ("root", "figures")}
    points = {} if "points" in window else {"points": len(window["figures"][0])}
    return {**about, **points, "root_travel_m": travel.get(name), **_sketch(window, name in far, name in bad)}


def _sketch(sketch: dict, path: bool, figures: bool) -> dict:
    """Of a sketch what is drawn: its path (N, 2) from above, its figures, both or nothing."""
    small = {}
    if path:
        small["root"] = _digits(np.array(sketch["root"])[:, :2], DIGITS)
    if figures:
        small["figures"] = _digits(sketch["figures"], _CENTIMETRES)
    return small


def _digits(values: np.ndarray | list, digits: int) -> list:
    return (np.round(values, digits) + 0.0).tolist()  # no -0.0
