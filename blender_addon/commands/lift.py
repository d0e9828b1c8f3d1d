# SPDX-License-Identifier: GPL-3.0-or-later
"""lift: clips of 2D keypoints into .blend and other files, the lifting done by the backend's process."""

import argparse
import re
from pathlib import Path

from ..core import CoreError
from ..core.detector_options import find_model
from ..core.file_kind import is_video
from ..core.lift_options import ALL_PEOPLE
from ..core.motion_file import read_motion
from .arguments import (
    CommandError,
    add_batch_arguments,
    blend_output,
    box,
    check_writable,
    edge,
    frame_range,
    need_bpy,
    single_source,
    size,
    worker_count,
)
from .backend_python import backend_python, detectors_folder, preferred_device
from .subject import add_subject, told_subject
from .write_blend import write_blend
from .write_outputs import FORMATS

NAME, HELP = "lift", "lift clips of 2D keypoints into .blend and other files"

# What the backend is told, if the user said it.
OPTIONS = (
    "box_size",
    *("person", "people", "seed", "steps", "samples", "focal", "height", "device", "body", "model", "pose_prior"),
    *("fps", "image_size", "keypoint_map", "detector", "boxes", "box", "camera"),
)
PATHS = ("body", "model", "pose_prior", "keypoint_map", "camera")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("clips", nargs="+", metavar="CLIP",
                        help="keypoint file, folder of such or of one's frames, or a pattern in quotes")  # fmt: skip
    add_batch_arguments(parser, FORMATS, "blend,npz")
    parser.add_argument("--jobs", type=worker_count, metavar="N", help="with --out: workers at once (1)")
    parser.add_argument("--motion", metavar="OUT.npz", help="with -o: where the motion file goes (beside OUT.blend)")
    parser.add_argument("--footage", metavar="FILE", help="with -o: the film behind the camera (a video is its own)")
    add_subject(parser, None, "as each clip's points say")
    parser.add_argument("--person", type=whom, metavar="N", help="which person, counted from 0 (the one seen most), or "
                        "with -o all: everybody in one world, before one camera")  # fmt: skip
    parser.add_argument("--people", type=int, metavar="N",
                        help="with --person all: how many to look for in a video (4)")  # fmt: skip
    parser.add_argument("--seed", type=int, metavar="N", help="another seed gives another take")
    parser.add_argument("--steps", type=int, metavar="N", help="denoising steps")
    parser.add_argument("--samples", type=int, metavar="N", help="samples to average")
    parser.add_argument("--focal", type=float, metavar="PX", help="the camera's focal length in pixels, if known")
    parser.add_argument("--camera", metavar="FILE.json", help="a camera solved or matched before (lift3d-camera)")
    parser.add_argument("--height", type=float, metavar="M", help="standing height in metres, a cat's to the withers")
    parser.add_argument("--box-size", type=edge, nargs=3, metavar=("X", "Y", "Z"),
                        help="the handled box: its edges from corner 1 to 2, 4 and 5, metres (estimated)")  # fmt: skip
    parser.add_argument("--device", help="cpu, cuda, cuda:1, mps or auto")
    parser.add_argument(
        "--body", metavar="PATH", help="SMPL or SMAL body file or folder to use instead of the bundled body"
    )
    parser.add_argument("--model", metavar="FOLDER", help="trained model to use instead of the bundled one")
    parser.add_argument("--pose-prior", metavar="FOLDER", help="VPoser folder to use instead of the bundled prior")
    parser.add_argument("--frames", type=frame_range, metavar="A-B", help="the part to lift, as the clip counts frames")
    parser.add_argument("--shape", metavar="MOTION.npz", help="keep the body of an earlier motion")
    parser.add_argument("--fps", type=float, metavar="N", help="frames a second, if the file does not say")
    parser.add_argument("--map", dest="keypoint_map", metavar="FILE.json",
                        help="which of the clips' points are which, by name, if theirs are unknown")  # fmt: skip
    parser.add_argument("--detector", metavar="FILE.onnx",
                        help="for videos: your own pose model; with --subject cat one of animals")  # fmt: skip
    parser.add_argument("--boxes", metavar="FILE.onnx", help="an object detector to go before --detector")
    parser.add_argument("--box", type=box, metavar="X,Y,W,H", help="or where the subject is in the first frame")
    parser.add_argument("--image-size", type=size, metavar="WxH", help="the picture, if the file does not say")
    parser.add_argument("--python", metavar="PROGRAM", help="the Python with torch that the backend runs in")


def run(args: argparse.Namespace) -> int:
    """Lift one clip into a .blend, or many into a folder."""
    if args.out is None:
        return _lift_one(args)
    if args.motion:
        raise CommandError("--motion goes with -o; with --out the motion files are --format npz")
    if args.camera:
        raise CommandError("--camera goes with -o: one camera is not that of many clips")
    if args.footage:
        raise CommandError("--footage goes with -o: one film is not that of many clips")
    if args.person == ALL_PEOPLE:
        raise CommandError("--person all goes with -o: with --out one person of each clip is lifted")
    from .lift_many import lift_many

    return lift_many(args, options(args))


def options(args: argparse.Namespace) -> dict:
    """What the backend is told of a lift's arguments: LiftOptions' fields that the user gave, paths made absolute."""
    given = {name: getattr(args, name) for name in OPTIONS if getattr(args, name) is not None}
    for name in PATHS:
        if name in given:
            given[name] = str(Path(given[name]).resolve())
    for name in ("detector", "boxes"):
        if name in given:
            given[name] = find_model(given[name], detectors_folder())
    if args.device is None and (device := preferred_device()):
        given["device"] = device
    if args.frames:
        given["first_frame"], given["last_frame"] = args.frames
    if args.shape:
        given["betas"] = _shape(Path(args.shape))
    return given


def _lift_one(args: argparse.Namespace) -> int:
    """Lift a clip in the backend's process, then make the .blend of its motion."""
    from .ask_worker import lift_clip

    clip = Path(single_source(args, args.clips, ("format", "force", "json", "jobs")))
    output = blend_output(args.output)
    if not clip.exists():
        raise CommandError(f"{clip} does not exist; expected a clip of 2D keypoints, a file or a folder, or a video")
    motion_path = Path(args.motion) if args.motion else output.with_suffix(".npz")
    args.footage = args.footage or (str(clip) if is_video(clip) else None)  # a video is its own film
    check_writable(motion_path)
    for path in _written(motion_path, args.person == ALL_PEOPLE):
        if path.samefile(clip) or not _is_motion(path):
            raise CommandError(f"the motion would be written over {path}, which is none; say where with --motion")
    need_bpy()
    wanted, asked = told_subject(args), options(args)
    job = lift_clip(clip.resolve(), motion_path.resolve(), asked, wanted, backend_python(args.python))
    paths = [Path(person["path"]) for person in job.result.get("people", [])] or [motion_path]
    return write_blend(paths, None, output, job.warnings, args.footage)


def _written(motion: Path, everybody: bool) -> list[Path]:
    """The files that are there and that a lift may write over: of everybody each has a number."""
    if not everybody:
        return [motion] if motion.exists() else []
    return [path for path in motion.parent.glob("*.npz") if re.fullmatch(re.escape(motion.stem) + r"_\d+", path.stem)]


def whom(word: str) -> int | str:
    """The number of a person, or all."""
    if word != ALL_PEOPLE and not word.isdecimal():
        raise argparse.ArgumentTypeError(f"expected the number of a person, or {ALL_PEOPLE}, got {word!r}")
    return word if word == ALL_PEOPLE else int(word)


def _shape(path: Path) -> list[float]:
    motion = read_motion(path)
    if not motion.ours:
        raise CommandError(f"{path} is another program's motion; expected one of ours, whose body can be kept")
    return [float(value) for value in motion.betas]


def _is_motion(path: Path) -> bool:
    try:
        return read_motion(path).ours
    except CoreError:
        return False
