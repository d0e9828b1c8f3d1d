# SPDX-License-Identifier: GPL-3.0-or-later
"""Words on the command line: what does not fit is one line, and the values that several commands take."""

import argparse
import math
import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from ..core.box import LARGEST, SMALLEST
from ..core.detector_options import box as box_of


class CommandError(Exception):
    """Words on the command line that do not fit, in one line."""


class Parser(argparse.ArgumentParser):
    """A parser that raises CommandError instead of ending the process."""

    def error(self, message: str) -> NoReturn:
        raise CommandError(f"{message}; see {self.prog} --help")


def frames(word: str) -> list[int]:
    """'1,40' as frame numbers, and '1,40-42' as 1, 40, 41, 42."""
    found: list[int] = []
    for part in word.split(","):
        ends = re.fullmatch(r"\s*(-?\d+)(?:-(\d+))?\s*", part)
        if not ends or (ends[2] and int(ends[2]) < int(ends[1])):
            raise argparse.ArgumentTypeError(f"expected whole numbers with commas, or 10-40, got {word!r}")
        found += range(int(ends[1]), int(ends[2] or ends[1]) + 1)
    return found


def frame_range(word: str) -> tuple[int, int]:
    """'100-250' as the first and the last frame."""
    found = re.fullmatch(r"(\d+)\s*-\s*(\d+)", word.strip())
    if not found:
        raise argparse.ArgumentTypeError(f"expected the first and the last frame, as in 100-250, got {word!r}")
    return int(found[1]), int(found[2])


def edge(word: str) -> float:
    """'0.4' as the length of a box's edge in metres."""
    try:
        length = float(word)
    except ValueError:
        length = math.nan
    if not SMALLEST <= length <= LARGEST:
        raise argparse.ArgumentTypeError(f"expected metres between {SMALLEST:g} and {LARGEST:g}, got {word!r}")
    return length


def views(word: str) -> list[str]:
    """'front,side' as names."""
    return [part.strip() for part in word.split(",")]


def size(word: str) -> tuple[int, int]:
    """'1920x1080' as width and height in pixels."""
    try:
        width, height = (int(part) for part in word.lower().split("x"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected WIDTHxHEIGHT, got {word!r}") from None
    if not (4 <= width <= 65_536 and 4 <= height <= 65_536):
        raise argparse.ArgumentTypeError(f"expected 4 to 65536 pixels, got {word!r}")
    return width, height


def box(word: str) -> list[float]:
    """'300,120,200,560' (left, top, width, height) as left, top, right and bottom."""
    try:
        left, top, width, height = map(float, word.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected four numbers, as in 100,50,300,600, got {word!r}") from None
    if not (width > 0 and height > 0):
        raise argparse.ArgumentTypeError(f"expected a box with a width and a height, got {word!r}")
    return box_of((left, top, width, height))


def add_batch_arguments(parser: argparse.ArgumentParser, formats: Sequence[str], default: str) -> None:
    """The arguments of a command that takes one source with -o, or many with --out."""
    outputs = parser.add_mutually_exclusive_group(required=True)
    outputs.add_argument("-o", "--output", metavar="OUT.blend", help="one source: the .blend file to write")
    outputs.add_argument("--out", metavar="DIR", type=Path, help="any number: the folder for the outputs")
    group = parser.add_argument_group("with --out")
    group.add_argument("--format", type=format_list(formats), metavar="F,F",
                       help=f"of {', '.join(formats)} ({default})")  # fmt: skip
    group.add_argument("--force", action="store_true", help="do finished ones again too")
    group.add_argument("--json", action="store_true", help="print the results as one line of JSON on standard output")


def format_list(known: Sequence[str]) -> Callable[[str], list[str]]:
    """A type for 'blend,fbx'."""

    def formats(word: str) -> list[str]:
        given = list(dict.fromkeys(part.strip().lower().removeprefix(".") for part in word.split(",")))
        if unknown := [each for each in given if each not in known]:
            raise argparse.ArgumentTypeError(f"there is no format {unknown[0]!r} here; there are {', '.join(known)}")
        return given

    return formats


def worker_count(word: str) -> int:
    """'4' as a number of workers."""
    if not word.isdecimal() or not 1 <= int(word) <= 64:
        raise argparse.ArgumentTypeError(f"expected 1 to 64 workers, got {word!r}")
    return int(word)


def single_source(args: argparse.Namespace, sources: Sequence[str], batch_only: Sequence[str]) -> str:
    """The one source of a command with -o. Raises CommandError for more of them, and for what only --out can have."""
    for name in batch_only:
        if getattr(args, name) not in (None, False):
            raise CommandError(f"--{name} goes with --out DIR, not with -o")
    if len(sources) > 1:
        raise CommandError(f"-o takes one source and {len(sources)} are named; name a folder with --out DIR instead")
    return sources[0]


def blend_output(word: str) -> Path:
    """The .blend to write, if it can be written at all: found out before any work is done. Raises CommandError."""
    path = Path(word)
    if path.suffix != ".blend":
        raise CommandError(f"expected an output named something.blend, got {word}; other formats go with --out DIR")
    check_writable(path)
    return path


def check_writable(path: Path) -> None:
    """Raise CommandError unless a file can be written there."""
    if not path.resolve().parent.is_dir():
        raise CommandError(f"{path} cannot be written: there is no folder {path.resolve().parent}")
    if path.is_dir():
        raise CommandError(f"{path} cannot be written: it is a folder")
    try:
        tempfile.TemporaryFile(dir=path.resolve().parent).close()
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}") from None


def need_bpy(formats: Sequence[str] = ()) -> None:
    """Raise CommandError where Blender's Python module is not to be had, or cannot write one of the formats."""
    try:
        import bpy
    except ImportError as error:
        raise CommandError(f"Blender's Python module is needed ({error}): pip install bpy==4.5.15") from None
    if "usd" in formats and not bpy.app.build_options.usd:
        raise CommandError("this Blender was built without USD; leave usd out of --format, or use Blender's own build")
