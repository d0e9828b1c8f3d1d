# SPDX-License-Identifier: GPL-3.0-or-later
"""import: motion files, ours or AMASS's, into .blend and other files. Needs no backend."""

import argparse
from pathlib import Path

from ..batch.find import find_motions
from ..batch.fingerprint import fingerprint
from .arguments import CommandError, add_batch_arguments, blend_output, need_bpy, single_source
from .batch_run import BatchRun
from .interruption import Interruption
from .write_blend import write_blend
from .write_outputs import FORMATS, MOTION

NAME, HELP = "import", "make .blend and other files of motion files (ours or AMASS)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("motions", nargs="+", metavar="MOTION",
                        help="motion file (.npz), folder of them, or a pattern in quotes")  # fmt: skip
    add_batch_arguments(parser, [each for each in FORMATS if each != MOTION], "blend")
    parser.add_argument("--footage", metavar="FILE", help="with -o: the video, or a picture of it, behind the camera")
    parser.add_argument("--body", metavar="BODY.npz", help="body file to use instead of the motions' own")


def run(args: argparse.Namespace) -> int:
    """Make the .blend of one motion file, or the outputs of many."""
    if args.out is None:
        single_source(args, args.motions[:1], ("format", "force", "json"))
        motions = [Path(motion) for motion in args.motions]  # several: of people who are to be in one file
        return write_blend(motions, args.body, blend_output(args.output), footage=args.footage)
    if args.footage:
        raise CommandError("--footage goes with -o: one film is not that of many motions")
    formats = args.format or ["blend"]
    need_bpy(formats)
    try:
        body = fingerprint(Path(args.body)) if args.body else None
    except OSError as error:
        raise CommandError(f"{args.body} cannot be read: {error.strerror}") from None
    settings = {"command": NAME, "body": body}
    with BatchRun(find_motions(args.motions), args.out, formats, settings) as batch:
        todo = batch.tasks(args.force)
        with Interruption() as interruption:
            while todo and not interruption.asked:
                task = todo.pop(0)
                batch.display.update(task.name)
                batch.finish(task, task.source, args.body, {}, [], 0.0)
        batch.cancel(todo)
        code = batch.close(args.json)
    if interruption.asked:
        raise KeyboardInterrupt
    return code
