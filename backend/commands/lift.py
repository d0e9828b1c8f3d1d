# SPDX-License-Identifier: GPL-3.0-or-later
"""Lift a 2D keypoint clip, or a video, to a motion file."""

import argparse
import re
import sys
from pathlib import Path

from ..status_line import show_stage
from ..subject_names import SUBJECT_NAMES
from ..waiting_threads import sleeping_threads

HELP = "Lift a 2D keypoint clip, or a video, to world-space 3D motion (.npz)."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("clip", type=Path, help="keypoint file, OpenPose folder or video")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT.npz",
                        help="with --person all: OUT_0.npz, OUT_1.npz ..., or a folder")  # fmt: skip
    parser.add_argument("--subject", choices=SUBJECT_NAMES, help="who is lifted (default: whom the clip shows)")
    parser.add_argument("--person", type=whom, metavar="N", help="which of several people (default: the one seen "
                        "most), or all: everybody in one world, before one camera")  # fmt: skip
    parser.add_argument("--people", type=int, default=4, metavar="N",
                        help="with --person all: how many to look for in a video (default: 4)")  # fmt: skip
    parser.add_argument("--seed", type=int, default=0, help="another seed gives another take")
    parser.add_argument("--steps", type=int, metavar="N", help="denoising steps")
    parser.add_argument("--samples", type=int, metavar="N", help="samples to average")
    parser.add_argument("--focal", type=float, metavar="PX", help="focal length in pixels, if known")
    parser.add_argument("--camera", type=Path, metavar="FILE.json", help="a camera solved or matched before")
    parser.add_argument("--height", type=heights, metavar="M", help="standing height in metres, an animal's at the "
                        "withers, if known; with --person all also one for each: 1.8,1.65")  # fmt: skip
    parser.add_argument("--box-size", type=float, nargs=3, metavar=("X", "Y", "Z"),
                        help="the box's edges in metres, if known: from corner 1 to 2, to 4 and to 5")  # fmt: skip
    parser.add_argument("--frames", type=frame_range, metavar="A-B", help="the part to lift, as in 100-250")
    parser.add_argument("--shape", type=Path, metavar="MOTION.npz", help="keep the body of an earlier motion")
    parser.add_argument("--fps", type=float, help="frame rate, for files that do not say")
    parser.add_argument("--image-size", type=int, nargs=2, metavar=("W", "H"), help="for files that do not say")
    parser.add_argument("--map", type=Path, metavar="FILE.json", help="which of the clip's points are which, by name")
    parser.add_argument("--model", type=Path, metavar="DIR", help="a trained model other than the bundled one")
    parser.add_argument("--body", type=Path, metavar="PATH", help="a SMPL model instead of the bundled body")
    parser.add_argument("--pose-prior", type=Path, metavar="PATH", help="an official VPoser instead of the bundled one")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, mps")
    add_detector(parser)


def add_detector(parser: argparse.ArgumentParser) -> None:
    """What finds the keypoints of a video."""
    parser.add_argument(
        "--detector", metavar="NAME", default="mediapipe",
        help="of a video: mediapipe (bundled, the default), or a pose model of yours: FILE.onnx",
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


def frame_range(words: str) -> tuple[int, int]:
    """First and last frame of "100-250"."""
    found = re.fullmatch(r"(\d+)\s*-\s*(\d+)", words.strip())
    if not found:
        raise argparse.ArgumentTypeError(f"expected the first and the last frame, as in 100-250, got {words!r}")
    return int(found[1]), int(found[2])


def whom(words: str) -> int | str:
    """The number of a person, or "all"."""
    if words == "all":
        return words
    if not words.isdecimal():
        raise argparse.ArgumentTypeError(f"expected the number of a person, or all, got {words!r}")
    return int(words)


def heights(words: str) -> float | tuple[float, ...]:
    """One height, or several between commas."""
    try:
        found = tuple(float(word) for word in words.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected metres, as in 1.8 or 1.8,1.65, got {words!r}") from None
    return found if len(found) > 1 else found[0]


def run(args: argparse.Namespace) -> int:
    sleeping_threads()
    from ..lifting.lift_file import lift_file
    from ..lifting.lift_people import lift_people
    from ..lifting.motion_file import read_shape
    from ..lifting.options import ALL, LiftOptions

    first, last = args.frames or (None, None)
    options = LiftOptions(
        subject=args.subject, person=args.person, people=args.people, seed=args.seed, steps=args.steps,
        samples=args.samples, focal=args.focal, height=args.height, device=args.device, model=args.model,
        body=args.body, pose_prior=args.pose_prior, fps=args.fps, first_frame=first, last_frame=last,
        image_size=tuple(args.image_size) if args.image_size else None,
        betas=read_shape(args.shape, args.body) if args.shape else None,
        keypoint_map=args.map, camera=args.camera, box_size=tuple(args.box_size) if args.box_size else None,
        detector=args.detector, boxes=args.boxes, box=args.box,
    )  # fmt: skip
    lift = lift_people if args.person == ALL else lift_file
    made = lift(args.clip, args.output, options, show_stage)
    results = made if isinstance(made, list) else [made]
    for warning in dict.fromkeys(text for result in results for text in result.warnings):
        print(f"note: {warning}", file=sys.stderr)
    for result in results:
        print(
            f"{result.path}: {result.frames} frames at {result.fps:g} fps in {result.seconds:.1f} s, "
            f"{result.reprojection_px:.1f} px from the keypoints on average"
        )
    return 0
