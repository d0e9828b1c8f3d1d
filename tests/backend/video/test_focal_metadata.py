# SPDX-License-Identifier: GPL-3.0-or-later
import struct

import cv2
import numpy as np
import pytest

from backend.video.focal_metadata import KEY, equivalent_focal, focal_in_metadata
from backend.video.video_file import VideoFile

APPLE = f"com.apple.quicktime.{KEY}"


def atom(kind, *parts):
    data = b"".join(parts)
    return struct.pack(">I4s", 8 + len(data), kind) + data


def meta(key, kind, value, iso=False):
    """A `meta` with three keys, of which the second is the one that is looked for."""
    names = ["com.apple.quicktime.make", key, "com.apple.quicktime.software"]
    keys = atom(b"keys", struct.pack(">II", 0, 3), *(atom(b"mdta", name.encode()) for name in names))
    values = [(1, b"Somebody"), (kind, value), (1, b"1.0")]
    items = [
        atom(struct.pack(">I", number), atom(b"data", struct.pack(">II", kind, 0), value))
        for number, (kind, value) in enumerate(values, start=1)
    ]
    handler = atom(b"hdlr", bytes(8), b"mdta", bytes(13))
    return atom(b"meta", bytes(4) if iso else b"", handler, keys, atom(b"ilst", *items))


def movie(meta, where):
    inside = {"movie": meta, "track": atom(b"trak", atom(b"tkhd", bytes(84)), meta), "udta": atom(b"udta", meta)}[where]
    return (
        atom(b"ftyp", b"qt  ", bytes(4)) + atom(b"mdat", bytes(5000)) + atom(b"moov", atom(b"mvhd", bytes(100)), inside)
    )


@pytest.mark.parametrize(
    "kind, value",
    [
        *[(1, b"26"), (1, b"26.0"), (21, b"\x1a"), (22, b"\x00\x1a"), (21, b"\x00\x00\x00\x1a")],
        *[
            (23, struct.pack(">f", 26)),
            (24, struct.pack(">d", 26)),
            (67, struct.pack(">i", 26)),
            (77, bytes(3) + b"\x1a"),
        ],
    ],
)
@pytest.mark.parametrize("where, iso, key", [("movie", False, APPLE), ("track", False, KEY), ("udta", True, APPLE)])
def test_the_equivalent_is_found_wherever_and_however_it_is_written(tmp_path, where, iso, key, kind, value):
    path = tmp_path / "clip.mov"
    path.write_bytes(movie(meta(key, kind, value, iso), where))
    assert equivalent_focal(path) == 26
    assert (
        focal_in_metadata(path, (1920, 1080))
        == focal_in_metadata(path, (1080, 1920))
        == pytest.approx(1386.67, abs=0.01)
    )


def test_large_atoms_are_followed(tmp_path):
    path, wanted = tmp_path / "clip.mov", movie(meta(APPLE, 1, b"13"), "track")
    before = struct.pack(">I4sQ", 1, b"mdat", 16 + 50) + bytes(50)
    path.write_bytes(before + wanted)
    assert equivalent_focal(path) == 13
    path.write_bytes(atom(b"free", wanted) + struct.pack(">I4s", 0, b"moov") + meta(APPLE, 1, b"77"))
    assert equivalent_focal(path) == 77


@pytest.mark.parametrize(
    "kind, value", [(1, b"long"), (1, b"nan"), (1, b"-13"), (21, b"\x00"), (23, b"\x00"), (13, b"\xff\xd8")]
)
def test_a_value_that_is_no_lens_is_none(tmp_path, kind, value):
    path = tmp_path / "clip.mov"
    path.write_bytes(movie(meta(APPLE, kind, value), "movie"))
    assert equivalent_focal(path) is None


def test_hostile_files_have_no_metadata(tmp_path):
    path, whole = tmp_path / "clip.mov", movie(meta(APPLE, 1, b"26"), "track")
    random = np.random.default_rng(0)
    for length in range(0, len(whole), 37):
        path.write_bytes(whole[:length])
        assert equivalent_focal(path) is None
    for _ in range(200):
        broken = bytearray(whole)
        for place in random.integers(5000, len(whole), 4):
            broken[place] = random.integers(256)
        path.write_bytes(broken)
        assert equivalent_focal(path) is None or 4 <= equivalent_focal(path) <= 2000
    path.write_bytes(atom(b"moov", b"".join(atom(b"trak") for _ in range(50_000)), meta(APPLE, 1, b"26")))
    assert equivalent_focal(path) is None  # too many to be looked through
    nested = meta(APPLE, 1, b"26")
    for _ in range(3000):
        nested = atom(b"trak", nested)
    path.write_bytes(atom(b"moov", nested))
    assert equivalent_focal(path) is None
    assert equivalent_focal(tmp_path) is None and equivalent_focal(tmp_path / "none.mov") is None


def test_a_video_of_a_phone_tells_its_focal_length(tmp_path):
    path = tmp_path / "walk.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), 30, (320, 180))
    for _ in range(3):
        writer.write(np.zeros((180, 320, 3), np.uint8))
    writer.release()
    assert VideoFile(path).focal is None
    data = path.read_bytes()
    at = data.index(b"moov") - 4
    size = struct.unpack(">I", data[at : at + 4])[0]
    assert at + size == len(data)  # the movie comes last: it can grow without anything else moving
    more = meta(APPLE, 1, b"27")
    path.write_bytes(data[:at] + struct.pack(">I", size + len(more)) + data[at + 4 :] + more)
    assert VideoFile(path).focal == pytest.approx(27 / 36 * 320)
