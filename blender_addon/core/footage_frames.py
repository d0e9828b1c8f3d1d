# SPDX-License-Identifier: GPL-3.0-or-later
"""Which picture of the footage belongs to which frame of the clip, told by file names and numbers alone."""

import os
import re
from pathlib import Path

_LAST_NUMBER = re.compile(r"(.*?)(\d+)(\D*)")


def sequence_numbers(picture: Path) -> list[int]:
    """The numbers of all pictures of the sequence that a picture is one of, in order; [] if it stands alone.

    The last number in a file's name counts, as Blender takes it. Raises OSError if the folder cannot be read.
    """
    match = _LAST_NUMBER.fullmatch(picture.stem)
    if not match:
        return []
    before, _, after = match.groups()
    pattern = re.compile(re.escape(before) + r"(\d+)" + re.escape(after + picture.suffix))
    with os.scandir(picture.parent) as entries:
        found = [pattern.fullmatch(entry.name) for entry in entries]
    numbers = sorted({int(match[1]) for match in found if match})
    return numbers if len(numbers) > 1 else []


def first_picture(first_frame: int, frames: int, numbers: range | list[int]) -> int:
    """The number of the picture that shows a motion's first frame.

    first_frame: the clip's number of that frame. frames: how many follow, itself counted. numbers: the pictures', in
    order: of a video a range from 1 to its length, of a sequence those in its files' names. Of the detectors that watch
    a video most count from 0 and some from 1, and they do not say which: off by one is what can be wrong here.
    """
    low, high, count = numbers[0], numbers[-1], len(numbers)
    if count == frames:  # a picture for each frame, whatever they are called
        return low
    if isinstance(numbers, range):
        from_one = first_frame == 1 or first_frame + frames - 1 == high
        guesses = [first_frame] if from_one else [first_frame + 1, first_frame]
    else:  # detectors that watch pictures take their names' numbers over
        guesses = [first_frame, low + first_frame, low + first_frame - 1]
    return next((guess for guess in guesses if low <= guess and guess + frames - 1 <= high), low)
