# SPDX-License-Identifier: GPL-3.0-or-later
"""A GLB made here: its key times change, and nothing else does."""

import json
import struct

import numpy as np
import pytest

from blender_addon.core.glb import retime_glb

TIMES = np.float32([0.0, 0.04, 0.08])
VALUES = np.float32(np.arange(12))


def glb(document: dict, data: bytes) -> bytes:
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(data), b"BIN\0") + data
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def a_file(**changes) -> bytes:
    """Two samplers of one animation that share their times, and one of another that has its own."""
    accessors = [
        {"bufferView": 0, "componentType": 5126, "count": 3, "type": "SCALAR", "min": [0.0], "max": [0.08]},
        {"bufferView": 1, "componentType": 5126, "count": 3, "type": "VEC4"},
        {"bufferView": 0, "byteOffset": 4, "componentType": 5126, "count": 2, "type": "SCALAR"},
    ]
    samplers = [{"input": 0, "output": 1}, {"input": 0, "output": 1}]
    document = {
        "bufferViews": [{"buffer": 0, "byteOffset": 0, "byteLength": 12}, {"buffer": 0, "byteOffset": 12}],
        "accessors": accessors, "animations": [{"samplers": samplers}], "extra": "ä",
    }  # fmt: skip
    return glb({**document, **changes}, TIMES.tobytes() + VALUES.tobytes())


def held(content: bytes) -> tuple[dict, np.ndarray, np.ndarray]:
    length = int.from_bytes(content[12:16], "little")
    data = content[20 + length + 8 :]
    assert int.from_bytes(content[8:12], "little") == len(content)
    times, values = np.frombuffer(data[:12], "<f4"), np.frombuffer(data[12:60], "<f4")
    return json.loads(content[20 : 20 + length]), times, values


def test_times_are_scaled_once_and_told_again():
    document, times, values = held(retime_glb(a_file(), 1.25))
    np.testing.assert_array_equal(times, TIMES * np.float32(1.25))
    np.testing.assert_array_equal(values, VALUES)
    first = document["accessors"][0]
    assert (first["min"], first["max"]) == ([0.0], [pytest.approx(0.1)]) and document["extra"] == "ä"
    assert document["accessors"][1] == {"bufferView": 1, "componentType": 5126, "count": 3, "type": "VEC4"}


def test_a_file_without_animations_stays_as_it_is():
    before, after = a_file(animations=[]), retime_glb(a_file(animations=[]), 2.0)
    assert held(before)[0] == held(after)[0] and (held(after)[1] == TIMES).all()


@pytest.mark.parametrize(
    "content",
    [b"", b"glTF", a_file()[:40], b"gltf" + a_file()[4:], a_file(accessors=[]), a_file(bufferViews=[]),
     a_file(accessors=[{"componentType": 5123, "bufferView": 0, "count": 3}] * 2)],
)  # fmt: skip
def test_what_is_no_such_file_is_refused(content):
    with pytest.raises(ValueError):
        retime_glb(content, 2.0)
