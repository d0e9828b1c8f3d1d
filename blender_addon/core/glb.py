# SPDX-License-Identifier: GPL-3.0-or-later
"""Change the speed of what a GLB file animates: its key times are plain numbers in the file."""

import json
import struct

import numpy as np

_HEADER, _CHUNK = struct.Struct("<4sII"), struct.Struct("<I4s")
_FLOAT = 5126  # glTF's name for a float32


def retime_glb(content: bytes, factor: float) -> bytes:
    """A GLB file whose animations take `factor` times as long. Raises ValueError for what is no GLB.

    The layout is glTF 2.0's: a header, a JSON chunk, and a chunk with the arrays that the JSON describes.
    """
    try:
        magic, _, _ = _HEADER.unpack_from(content)
        length, kind = _CHUNK.unpack_from(content, _HEADER.size)
        if magic != b"glTF" or kind != b"JSON":
            raise ValueError("it does not begin as a GLB does")
        begin = _HEADER.size + _CHUNK.size
        document = json.loads(content[begin : begin + length])
        rest = bytearray(content[begin + length :])
        for accessor in _times(document):
            view = document["bufferViews"][accessor["bufferView"]]
            offset = _CHUNK.size + view.get("byteOffset", 0) + accessor.get("byteOffset", 0)
            times = np.frombuffer(rest, "<f4", accessor["count"], offset)
            times = (times * factor).astype("<f4")
            rest[offset : offset + times.nbytes] = times.tobytes()
            accessor["min"], accessor["max"] = [float(times.min())], [float(times.max())]
    except (struct.error, KeyError, IndexError, TypeError) as error:
        raise ValueError(f"it is damaged: {type(error).__name__} {error}") from None
    text = json.dumps(document, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    size = begin + len(text) + len(rest)
    return _HEADER.pack(b"glTF", 2, size) + _CHUNK.pack(len(text), b"JSON") + text + bytes(rest)


def _times(document: dict) -> list[dict]:
    """The accessors that hold key times, each once."""
    samplers = [sampler for animation in document.get("animations", ()) for sampler in animation["samplers"]]
    numbers = sorted({sampler["input"] for sampler in samplers})
    found = [document["accessors"][number] for number in numbers]
    if any(accessor["componentType"] != _FLOAT or "bufferView" not in accessor for accessor in found):
        raise ValueError("its key times are not stored as glTF has them")
    return found
