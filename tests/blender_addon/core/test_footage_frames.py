# SPDX-License-Identifier: GPL-3.0-or-later
"""Which picture shows a clip's first frame, for clips and footage that count in their several ways."""

import pytest

from blender_addon.core.footage_frames import first_picture, sequence_numbers

VIDEO = range(1, 121)

CASES = {
    "a clip that counts from 1": (1, 120, VIDEO, 1),
    "a clip that counts from 0": (0, 120, VIDEO, 1),
    "the beginning of a clip that counts from 1": (1, 100, VIDEO, 1),
    "the beginning of a clip that counts from 0": (0, 100, VIDEO, 1),
    "a part of a clip": (50, 30, VIDEO, 51),
    "the end of a clip that counts from 0": (90, 30, VIDEO, 91),
    "the end of a clip that counts from 1": (91, 30, VIDEO, 91),
    "a clip whose numbers are the files'": (1001, 120, list(range(1001, 1121)), 1001),
    "a part, by the files' numbers": (1050, 30, list(range(1001, 1121)), 1050),
    "a clip from 0 and files from 1": (0, 119, list(range(1, 121)), 1),
    "a clip from 1 and files from 0": (1, 120, list(range(120)), 0),
    "a part from 0 and files from 1001": (11, 30, list(range(1001, 1121)), 1012),
    "numbers that fit nothing": (5000, 30, VIDEO, 1),
    "footage that is too short": (1, 200, VIDEO, 1),
}


@pytest.mark.parametrize(("first", "frames", "numbers", "expected"), CASES.values(), ids=CASES)
def test_the_first_picture(first, frames, numbers, expected):
    assert first_picture(first, frames, numbers) == expected


def test_a_sequence_is_the_files_that_differ_in_their_last_number(tmp_path):
    for name in ("a1_0003.png", "a1_0001.png", "a1_0002.png", "a2_0001.png", "a1_0004.jpg", "a1_x.png", "b 7 left.exr"):
        (tmp_path / name).touch()
    assert sequence_numbers(tmp_path / "a1_0002.png") == [1, 2, 3]
    assert sequence_numbers(tmp_path / "a2_0001.png") == []
    assert sequence_numbers(tmp_path / "a1_x.png") == []
    (tmp_path / "b 8 left.exr").touch()
    assert sequence_numbers(tmp_path / "b 8 left.exr") == [7, 8]
    with pytest.raises(OSError):
        sequence_numbers(tmp_path / "nowhere" / "a1.png")
