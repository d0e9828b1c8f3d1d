# SPDX-License-Identifier: GPL-3.0-or-later
"""The add-on's command line: lift a clip into a .blend, import a motion file, render pictures.

Exit codes: 0 done; 1 something broke that the user cannot put right; 2 something the user can, said in one line on
stderr; 130 interrupted.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from .core import CoreError
from .core.body_file import read_body
from .core.motion_file import read_motion
from .jobs import BackendError, JobError

# What the backend is told, if the user said it.
OPTIONS = (
    *("person", "seed", "steps", "samples", "focal", "height", "device", "body", "model", "pose_prior"),
    *("fps", "image_size"),
)


class CommandError(Exception):
    """Words on the command line that do not fit, in one line."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise CommandError(f"{message}; see {self.prog} --help")


def main(words: Sequence[str], prog: str = "python -m blender_addon") -> int:
    """Run one command; its exit code."""
    try:
        args = _parser(prog).parse_args(words)
        return args.run(args)
    except (CommandError, CoreError) as error:
        return _say(str(error), 2)
    except JobError as error:
        return _say(str(error), 1 if isinstance(error, BackendError) else 2, error.details)
    except KeyboardInterrupt:
        return _say("interrupted", 130)
    except MemoryError:
        return _say("out of memory", 1)


def lift(args: argparse.Namespace) -> int:
    """Lift a clip in the backend's process, then make the .blend of its motion."""
    from .lift_job import lift_clip

    clip, output = Path(args.clip), _output(args.output)
    if not clip.exists():
        raise CommandError(f"{clip} does not exist; expected a clip of 2D keypoints, a file or a folder")
    motion_path = Path(args.motion) if args.motion else output.with_suffix(".npz")
    _folder_of(motion_path)
    if motion_path.exists() and (motion_path.samefile(clip) or not _is_motion(motion_path)):
        raise CommandError(f"the motion would be written over {motion_path}, which is none; say where with --motion")
    options = {name: getattr(args, name) for name in OPTIONS if getattr(args, name) is not None}
    for name in ("body", "model", "pose_prior"):
        if name in options:
            options[name] = str(Path(options[name]).resolve())
    _need_bpy()
    warnings = lift_clip(clip.resolve(), motion_path.resolve(), options, args.python)
    return _write_blend(motion_path, None, output, warnings)


def import_motion(args: argparse.Namespace) -> int:
    """Make the .blend of a motion file."""
    return _write_blend(Path(args.motion), args.body, _output(args.output))


def render(args: argparse.Namespace) -> int:
    """Render pictures of a .blend's character and print their paths."""
    _need_bpy()
    from .scene.blend_file import open_blend
    from .scene.render import render_frames

    if not Path(args.blend).is_file():
        raise CommandError(f"{args.blend} does not exist; expected a .blend file")
    open_blend(Path(args.blend).resolve())
    try:
        pictures = render_frames(args.frames, args.views, args.size, Path(args.output).resolve(), args.samples)
    except (OSError, RuntimeError) as error:
        raise CommandError(f"the pictures cannot be rendered to {args.output}: {error}") from None
    for picture in pictures:
        print(picture)
    return 0


def _write_blend(motion_path: Path, body_path: str | None, output: Path, warnings: Sequence[str] = ()) -> int:
    motion = read_motion(motion_path)
    body = read_body(body_path or motion.body_file)
    _need_bpy()
    from .scene.blend_file import make_blend

    character = make_blend(motion, body, output.resolve())
    for warning in dict.fromkeys([*warnings, *motion.warnings, *character.warnings]):
        print(f"lift3d: note: {warning}", file=sys.stderr)
    print(f"{output}: {len(motion)} frames at {motion.fps:.6g} a second")
    return 0


def _need_bpy() -> None:
    try:
        import bpy  # noqa: F401
    except ImportError as error:
        raise CommandError(f"Blender's Python module is needed ({error}): pip install bpy==4.5.15") from None


def _output(word: str) -> Path:
    """The .blend to write, if it can be written at all: found out before any work is done."""
    path = Path(word)
    if path.suffix != ".blend":
        raise CommandError(f"expected an output named something.blend, got {word}")
    _folder_of(path)
    return path


def _folder_of(path: Path) -> None:
    if not path.resolve().parent.is_dir():
        raise CommandError(f"{path} cannot be written: there is no folder {path.resolve().parent}")
    if path.is_dir():
        raise CommandError(f"{path} cannot be written: it is a folder")
    try:
        tempfile.TemporaryFile(dir=path.resolve().parent).close()
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}") from None


def _is_motion(path: Path) -> bool:
    try:
        return read_motion(path).ours
    except CoreError:
        return False


def _say(sentence: str, code: int, details: str = "") -> int:
    print(f"lift3d: {sentence}", file=sys.stderr)
    if details:
        print(details, file=sys.stderr)
    return code


def _parser(prog: str) -> argparse.ArgumentParser:
    parser = _Parser(prog=prog, description="Lift 2D keypoints to an animated character in a .blend file.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    command = commands.add_parser("lift", help="lift a clip of 2D keypoints into a .blend file")
    command.add_argument("clip", help="keypoint file, or folder of one file a frame")
    command.add_argument("-o", "--output", required=True, metavar="OUT.blend", help="the .blend file to write")
    command.add_argument("--motion", metavar="OUT.npz", help="where the motion file goes (beside OUT.blend)")
    command.add_argument("--person", type=int, metavar="N", help="which person, counted from 0 (the one seen most)")
    command.add_argument("--seed", type=int, metavar="N", help="another seed gives another take")
    command.add_argument("--steps", type=int, metavar="N", help="denoising steps")
    command.add_argument("--samples", type=int, metavar="N", help="samples to average")
    command.add_argument("--focal", type=float, metavar="PX", help="the camera's focal length in pixels, if known")
    command.add_argument("--height", type=float, metavar="M", help="the person's standing height in metres, if known")
    command.add_argument("--device", help="cpu, cuda, cuda:1, mps or auto")
    command.add_argument("--body", metavar="PATH", help="SMPL body file or folder to use instead of the bundled body")
    command.add_argument("--model", metavar="FOLDER", help="trained model to use instead of the bundled one")
    command.add_argument("--pose-prior", metavar="FOLDER", help="VPoser folder to use instead of the bundled prior")
    command.add_argument("--fps", type=float, metavar="N", help="frames a second, if the file does not say")
    command.add_argument("--image-size", type=_size, metavar="WxH", help="the picture, if the file does not say")
    command.add_argument("--python", metavar="PROGRAM", help="the Python with torch that the backend runs in")
    command.set_defaults(run=lift)

    command = commands.add_parser("import", help="make a .blend file of a motion file (ours or AMASS)")
    command.add_argument("motion", help="motion file, .npz")
    command.add_argument("-o", "--output", required=True, metavar="OUT.blend", help="the .blend file to write")
    command.add_argument("--body", metavar="BODY.npz", help="body file to use instead of the motion's own")
    command.set_defaults(run=import_motion)

    command = commands.add_parser("render", help="render pictures of a .blend file's character")
    command.add_argument("blend", help=".blend file")
    command.add_argument("-o", "--output", required=True, metavar="FOLDER", help="folder for VIEW_FRAME.png")
    command.add_argument("--frames", type=_frames, default=[], metavar="N,N", help="scene frames (five, spread)")
    command.add_argument("--views", type=_views, default=["front", "side"], metavar="V,V",
                         help="of front, side, back, other, camera (front,side)")  # fmt: skip
    command.add_argument("--size", type=_size, default=(320, 240), metavar="WxH", help="pixels (320x240)")
    command.add_argument("--samples", type=int, default=12, metavar="N", help="rays a pixel (12)")
    command.set_defaults(run=render)
    return parser


def _frames(word: str) -> list[int]:
    try:
        return [int(part) for part in word.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected whole numbers with commas, got {word!r}") from None


def _views(word: str) -> list[str]:
    return [part.strip() for part in word.split(",")]


def _size(word: str) -> tuple[int, int]:
    try:
        width, height = (int(part) for part in word.lower().split("x"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected WIDTHxHEIGHT, got {word!r}") from None
    if not (4 <= width <= 65_536 and 4 <= height <= 65_536):
        raise argparse.ArgumentTypeError(f"expected 4 to 65536 pixels, got {word!r}")
    return width, height
