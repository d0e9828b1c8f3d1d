# SPDX-License-Identifier: GPL-3.0-or-later
"""Train a model: all four stages, from 2D clips or from motion capture filmed by virtual cameras."""

import argparse
import sys
import time
from pathlib import Path

from ..evaluation.baselines import TRAINED
from ..subject_names import SUBJECT_NAMES

HELP = "Train a model of your own from 2D clips, or from motion capture filmed by virtual cameras."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--subject", choices=SUBJECT_NAMES, default="human", help="who is in the clips")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--clips", type=Path, metavar="DIR", help="2D keypoint files, one clip each")
    source.add_argument("--mocap", type=Path, metavar="DIR",
                        help="motion capture (.npz), filmed into 2D; human_box gives its people boxes")  # fmt: skip
    parser.add_argument("--procedural", type=float, metavar="MINUTES",
                        help="with --subject cat: motion made by rules, alone or beside --mocap")  # fmt: skip
    parser.add_argument("--film", choices=["many", "single"],
                        help="a new camera at every draw (people's default) or one a moment, as the paper")  # fmt: skip
    parser.add_argument("--only", metavar="NAMES", help="with --mocap: only clips with such names, as in '60_*,135_*'")
    parser.add_argument("--baseline", choices=[*TRAINED, "fid_features"],
                        help="train a method of the paper's tables instead, or what FID compares")  # fmt: skip
    parser.add_argument("--preset", choices=["tiny", "cpu", "gpu"], default="cpu", help="size of the run")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where the model goes (baselines: a cache)")
    parser.add_argument("--resume", action="store_true", help="go on with the run in --out")
    parser.add_argument("--stages", type=stages, default=(1, 2, 3, 4), metavar="1-4", help="which stages to run")
    parser.add_argument("--stage2", choices=["sampling", "sds"], default="sampling",
                        help="consistent sampling, or the paper's optimisation (ten times the work)")  # fmt: skip
    parser.add_argument("--start", type=Path, metavar="DIR",
                        help="a trained model to go on from; its stage 4 starts stage 2: a further round")  # fmt: skip
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
    from ..training.mocap import TrainingError
    from ..training.run import RunOptions, run_training

    if args.out is None and args.baseline is None:
        raise TrainingError("expected a folder for the model: give --out DIR")
    if args.only is not None and args.mocap is None:
        raise TrainingError("--only chooses among motion capture clips: give --mocap DIR with it")
    data = _training_set(args)
    print(data.description)
    for line in data.skipped:
        print(f"skipped {line}", file=sys.stderr)
    began = time.monotonic()
    if args.baseline:
        out = _train_baseline(args, data)
    else:
        sizes = (args.preset, args.stages, args.seed, args.device)
        options = RunOptions(*sizes, args.resume, args.pose_prior, args.stage2, args.start)
        out = run_training(data, args.out, options, silent, _say)
    print(f"trained in {(time.monotonic() - began) / 60:.1f} minutes: {out}")
    return 0


def _training_set(args: argparse.Namespace):
    from ..progress import silent
    from ..training.data import from_boxes, from_clips, from_mocap, from_quadrupeds
    from ..training.filming import Film
    from ..training.mocap import TrainingError

    film = Film(args.film or ("many" if args.subject == "human" else "single"))
    if args.procedural is not None:
        if args.subject != "cat" or args.clips:
            raise TrainingError("--procedural makes motion of quadrupeds: give --subject cat, and no --clips")
        if not 0.5 <= args.procedural <= 6000:
            raise TrainingError(f"expected 0.5 to 6000 minutes of procedural motion, got {args.procedural:g}")
        return from_quadrupeds(args.mocap, args.procedural, film, args.seed, silent, args.only)
    if args.mocap and args.subject == "human_box":
        return from_boxes(args.mocap, film, args.seed, silent, args.only)
    if args.mocap:
        return from_mocap(args.mocap, film, args.seed, silent, args.only, args.subject)
    if args.clips:
        return from_clips(args.clips, silent, args.subject)
    raise TrainingError("expected something to learn from: give --clips DIR, --mocap DIR, or --procedural MINUTES")


def _train_baseline(args: argparse.Namespace, data) -> Path:
    from ..diffusion.device import choose_device
    from ..evaluation import baselines, motion_features
    from ..evaluation.baselines.weights import folder_of
    from ..progress import silent
    from ..training.mocap import TrainingError

    if args.baseline != motion_features.NAME and args.baseline not in baselines.FOR_SUBJECT[args.subject]:
        raise TrainingError(f"the baseline {args.baseline} lifts people only, not a {args.subject}")
    module = motion_features if args.baseline == motion_features.NAME else baselines.module_of(args.baseline)
    folder = args.out or folder_of(args.baseline, subject=args.subject)
    device = choose_device(args.device)
    return module.train(data, folder, args.preset, args.seed, device, args.resume, silent, _say)


def _say(stage: str, step: int, losses: dict[str, float]) -> None:
    values = ", ".join(f"{name} {value:.4g}" for name, value in losses.items())
    print(f"{time.strftime('%H:%M:%S')} {stage} {step}: {values}", flush=True)
