# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the people of a video and write their 2D keypoints."""

import argparse
import sys
from pathlib import Path

from ..status_line import show_stage
from .lift import add_detector, frame_range

HELP = "Find people, or an animal, in a video and write their 2D keypoints (.json)."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("video", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="CLIP.json")
    parser.add_argument("--people", type=int, default=1, metavar="N", help="how many to look for (default: 1)")
    parser.add_argument("--person", type=int, metavar="N", help="write only this one, numbered from the one seen most")
    parser.add_argument("--frames", type=frame_range, metavar="A-B", help="the part to look at, as in 100-250")
    parser.add_argument("--preview", type=Path, metavar="OUT.mp4", help="also write the video with what was found")
    parser.add_argument("--focal", type=float, metavar="PX", help="the camera's focal length in pixels, if known")
    parser.add_argument("--tripod", action="store_true", help="the camera stood still: do not look how it turns")
    parser.add_argument("--subject", choices=["human", "cat"], default="human",
                        help="whom FILE.onnx looks at: cat for quadrupeds (human)")  # fmt: skip
    add_detector(parser)


def run(args: argparse.Namespace) -> int:
    from ..video.detect_file import DetectOptions, detect_file

    first, last = args.frames or (0, None)
    options = DetectOptions(
        detector=args.detector, people=args.people, person=args.person, first_frame=first, last_frame=last,
        boxes=args.boxes, box=args.box, preview=args.preview, moving=not args.tripod, focal=args.focal,
        subject=args.subject,
    )  # fmt: skip
    result = detect_file(args.video, args.output, options, show_stage)
    for warning in result.warnings:
        print(f"note: {warning}", file=sys.stderr)
    people = f"{result.people} {'person' if result.people == 1 else 'people'}"
    print(f"{result.path}: {people} in {result.frames} frames at {result.fps:g} fps, {result.seconds:.1f} s")
    return 0
