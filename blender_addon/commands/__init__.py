# SPDX-License-Identifier: GPL-3.0-or-later
"""The add-on's command line, one command a file: `python -m blender_addon ...` and `blender --command lift3d ...`.

A command module has NAME, HELP, add_arguments(parser) and run(args), which returns the exit code.
Exit codes: 0 done; 1 something broke that the user cannot put right, or a clip of several failed; 2 something the
user can, said in one line on stderr; 130 interrupted; 141 the reader of our output went away.
"""

import os
import sys
from collections.abc import Sequence

from ..batch.results import ResultsError
from ..core import CoreError
from ..jobs import BackendError, JobError
from . import check, import_motion, lift, render, retarget, train
from .arguments import CommandError, Parser

COMMANDS = (lift, import_motion, retarget, render, train, check)


def main(words: Sequence[str], prog: str = "python -m blender_addon") -> int:
    """Run one command; its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a file's name may be no text at all
    try:
        args = _parser(prog).parse_args(words)
        code = args.run(args)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # Python flushes stdout once more at its end: give it somewhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except (CommandError, CoreError) as error:
        return _say(str(error), 2)
    except ResultsError as error:
        return _say(str(error), 1)
    except JobError as error:
        return _say(str(error), 1 if isinstance(error, BackendError) else 2, error.details)
    except KeyboardInterrupt:
        return _say("interrupted", 130)
    except MemoryError:
        return _say("out of memory", 1)


def _parser(prog: str) -> Parser:
    parser = Parser(prog=prog, description="Lift 2D keypoints to animated characters in Blender.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for module in COMMANDS:
        command = commands.add_parser(module.NAME, help=module.HELP, description=module.HELP)
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    return parser


def _say(sentence: str, code: int, details: str = "") -> int:
    print(f"lift3d: {sentence}", file=sys.stderr)
    if details:
        print(details, file=sys.stderr)
    return code
