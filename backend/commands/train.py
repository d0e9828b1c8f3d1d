# SPDX-License-Identifier: GPL-3.0-or-later
"""Train a model: all four stages, from 2D clips or from motion capture filmed by virtual cameras."""

import argparse
import sys
import time
from pathlib import Path

HELP = "Train a model of your own from 2D clips, or from motion capture filmed by virtual cameras."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--subject", choices=["human"], default="human")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--clips", type=Path, metavar="DIR", help="2D keypoint files, one clip each")
    source.add_argument("--mocap", type=Path, metavar="DIR", help="motion capture clips (.npz), filmed into 2D")
    parser.add_argument("--film", choices=["many", "single"], default="many",
                        help="with --mocap: a new camera at every draw, or one a moment (as the paper)")  # fmt: skip
    parser.add_argument("--preset", choices=["tiny", "cpu", "gpu"], default="cpu", help="size of the run")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the model goes")
    parser.add_argument("--resume", action="store_true", help="go on with the run in --out")
    parser.add_argument("--stages", type=stages, default=(1, 2, 3, 4), metavar="1-4", help="which stages to run")
    parser.add_argument("--stage2", choices=["sampling", "sds"], default="sampling",
                        help="consistent sampling, or the paper's optimisation (ten times the work)")  # fmt: skip
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, mps")
    parser.add_argument("--pose-prior", type=Path, metavar="PATH", help="a VPoser instead of the bundled one")


def stages(text: str) -> tuple[int, ...]:
    """'1-4', '2' or '1,4' as stage numbers."""
    try:
        first, _, last = text.partition("-")
        numbers = tuple(int(word) for word in text.split(",")) if not last else (int(first), int(last))
    except ValueError:
        numbers = ()
    if not numbers or not set(numbers) <= {1, 2, 3, 4} or last and numbers[0] > numbers[1]:
        raise argparse.ArgumentTypeError(f"expected stages such as 1-4 or 2, got {text!r}")
    return tuple(range(numbers[0], numbers[1] + 1)) if last else numbers


def run(args: argparse.Namespace) -> int:
    from ..progress import silent
    from ..training.data import from_clips, from_mocap
    from ..training.filming import Film
    from ..training.run import RunOptions, run_training

    data = from_mocap(args.mocap, Film(args.film), args.seed) if args.mocap else from_clips(args.clips)
    print(data.description)
    for line in data.skipped:
        print(f"skipped {line}", file=sys.stderr)
    options = RunOptions(args.preset, args.stages, args.seed, args.device, args.resume, args.pose_prior, args.stage2)
    began = time.monotonic()
    out = run_training(data, args.out, options, silent, _say)
    print(f"trained in {(time.monotonic() - began) / 60:.1f} minutes: {out}")
    return 0


def _say(stage: str, step: int, losses: dict[str, float]) -> None:
    values = ", ".join(f"{name} {value:.4g}" for name, value in losses.items())
    print(f"{time.strftime('%H:%M:%S')} {stage} {step}: {values}", flush=True)
