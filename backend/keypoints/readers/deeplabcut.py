# SPDX-License-Identifier: GPL-3.0-or-later
"""DeepLabCut's results, of one animal or several: the .csv, and the .h5 that pandas writes as a table.

Columns have a name on each of three or four levels: scorer, individual (if several), body part, and x, y or likelihood.
In the .csv these are rows before those of the frames, named in the first column: scorer, individuals, bodyparts,
coords. Labelled pictures have their names in place of frame numbers and no likelihood.
"""

import csv
import io
from dataclasses import dataclass

import numpy as np

from ..clip import MAXIMUM_FRAMES
from ..detections import DetectionList, Detections
from ..errors import KeypointError
from ..point_map import PointMap, finish_mapped
from .hdf5 import Hdf5
from .openpose import frame_numbers
from .plain_pickle import PickleError, read_plain_pickle

FORMAT = "DeepLabCut"
_LEVELS = ("scorer", "individuals", "bodyparts", "coords")
_UNIQUE = "single"  # the individual that bears what is there only once, such as the corners of an arena


class Table(list):
    """The rows of a .csv, each a list of text."""


@dataclass(frozen=True)
class _Columns:
    """names: (scorer, [individual,] body part, coordinate) of each column; frames (T,) int; values (T,C)."""

    names: list[tuple[str, ...]]
    frames: list[int]
    values: np.ndarray


def load_table(text: str, name: str) -> Table:
    """The rows of a .csv of DeepLabCut's; KeypointError for another. name: the file's, for messages."""
    try:
        rows = Table(row for row in csv.reader(io.StringIO(text)) if row)
    except csv.Error as error:
        raise KeypointError(f"{name} is no table that can be read ({str(error)[:60]}).") from None
    if not rows or rows[0][0].strip() != "scorer":
        raise KeypointError(
            f"{name} is not a table of DeepLabCut's: expected rows that begin with scorer, bodyparts and coords."
        )
    return rows


def recognises(document) -> bool:
    return isinstance(document, Table) or isinstance(document, Hdf5) and bool(_tables(document))


def read(document: Table | Hdf5, mapping: PointMap | None = None) -> Detections:
    columns = _of_csv(document) if isinstance(document, Table) else _of_hdf5(document)
    if len(columns.frames) > MAXIMUM_FRAMES:
        raise KeypointError(f"This file has {len(columns.frames):,} frames: at most {MAXIMUM_FRAMES:,} can be read.")
    places: dict[str, dict[str, dict[str, int]]] = {}
    for index, name in enumerate(columns.names):
        individual = name[1] if len(name) == 4 else ""
        coordinates = places.setdefault(individual, {}).setdefault(name[-2], {})
        if name[-1] in coordinates:
            raise KeypointError(f"The column {' '.join(name)[:80]} is in this file twice ({FORMAT}).")
        coordinates[name[-1]] = index
    if any("z" in coordinates for parts in places.values() for coordinates in parts.values()):
        raise KeypointError(f"These are points in 3D ({FORMAT}): the 2D ones of one camera are lifted.")
    if len(places) > 1:
        places.pop(_UNIQUE, None)
    parts = list(dict.fromkeys(part for each in places.values() for part in each))
    detections = DetectionList(FORMAT)
    for number, individual in enumerate(places.values()):
        poses = np.stack([_track(columns.values, individual.get(part, {})) for part in parts], axis=1)  # (T,K,3)
        for index in np.nonzero(np.isfinite(poses[..., 0]).any(axis=1))[0]:
            detections.add(columns.frames[index], poses[index], number)
    return finish_mapped(detections, parts, mapping, settled=True)


def _track(values: np.ndarray, coordinates: dict[str, int]) -> np.ndarray:
    """(T,3) x, y and likelihood of a body part, NaN where it is not; without a likelihood 1."""
    track = np.full((len(values), 3), np.nan)
    if {"x", "y"} <= coordinates.keys():
        track[:, 0], track[:, 1] = values[:, coordinates["x"]], values[:, coordinates["y"]]
        track[:, 2] = values[:, coordinates["likelihood"]] if "likelihood" in coordinates else 1.0
    return track


def _of_csv(rows: Table) -> _Columns:
    header = {}
    for row in rows[:4]:
        if row[0].strip() not in _LEVELS:
            break
        header[row[0].strip()] = row
    if not {"scorer", "bodyparts", "coords"} <= header.keys():
        lacks = "coords" if "bodyparts" in header else "bodyparts"
        raise KeypointError(f"This table has no row {lacks} among its first ({FORMAT}).")
    width = len(rows[0])
    body = rows[len(header) :]
    if not body:
        raise KeypointError(f"This table has a header and no frames ({FORMAT}).")
    if any(len(row) != width for row in rows):
        number = next(index for index, row in enumerate(rows) if len(row) != width)
        raise KeypointError(f"Row {number + 1} of this table has {len(rows[number])} columns, the first {width}.")
    named = [index for index in range(1, width) if header["coords"][index].strip()]
    first = min(named, default=width)
    if first == width:
        raise KeypointError(f"This table has no columns x and y ({FORMAT}).")
    names = [
        tuple(header[level][index].strip() for level in _LEVELS if level in header) for index in range(first, width)
    ]
    try:
        values = np.array([[float(cell) if cell.strip() else np.nan for cell in row[first:]] for row in body])
    except ValueError as error:
        raise KeypointError(f"This table has a cell that is no number: {str(error)[:80]}.") from None
    return _Columns(names, _frames(["/".join(row[:first]) for row in body]), values)


def _frames(index: list[str]) -> list[int]:
    """Frame numbers of the rows: the index itself where it is whole numbers, else those in the pictures' names."""
    if all(each.strip().isdecimal() and len(each.strip()) < 16 for each in index):
        return [int(each) for each in index]
    return frame_numbers(index)


def _tables(document: Hdf5) -> list[str]:
    """The groups of an .h5 that pandas has written."""
    return [group for group, attributes in document.attributes.items() if "pandas_type" in attributes]


def _of_hdf5(document: Hdf5) -> _Columns:
    group = _tables(document)[0]
    attributes = document.attributes[group]
    kind = attributes["pandas_type"]
    table = document.get(f"{group}/table")
    if kind != b"frame_table" or table is None or table.dtype.names is None or "index" not in table.dtype.names:
        raise KeypointError(
            f"This .h5 is no table of DeepLabCut's predictions ({str(kind)[:40]}): give its .csv instead."
        )
    blocks = [name for name in table.dtype.names if name.startswith("values_block_")]
    names: list[tuple[str, ...]] = []
    for block in blocks:
        described = document.attributes.get(f"{group}/table", {}).get(f"{block}_kind")
        if described is None and len(blocks) == 1:
            described = attributes.get("non_index_axes")
        names += _names(described)
    values = [np.asarray(table[block]) for block in blocks]
    if any(each.dtype.kind not in "fiu" for each in values) or not values:
        raise KeypointError(f"The table of this .h5 is not of numbers ({FORMAT}).")
    values = np.concatenate([each.reshape(len(table), -1).astype(np.float64) for each in values], axis=1)
    if values.shape[1] != len(names):
        raise KeypointError(
            f"The table of this .h5 has {values.shape[1]} columns and names for {len(names)} ({FORMAT})."
        )
    index = table["index"]
    if index.dtype.kind in "iu":
        if len(index) and index.min() < 0:
            raise KeypointError(f"The table of this .h5 has frames before 0 ({FORMAT}).")
        return _Columns(names, [int(number) for number in index], values)
    return _Columns(names, frame_numbers([_text(each) for each in index.tolist()]), values)


def _names(described) -> list[tuple[str, ...]]:
    """The columns' names out of pandas' description, a pickle of nested lists that is read and never run."""
    try:
        names = read_plain_pickle(described) if isinstance(described, bytes) else None
    except PickleError as error:
        raise KeypointError(f"The header of this .h5 is refused: {error}.") from None
    if isinstance(names, list) and len(names) == 1 and isinstance(names[0], tuple) and len(names[0]) == 2:
        names = names[0][1]  # non_index_axes: [(axis, names)]
    sound = isinstance(names, list) and all(
        isinstance(name, tuple) and len(name) in (3, 4) and all(isinstance(word, str) for word in name)
        for name in names
    )
    if not sound or len({len(name) for name in names}) != 1:
        raise KeypointError(f"The columns of this .h5 are not scorer, body part and coordinate ({FORMAT}).")
    return names


def _text(value) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
