# SPDX-License-Identifier: GPL-3.0-or-later
"""Digits of five by seven pixels, for the axes of pictures that are made of pixels."""

import numpy as np

_ADVANCE, _POINT_ADVANCE = 6, 3

_ROWS = {
    "0": "01110 10001 10011 10101 11001 10001 01110",
    "1": "00100 01100 00100 00100 00100 00100 01110",
    "2": "01110 10001 00001 00010 00100 01000 11111",
    "3": "11111 00010 00100 00010 00001 10001 01110",
    "4": "00010 00110 01010 10010 11111 00010 00010",
    "5": "11111 10000 11110 00001 00001 10001 01110",
    "6": "00110 01000 10000 11110 10001 10001 01110",
    "7": "11111 00001 00010 00100 01000 01000 01000",
    "8": "01110 10001 10001 01110 10001 10001 01110",
    "9": "01110 10001 10001 01111 00001 00010 01100",
    "k": "10000 10000 10010 10100 11000 10100 10010",
    "e": "00000 00000 01110 10001 11111 10000 01110",
    "-": "00000 00000 00000 01110 00000 00000 00000",
    ".": "0 0 0 0 0 0 1",
}
_GLYPHS = {
    sign: np.array([[int(bit) for bit in row] for row in rows.split()], bool)[::-1] for sign, rows in _ROWS.items()
}


def width_of(text: str, scale: int = 1) -> int:
    """Pixels that a text takes."""
    return scale * (sum(_POINT_ADVANCE if sign == "." else _ADVANCE for sign in text) - 1)


def stamp(picture: np.ndarray, x: int, y: int, text: str, colour: tuple[float, ...], scale: int = 1) -> None:
    """Write digits, points, "k", "e" and "-" into a picture (H, W, >= 3) whose first row is the lowest.

    x, y: the text's lower left corner; what lies outside of the picture is left out, other signs become gaps.
    """
    for sign in text:
        glyph = _GLYPHS.get(sign)
        if glyph is not None:
            rows, columns = np.nonzero(np.kron(glyph, np.ones((scale, scale), bool)))
            rows, columns = rows + y, columns + x
            inside = (rows >= 0) & (rows < picture.shape[0]) & (columns >= 0) & (columns < picture.shape[1])
            picture[rows[inside], columns[inside], :3] = colour
        x += scale * (_POINT_ADVANCE if sign == "." else _ADVANCE)
