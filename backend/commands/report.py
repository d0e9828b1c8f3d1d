# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure all methods and write the benchmark's page with tables and plots."""

import argparse
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

from ..status_line import StatusLine
from ..subject_names import SUBJECT_NAMES

HELP = "Measure all methods into JSON files, and write the benchmark's page with its tables and plots from them."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what", nargs="?", choices=["run", "write", "cost", "experiment"],
        help="run: measure; write: the page from what is measured; without: both; cost: measure steps and samples; "
        "experiment: the page of one set of methods on several test sets",
    )  # fmt: skip
    parser.add_argument("--subject", choices=SUBJECT_NAMES, default="human", help="whose benchmark; each has a page")
    parser.add_argument("--results", type=Path, metavar="DIR",
                        help="of the JSON files (default: out/report/SUBJECT), such as a page's own")  # fmt: skip
    parser.add_argument("--mocap", type=Path, metavar="DIR", help="held-out motion capture clips (.npz)")
    parser.add_argument("--methods", metavar="NAMES", help="as evaluate takes them (default: all; cost: full)")
    parser.add_argument("--model", action="append", default=[], metavar="NAME=DIR",
                        help="a trained model instead of the bundled one; again for several")  # fmt: skip
    parser.add_argument("--camera", default="paper,wild", help="paper and wild, one a condition")
    parser.add_argument("--noise", default="none,detector", help="none and detector, one for each --camera")
    parser.add_argument("--only", metavar="NAMES", help="only clips with such names, as in '05_*,02_07'")
    parser.add_argument("--limit", type=int, metavar="N", help="only N windows, spread evenly over the folder")
    parser.add_argument("--seed", type=int, default=0, help="of the cameras, the noise and the lifting")
    parser.add_argument("--again", action="store_true", help="measure anew what is measured already")
    parser.add_argument("--baselines", metavar="[NAME=]DIR", help="trained baselines elsewhere than in the cache")
    parser.add_argument("--body", type=Path, metavar="DIR", help="a SMPL model instead of the bundled body")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, ...")
    parser.add_argument("--test", action="append", default=[], metavar="NAME=FILE.json",
                        help="with experiment: results on a test set where models called NAME are at home")  # fmt: skip
    parser.add_argument("-o", "--output", type=Path, metavar="PAGE.md", help="(default: in docs)")


def run(args: argparse.Namespace) -> int:
    from ..evaluation.report.experiment_page import write_experiment
    from ..evaluation.report.pages import write_page

    human = args.subject == "human"
    args.results = args.results or Path("out/report") / ("" if human else args.subject)
    if args.what == "experiment":
        written = write_experiment(named_files(args.test), args.output or Path("docs/benchmark_out_of_domain.md"))
    else:
        if args.what != "write":
            measure(args)
        page = args.output or Path("docs") / ("benchmark.md" if human else f"benchmark_{args.subject}.md")
        written = write_page(args.results, page) if args.what in (None, "write") else []
    for path in written:
        print(f"wrote {path}", file=sys.stderr)
    return 0


def measure(args: argparse.Namespace) -> None:
    """Measure what is asked for and missing. Raises UserError."""
    from ..evaluation import EvaluationError, methods, windows
    from ..evaluation.baselines import BASELINES, FOR_SUBJECT
    from ..evaluation.report import collect, entries, results
    from ..evaluation.report.machine import describe_session
    from ..lifting.options import LiftOptions

    if args.mocap is None:
        raise EvaluationError("expected motion capture to measure on: give --mocap DIR (report write needs none)")
    wished = conditions_for(args)
    models = entries.parse_models(args.model)
    called, baselines = entries.parse_baselines(args.baselines)
    options = LiftOptions(seed=args.seed, body=args.body, device=args.device)
    usual = [name for name in methods.ALL_METHODS if name not in BASELINES or name in FOR_SUBJECT[args.subject]]
    names = methods.choose_methods(args.methods or ("full" if args.what == "cost" else ",".join(usual)))
    chosen = windows.load_windows(args.mocap, args.limit, args.only)
    about = collect.read_descriptions(args.mocap, chosen)
    session = describe_session(command_line(), args.mocap, args.device)
    if args.what == "cost":
        if len(names) != 1 or names[0] not in methods.METHODS:
            raise EvaluationError(f"expected one method among {', '.join(methods.METHODS)}, got {args.methods!r}")
        wished, made = [(results.COST, wished[0][1])], entries.cost_entries(names[0], models, options, args.subject)
        extractor = None
    else:
        made = entries.entries_for(names, models, options, baselines, args.subject, called)
        extractor = features(baselines, args.subject)
    for name, conditions in wished:
        path = args.results / f"{name}.json"
        collect.measure(path, chosen, made, conditions, about, session, progress_line(), extractor, args.again)


def conditions_for(args: argparse.Namespace) -> list:
    """[(file name, Conditions)] from the lists --camera and --noise, taken in pairs. Raises EvaluationError."""
    from dataclasses import asdict

    from ..evaluation import EvaluationError
    from ..evaluation.benchmark import Conditions
    from ..evaluation.filming import CAMERAS
    from ..evaluation.report import results

    cameras, noises = (words.split(",") for words in (args.camera, args.noise))
    if len(noises) == 1:
        noises *= len(cameras)
    if len(cameras) == 1:
        cameras *= len(noises)
    wrong = [camera for camera in cameras if camera not in CAMERAS]
    wrong += [noise for noise in noises if noise not in ("none", "detector")]
    if wrong or len(cameras) != len(noises):
        got = f"{args.camera!r} and {args.noise!r}"
        raise EvaluationError(f"expected as many of paper, wild as --camera as of none, detector as --noise, got {got}")
    pairs = dict.fromkeys(zip(cameras, noises, strict=True))
    height = "given" if args.subject == "cat" else "unknown"
    every = [Conditions(camera=camera, noise=noise, height=height, seed=args.seed) for camera, noise in pairs]
    return [(results.name_of(asdict(conditions)), conditions) for conditions in every]


def features(baselines: Path | None, subject: str):
    """The extractor of FID's features, or None and a line on stderr where it is not trained."""
    from ..evaluation import EvaluationError, motion_features

    try:
        return motion_features.trained_features(baselines, subject)
    except EvaluationError as error:
        print(f"without FID: {error}", file=sys.stderr)
        return None


def named_files(words: list[str]) -> dict[str, Path]:
    """{name: file} from NAME=FILE.json. Raises EvaluationError."""
    from ..evaluation import EvaluationError

    named = {}
    for word in words:
        name, _, file = word.partition("=")
        if not name.strip() or not Path(file).is_file() or name in named:
            raise EvaluationError(f"expected --test NAME=FILE.json, each name once, got {word!r}")
        named[name] = Path(file)
    return named


def command_line() -> str:
    """What was typed, for the page."""
    return shlex.join(["python", "-m", "backend", *sys.argv[1:]])


def progress_line() -> Callable[[str, int, int], None]:
    """(condition, windows done, in all) as a line on stderr."""
    status = StatusLine(60)

    def show(condition: str, done: int, total: int) -> None:
        status.show(f"{condition}: window {done} / {total}  {status.left(done, total)}", done == total)

    return show
