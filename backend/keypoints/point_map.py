# SPDX-License-Identifier: GPL-3.0-or-later
"""From the points of a file to those of a layout: by the names in the file, or by a map that the user writes.

A map is JSON, {"layout": "ap10k", "points": {"left_front_paw": "LF_paw", ...}}: our name -> the file's, or the number
of the point in the file, from 0. Without "points" the file has the layout's own points in the layout's order.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .animal_layouts import STAND_INS
from .detections import DetectionList, Detections
from .endings import FOLDERS_MAP, MAP_ENDING
from .errors import KeypointError
from .layouts import LAYOUTS, Layout, get_layout
from .point_names import ONE_SIDED, animal_points, names_an_animal

FEWEST = 7  # of ap10k's points, some of a front leg and some of a hind leg among them
_LARGEST_MAP = 10**6  # bytes


@dataclass(frozen=True)
class PointMap:
    """layout: a name in LAYOUTS; points: our name -> the file's name or number; None: the layout's own order."""

    layout: str
    points: dict[str, str | int] | None
    source: str


def find_map(clip: Path) -> PointMap | None:
    """The map beside a clip, None if there is none. KeypointError for one that cannot be used."""
    for path in (clip.with_suffix(MAP_ENDING), clip.parent / FOLDERS_MAP):
        try:
            if path != clip and path.is_file():
                return read_map(path)
        except (OSError, ValueError):
            return None  # a name that is no path: the reader of the clip says so
    return None


def read_map(path: Path) -> PointMap:
    """The map of a file; KeypointError, one line, if it is none."""
    path = Path(path)
    try:
        if path.stat().st_size > _LARGEST_MAP:
            raise KeypointError(f"{path.name} is too large for a map of keypoints.")
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise KeypointError(f"Cannot read the map {path}: {error.strerror or error}.") from None
    except (ValueError, RecursionError):
        raise KeypointError(f"{path.name} is not valid JSON: expected {_EXAMPLE}.") from None
    if not isinstance(document, dict) or not isinstance(document.get("points", {}), dict):
        raise KeypointError(f"{path.name} is no map of keypoints: expected {_EXAMPLE}.")
    layout, points = get_layout(document.get("layout")), document.get("points")
    for ours, theirs in (points or {}).items():
        if ours not in layout.names:
            raise KeypointError(
                f"{path.name} maps {ours[:40]!r}, which {layout.name} has not: it has {', '.join(layout.names)}."[:500]
            )
        if isinstance(theirs, bool) or not isinstance(theirs, str | int):
            raise KeypointError(f"{path.name} maps {ours} to {str(theirs)[:40]!r}: expected a name or a number.")
    if points is not None and not points:
        raise KeypointError(f"{path.name} maps no point: expected {_EXAMPLE}.")
    return PointMap(layout.name, points, path.name)


_EXAMPLE = '{"layout": "ap10k", "points": {"nose": "NAME IN THE FILE", ...}}'


def finish_mapped(
    detections: DetectionList, names: Sequence[str] | None, mapping: PointMap | None, **known
) -> Detections:
    """The poses as a layout that their names, or the user's map, tell; known: as DetectionList.finish takes it.

    names: of the file's points in order, None if it does not say. KeypointError naming what could not be mapped.
    """
    if mapping is None:
        if not names:
            raise KeypointError(f"The points of this file have no names ({detections.format}): {_how_to()}")
        layout, columns = _by_names(list(names))
    else:
        layout, columns = _by_map(mapping, names, detections.points_each)
    if len(detections) and columns.keys() & set(ONE_SIDED):
        columns = _to_the_side_seen(columns, detections.stacked())
    return detections.finish(layout.name, columns=[columns.get(name) for name in layout.names], **known)


def _by_names(names: list[str]) -> tuple[Layout, dict[str, int]]:
    """The layout that keeps most of the points, and where its points are in the file; those of ONE_SIDED besides."""
    human = get_layout("coco17")
    spelled = {str(name).strip().lower().replace(" ", "_"): index for index, name in enumerate(names)}
    if set(human.names) <= spelled.keys() and not names_an_animal(names):
        return human, {name: spelled[name] for name in human.names}
    columns = {point: index for index, point in animal_points(names).items()}
    _check_enough(names, columns)
    animals = [each for each in LAYOUTS.values() if each.figure.subject == "cat"]
    return max(animals, key=lambda each: (_kept(each, columns), _given(each.name, columns), -len(each))), columns


def _kept(layout: Layout, columns: dict[str, int]) -> int:
    """How many of ap10k's points are still there when a file has been read as this layout."""
    given = {name: 0 for name in layout.names if _there(name, columns, {})}
    return sum(name in given or STAND_INS.get(name) in given for name in get_layout("ap10k").names)


def _given(layout: str, columns: dict[str, int], stand_ins: dict[str, str] | None = None) -> int:
    """How many of a layout's points there are; a point without a side is that of one side."""
    return sum(_there(name, columns, stand_ins or {}) for name in get_layout(layout).names)


def _there(name: str, columns: dict[str, int], stand_ins: dict[str, str]) -> bool:
    one_sided = name.startswith("left_") and name[5:] in ONE_SIDED and name[5:] in columns
    return name in columns or one_sided or stand_ins.get(name) in columns


def _check_enough(names: list[str], columns: dict[str, int]) -> None:
    """KeypointError if these are too few points of a quadruped to lift, or a person's rather."""
    count = _given("ap10k", columns, STAND_INS)
    front = any(word in name for name in columns for word in ("front", "shoulder", "elbow"))
    back = any(word in name for name in columns for word in ("back", "hip", "knee"))
    listed = ", ".join(str(name)[:24] for name in names[:24]) + (" ..." if len(names) > 24 else "")
    if count >= FEWEST and front and back and names_an_animal(names):
        return
    if count >= FEWEST and front and back:
        raise KeypointError(f"The points of this file ({listed[:200]}) may be a person's or an animal's: {_how_to()}")
    if not (front or back) and len(columns) == len(names):
        raise KeypointError(
            f"Only {count} of a quadruped's 17 points are in this file ({listed[:200]}) and none of its legs:"
            " an animal seen from above cannot be lifted."
        )
    unknown = [str(name)[:24] for index, name in enumerate(names) if index not in columns.values()]
    raise KeypointError(
        f"Of the points of this file {count} are known as a quadruped's, and at least {FEWEST} with front and hind legs"
        f" are needed; not known are {', '.join(unknown)[:260] or 'none'}: {_how_to()}"
    )


def _how_to() -> str:
    return f"write a map beside it, NAME{MAP_ENDING}, with {_EXAMPLE}."


def _by_map(mapping: PointMap, names: Sequence[str] | None, count: int) -> tuple[Layout, dict[str, int]]:
    layout = get_layout(mapping.layout)
    if mapping.points is None:
        if count and count != len(layout):
            raise KeypointError(
                f'{mapping.source} names no "points", and {layout.name} has {len(layout)} while this file has {count}.'
            )
        return layout, {name: index for index, name in enumerate(layout.names)}
    places = {str(name): index for index, name in enumerate(names or ())}
    columns = {}
    for ours, theirs in mapping.points.items():
        place = theirs if isinstance(theirs, int) else places.get(theirs, -1)
        if not 0 <= place < max(count, 1):
            listed = ", ".join(str(name)[:24] for name in places) or f"no names, only numbers 0 to {count - 1}"
            raise KeypointError(
                f"{mapping.source} maps {ours} to {str(theirs)[:40]!r}, but the points of the file are {listed[:300]}."
            )
        columns[ours] = place
    return layout, columns


def _to_the_side_seen(columns: dict[str, int], poses: np.ndarray) -> dict[str, int]:
    """Points without a side, given to the side that the camera sees: the left one where the animal faces left.

    poses (N,K,3): x, y, confidence.
    """
    sideless = {part: columns[part] for part in ONE_SIDED if part in columns}
    x = np.where(poses[..., 2] > 0, poses[..., 0], np.nan)
    front, back = (
        x[:, [columns[name] for name in group if name in columns]]
        for group in (("nose", "neck", "withers"), ("tail_root", "ischium"))
    )
    faces_right = np.isfinite(front).any() and np.isfinite(back).any() and np.nanmedian(front) > np.nanmedian(back)
    side = "right" if faces_right else "left"
    return {f"{side}_{part}": column for part, column in sideless.items()} | columns
