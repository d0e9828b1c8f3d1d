# SPDX-License-Identifier: GPL-3.0-or-later
"""Draw a lifted motion as one picture: input keypoints, the skeleton over them, and renders of the character."""

import argparse
from pathlib import Path

HELP = "Draw a motion file as one picture: keypoints, reprojected skeleton, renders."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("motion", type=Path, metavar="MOTION.npz", help="a motion file written by lift")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="PNG", help="the picture to write")
    parser.add_argument(
        "--renders", type=Path, metavar="DIR", help="pictures named VIEW_FRAME.png, a row for each view (front, side)"
    )


def run(args: argparse.Namespace) -> int:
    from ..lifting import picture

    picture.draw(args.motion, args.output, args.renders)
    return 0
