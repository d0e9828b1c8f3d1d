# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the people of a video and write their 2D keypoints."""

import argparse
import sys
from pathlib import Path

from ..status_line import show_stage
from .lift import frame_range

HELP = "Find people in a video and write their 2D keypoints (.json)."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("video", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="CLIP.json")
    parser.add_argument("--people", type=int, default=1, metavar="N", help="how many to look for (default: 1)")
    parser.add_argument("--person", type=int, metavar="N", help="write only this one, numbered from the one seen most")
    parser.add_argument("--frames", type=frame_range, metavar="A-B", help="the part to look at, as in 100-250")
    parser.add_argument("--preview", type=Path, metavar="OUT.mp4", help="also write the video with what was found")
    parser.add_argument("--focal", type=float, metavar="PX", help="the camera's focal length in pixels, if known")
    parser.add_argument("--tripod", action="store_true", help="the camera stood still: do not look how it turns")
    parser.add_argument(
        "--detector", metavar="NAME", default="mediapipe",
        help="mediapipe (bundled, the default), or a pose model of yours: FILE.onnx",
    )  # fmt: skip
    parser.add_argument("--boxes", type=Path, metavar="FILE.onnx", help="an object detector to go before FILE.onnx")
    parser.add_argument("--box", type=box, metavar="X,Y,W,H", help="where the subject is in the first frame, in pixels")


def box(words: str) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of "X,Y,W,H"."""
    try:
        x, y, width, height = map(float, words.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected four numbers, as in 100,50,300,600, got {words!r}") from None
    if width <= 0 or height <= 0:
        raise argparse.ArgumentTypeError(f"expected a box with a width and a height, got {words!r}")
    return x, y, x + width, y + height


def run(args: argparse.Namespace) -> int:
    from ..video.detect_file import DetectOptions, detect_file

    first, last = args.frames or (0, None)
    options = DetectOptions(
        detector=args.detector, people=args.people, person=args.person, first_frame=first, last_frame=last,
        boxes=args.boxes, box=args.box, preview=args.preview, moving=not args.tripod, focal=args.focal,
    )  # fmt: skip
    result = detect_file(args.video, args.output, options, show_stage)
    for warning in result.warnings:
        print(f"note: {warning}", file=sys.stderr)
    people = f"{result.people} {'person' if result.people == 1 else 'people'}"
    print(f"{result.path}: {people} in {result.frames} frames at {result.fps:g} fps, {result.seconds:.1f} s")
    return 0
