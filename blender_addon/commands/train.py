# SPDX-License-Identifier: GPL-3.0-or-later
"""train: a model from 2D clips or motion capture, by the backend's process. Ctrl-C stops it and keeps what there is."""

import argparse
import sys
from pathlib import Path
from typing import Any

from ..core.body_family import CAT, HUMAN
from ..jobs.worker import Job
from .arguments import CommandError
from .ask_worker import ask_worker
from .backend_python import backend_python, preferred_device
from .display import Display, time_left
from .subject import add_subject

NAME, HELP = "train", "train a model of your own from 2D clips or motion capture"

# What the backend is told, if the user said it.
_WORDS = ("preset", "film", "seed", "device")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_subject(parser, HUMAN, HUMAN)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--clips", metavar="DIR", help="folder of 2D keypoint files, one clip each")
    source.add_argument("--mocap", metavar="DIR", help="folder of motion capture clips (.npz), filmed into 2D")
    source.add_argument("--procedural", action="store_true", help="made-up motion instead, for the subject cat")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the model")
    parser.add_argument("--preset", choices=["tiny", "cpu", "gpu"], help="size of the run (cpu)")
    parser.add_argument("--film", choices=["many", "single"],
                        help="of motion in 3D: a new camera at every draw, or one a moment (many)")  # fmt: skip
    parser.add_argument("--resume", action="store_true", help="go on with the run in --out")
    parser.add_argument("--seed", type=int, metavar="N", help="of all that is drawn by chance (0)")
    parser.add_argument("--device", help="cpu, cuda, cuda:1, mps or auto")
    parser.add_argument("--python", metavar="PROGRAM", help="the Python with torch that the backend runs in")


def run(args: argparse.Namespace) -> int:
    """Train until it is done or stopped; 130 when it was stopped."""
    fields: dict[str, Any] = {**_source(args), "out": str(Path(args.out).resolve())}
    if args.subject != HUMAN:
        fields["subject"] = args.subject
    fields |= {name: getattr(args, name) for name in _WORDS if getattr(args, name) is not None}
    if args.device is None and (device := preferred_device()):
        fields["device"] = device
    if args.resume:
        fields["resume"] = True
    python = backend_python(args.python)
    try:
        job = ask_worker(python, "train", _tell_losses, **fields)
    except KeyboardInterrupt:
        print("lift3d: stopped; what has been trained is kept, --resume goes on with it", file=sys.stderr)
        return 130
    for text in job.warnings:
        print(f"lift3d: note: {text}", file=sys.stderr)
    print(f"{job.result.get('out', args.out)}: trained in {time_left(float(job.result.get('seconds') or 0))}")
    return 0


def _source(args: argparse.Namespace) -> dict[str, Any]:
    """What the backend is to learn from, as the request says it."""
    if args.procedural:
        if args.subject != CAT:
            raise CommandError("--procedural goes with --subject cat: no motion is made up for humans")
        return {"procedural": True}
    kind, source = ("clips", args.clips) if args.clips else ("mocap", args.mocap)
    if not Path(source).is_dir():
        raise CommandError(f"{source} is no folder; expected a folder of {kind} as --{kind}")
    return {kind: str(Path(source).resolve())}


def _tell_losses(job: Job, events: list[dict[str, Any]], display: Display) -> None:
    """A line for every losses event: which step, and the means since the last."""
    for event in events:
        if event["event"] == "losses":
            values = ", ".join(f"{name} {value:.4g}" for name, value in (event.get("losses") or {}).items())
            display.line(f"{job.stage}, step {event.get('step')}: {values}")
