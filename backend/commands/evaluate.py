# SPDX-License-Identifier: GPL-3.0-or-later
"""Lift held-out motion capture filmed by one virtual camera, and compare with the truth."""

import argparse
import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path

from ..evaluation.baselines import BASELINES
from ..status_line import StatusLine
from ..subject_names import SUBJECT_NAMES

HELP = "Film held-out motion capture, lift it by several methods, and print how far each is from the truth."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--subject", choices=SUBJECT_NAMES, default="human", help="who is lifted")
    parser.add_argument(
        "--dataset", choices=["mocap", "aist", "omomo", "amass", "clips"], default="mocap",
        help="what the folder holds: motion capture clips (.npz), AIST++, OMOMO, AMASS, or 2D clips without truth",
    )  # fmt: skip
    parser.add_argument("--mocap", "--data", type=Path, required=True, metavar="DIR", help="the folder of the data set")
    own = "full, stage4, stage2, stage2_sds, sds3d, sds3d_without_lines, stage1, plane"
    parser.add_argument(
        "--methods", default="full,stage2,stage1,plane", help=f"among {own}, and the baselines {', '.join(BASELINES)}"
    )
    parser.add_argument("--camera", choices=["paper", "wild"], default="paper", help="what films the clips")
    parser.add_argument("--noise", choices=["none", "detector"], default="none", help="what the keypoints suffer")
    parser.add_argument(
        "--height", choices=["given", "unknown"],
        help="is the standing height told to the methods (default: a person's unknown, a cat's withers' given)",
    )  # fmt: skip
    parser.add_argument(
        "--focal", choices=["given", "unknown"], default="given", help="is the focal length told to the methods"
    )
    parser.add_argument(
        "--box-size", choices=["given", "unknown"], default="given", help="is a box's size told to the methods"
    )
    parser.add_argument("--only", metavar="NAMES", help="only clips with such names, as in '05_*,02_07'")
    parser.add_argument("--limit", type=int, metavar="N", help="only N windows, spread evenly over the folder")
    parser.add_argument("--seed", type=int, default=0, help="of the cameras, the noise and the lifting")
    parser.add_argument("--steps", type=int, metavar="N", help="denoising steps (default: the lift's own)")
    parser.add_argument("--samples", type=int, metavar="N", help="samples to average (default: the lift's own)")
    parser.add_argument("--model", type=Path, metavar="DIR", help="trained models other than the bundled ones")
    parser.add_argument("--baselines", type=Path, metavar="DIR", help="trained baselines elsewhere than in the cache")
    parser.add_argument("--fid", action="store_true", help="also FID (needs train --baseline fid_features, once)")
    parser.add_argument("--body", type=Path, metavar="DIR", help="a SMPL model instead of the bundled body")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, ...")
    parser.add_argument("-o", "--output", type=Path, metavar="OUT.json", help="write all figures here")


def run(args: argparse.Namespace) -> int:
    from .. import datasets
    from ..evaluation import EvaluationError, benchmark, benchmark_2d, fid, methods, motion_features, table
    from ..evaluation.fid_2d import seen_features

    names = methods.choose_methods(args.methods)
    if args.height is None:
        args.height = "unknown" if args.subject != "cat" or args.dataset == "clips" else "given"
    if args.dataset == "clips":
        check_needs_no_truth(args)
        chosen = datasets.load_2d(args.dataset, args.mocap, limit=args.limit, only=args.only)
    else:
        chosen = datasets.load_test_windows(
            args.dataset, args.mocap, args.body, args.limit, args.only, subject=args.subject
        )
    if args.output is not None and not args.output.parent.is_dir():
        raise EvaluationError(f"expected an existing folder to write {args.output.name} to, got {args.output.parent}")
    conditions = benchmark.Conditions(args.camera, args.noise, args.height, args.focal, args.seed, args.box_size)
    extractor = motion_features.trained_features(args.baselines, args.subject) if args.fid else None
    motions = {name: [] for name in names}
    lifted = {}  # the windows that every method could lift

    def keep(name, window, motion, clean=None) -> None:
        if extractor:
            motions[name].append(motion)
            lifted[id(window)] = window

    if args.dataset == "clips":
        report = benchmark_2d.run_2d(chosen, lifters_for(names, args), progress_line(), keep)
        print(*(f"left out {line}" for line in report["left_out"]), sep="\n", end="", file=sys.stderr)
    else:
        report = benchmark.run(chosen, lifters_for(names, args), conditions, progress_line(), keep)
    if extractor:
        seen = list(lifted.values())
        clips = args.dataset == "clips"
        truth = seen_features(seen, extractor) if clips else fid.true_features(seen, extractor, conditions)
        fid.add_fid(report, motions, truth, extractor)
    report["settings"] |= {
        "subject": args.subject,
        "dataset": args.dataset,
        "mocap": args.mocap.name,
        "limit": args.limit,
        "only": args.only,
        "steps": args.steps,
        "samples": args.samples,
        "model": args.model and str(args.model),
        "body": args.body and str(args.body),
        **machine(args.device),
    }
    print(table.format_table(report))
    if args.output is not None:
        table.write_report(report, args.output)
        print(f"wrote {args.output}", file=sys.stderr)
    return 0


def check_needs_no_truth(args: argparse.Namespace) -> None:
    """Clips are lifted as they were seen. Raises EvaluationError for what only a film of a known motion can have."""
    from ..evaluation import EvaluationError

    wrong = [
        word
        for word, asked in (
            ("--camera wild", args.camera != "paper"),
            ("--noise detector", args.noise != "none"),
            ("--height given", args.height == "given"),
        )
        if asked
    ]
    if wrong:
        raise EvaluationError(f"expected --dataset clips without {', '.join(wrong)}: 2D clips have no truth in space")


def lifters_for(names: list[str], args: argparse.Namespace) -> dict:
    """The methods, their models loaded before any clock starts."""
    from ..evaluation.methods import lifters
    from ..lifting.models import load_models
    from ..lifting.options import LiftOptions

    chosen = {
        "seed": args.seed,
        "steps": args.steps,
        "samples": args.samples,
        "model": args.model,
        "body": args.body,
        "device": args.device,
    }
    options = LiftOptions(**{name: value for name, value in chosen.items() if value is not None})
    return lifters(names, options, load_models(options, args.subject), args.baselines)


def machine(device: str) -> dict:
    """What the seconds were measured on, and with what version."""
    import torch

    from .. import __version__

    return {
        "device": device,
        "threads": torch.get_num_threads(),
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "torch": torch.__version__,
        "version": __version__,
    }


def progress_line() -> Callable[[int, int, str], None]:
    """(lifts done, in all, what was lifted) as a line on stderr."""
    status = StatusLine(78)

    def show(done: int, total: int, name: str) -> None:
        status.show(f"{done} / {total}  {status.left(done, total)}  {name}", done == total)

    return show
