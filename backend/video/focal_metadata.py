# SPDX-License-Identifier: GPL-3.0-or-later
"""The focal length that a phone writes into its videos: read from the atoms of MP4 and QuickTime files.

Metadata are atoms `meta` in the movie, its tracks or their `udta`: `keys` names them, `ilst` has their values by the
names' numbers. Whatever is broken, or larger than metadata are, counts as not there.
"""

import math
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

#: How the names of keys end that hold a 35 mm equivalent: Apple's is com.apple.quicktime.camera.focal_length.35mm_
#: equivalent, and other makers' recorders write the same without or with a beginning of their own.
KEY = "camera.focal_length.35mm_equivalent"
SHORTEST, LONGEST = 4.0, 2000.0  # millimetres; beyond, no lens
FILM_WIDTH = 36.0  # millimetres

_MOST_ATOMS = 4096
_MOST_BYTES = 1 << 20  # of names, or of values
_HOLDERS = {b"moov": (b"trak", b"udta", b"meta"), b"trak": (b"udta", b"meta"), b"udta": (b"meta",)}
# Types of values: their format as struct has it, where their length says no more.
_NUMBERS = {23: ">f", 24: ">d", 65: ">b", 66: ">h", 67: ">i", 74: ">q", 75: ">B", 76: ">H", 77: ">I", 78: ">Q"}
_TEXT, _SIGNED, _UNSIGNED = 1, 21, 22


def focal_in_metadata(path: str | os.PathLike, image_size: tuple[int, int]) -> float | None:
    """The focal length in pixels of a video's pictures (width, height), as its container says; None where it does not.

    35 mm film is 36 mm wide: the equivalent's angle lies along the longer side of the picture, whichever way it is
    held. Of a picture that is not 3:2 makers may mean the diagonal; at 16:9 that is 5 % less.
    """
    millimetres = equivalent_focal(path)
    return None if millimetres is None else millimetres / FILM_WIDTH * max(image_size)


def equivalent_focal(path: str | os.PathLike) -> float | None:
    """The 35 mm equivalent in millimetres that a video's container says; None where it does not. Never raises."""
    try:
        with open(Path(path), "rb") as file:
            for keys, values in _metadata(file):
                found = _value(keys, values)
                if found is not None and SHORTEST <= found <= LONGEST:
                    return found
    except (OSError, ValueError, struct.error, OverflowError):
        pass
    return None


class _Atoms:
    """The atoms of a file, of which no more than some thousand are looked at."""

    def __init__(self, file: BinaryIO):
        self.file, self.left = file, _MOST_ATOMS

    def within(self, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
        """Kind, and beginning and end of what is in it, of each atom from one place of the file to another."""
        while end - start >= 8 and self.left > 0:
            self.left -= 1
            size, kind = struct.unpack(">I4s", self.read(start, start + 8))
            inside = start + 8
            if size == 1 and end - start >= 16:
                size, inside = struct.unpack(">Q", self.read(inside, inside + 8))[0], inside + 8
            stop = end if size == 0 else start + size
            if not inside <= stop <= end:
                return
            yield kind, inside, stop
            start = stop

    def read(self, start: int, end: int) -> bytes:
        """The bytes between two places; ValueError if they are too many, or not there."""
        if not 0 <= end - start <= _MOST_BYTES:
            raise ValueError("more than metadata are")
        self.file.seek(start)
        data = self.file.read(end - start)
        if len(data) != end - start:
            raise ValueError("the file ends")
        return data


def _metadata(file: BinaryIO) -> Iterator[tuple[list[str], dict[int, bytes]]]:
    """The names and, by their numbers from 1, the values of each `meta`."""
    atoms, size = _Atoms(file), file.seek(0, os.SEEK_END)
    waiting = [(kind, *place) for kind, *place in atoms.within(0, size) if kind == b"moov"]
    while waiting:
        kind, start, end = waiting.pop(0)
        if kind == b"meta":
            try:
                yield _keys_and_values(atoms, start, end)
            except (ValueError, struct.error):
                continue
            continue
        waiting += [found for found in atoms.within(start, end) if found[0] in _HOLDERS[kind]]


def _keys_and_values(atoms: _Atoms, start: int, end: int) -> tuple[list[str], dict[int, bytes]]:
    if atoms.read(start, min(start + 12, end))[8:12] == b"hdlr":  # ISO's has a version before its atoms
        start += 4
    parts = {kind: (inside, stop) for kind, inside, stop in atoms.within(start, end)}
    if not {b"keys", b"ilst"} <= set(parts):
        return [], {}
    data, names, at = atoms.read(*parts[b"keys"]), [], 8
    while at + 8 <= len(data):
        size = struct.unpack_from(">I", data, at)[0]
        if size < 8 or at + size > len(data):
            break
        names.append(data[at + 8 : at + size].decode("utf-8", "replace"))
        at += size
    values: dict[int, bytes] = {}
    for kind, inside, stop in atoms.within(*parts[b"ilst"]):
        value = next((place for name, *place in atoms.within(inside, stop) if name == b"data"), None)
        if value is not None:
            values.setdefault(int.from_bytes(kind, "big"), atoms.read(*value))
    return names, values


def _value(names: list[str], values: dict[int, bytes]) -> float | None:
    """The number of the key that is looked for."""
    for number, name in enumerate(names, start=1):
        data = values.get(number, b"")
        if not name.endswith(KEY) or len(data) < 8:
            continue
        kind, value = int.from_bytes(data[:4], "big") & 0xFFFFFF, data[8:]
        if kind == _TEXT:
            found = float(value.decode("utf-8"))
        elif kind in (_SIGNED, _UNSIGNED) and 1 <= len(value) <= 8:
            found = float(int.from_bytes(value, "big", signed=kind == _SIGNED))
        elif kind in _NUMBERS and len(value) == struct.calcsize(_NUMBERS[kind]):
            found = float(struct.unpack(_NUMBERS[kind], value)[0])
        else:
            continue
        if math.isfinite(found):
            return found
    return None
