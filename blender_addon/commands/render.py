# SPDX-License-Identifier: GPL-3.0-or-later
"""render: pictures of a .blend file's character."""

import argparse
from pathlib import Path

from .arguments import CommandError, frames, need_bpy, size, views

NAME, HELP = "render", "render pictures of a .blend file's character"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("blend", help=".blend file")
    parser.add_argument("-o", "--output", required=True, metavar="FOLDER", help="folder for VIEW_FRAME.png")
    parser.add_argument("--frames", type=frames, default=[], metavar="N,N",
                        help="scene frames, also A-B (five, spread)")  # fmt: skip
    parser.add_argument("--views", type=views, metavar="V,V",
                        help="of front, side, back, other, camera (front,side)")  # fmt: skip
    parser.add_argument("--over-footage", action="store_true",
                        help="the character over its film instead, as film_FRAME.png")  # fmt: skip
    parser.add_argument("--size", type=size, metavar="WxH", help="pixels (320x240; over the film the clip's)")
    parser.add_argument("--samples", type=int, default=12, metavar="N", help="rays a pixel (12)")


def run(args: argparse.Namespace) -> int:
    """Render pictures of a .blend's character and print their paths."""
    need_bpy()
    from ..scene.blend_file import open_blend
    from ..scene.render import render_frames, render_over_film

    if args.over_footage and args.views:
        raise CommandError("--over-footage has one view, the clip's camera: leave --views out")
    if not Path(args.blend).is_file():
        raise CommandError(f"{args.blend} does not exist; expected a .blend file")
    open_blend(Path(args.blend).resolve())
    folder = Path(args.output).resolve()
    try:
        if args.over_footage:
            pictures = render_over_film(args.frames, args.size, folder, args.samples)
        else:
            given = args.views or ["front", "side"], args.size or (320, 240)
            pictures = render_frames(args.frames, *given, folder, args.samples)
    except (OSError, RuntimeError) as error:
        raise CommandError(f"the pictures cannot be rendered to {args.output}: {error}") from None
    for picture in pictures:
        print(picture)
    return 0
