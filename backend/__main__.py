# SPDX-License-Identifier: GPL-3.0-or-later
"""The backend's command line: python -m backend COMMAND ...

Exit codes: 0 done; 1 something unforeseen, whose traceback is in a log file; 2 something the user can put right,
said in one line on stderr; 130 interrupted; 141 the reader of our output went away.
"""

import argparse
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from typing import NoReturn

from . import commands
from .errors import Cancelled, UserError
from .memory import out_of_memory


class CommandLineError(UserError):
    """Words on the command line that do not fit."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise CommandLineError(f"{message}; see {self.prog} --help")


def parser_for(name: str) -> argparse.ArgumentParser:
    """The argument parser of one command, with `run` among its defaults."""
    module = commands.load(name)
    parser = _Parser(prog=f"python -m backend {name}", description=module.HELP)
    module.add_arguments(parser)
    parser.set_defaults(run=module.run)
    return parser


def overview() -> str:
    """What --help prints: the commands, a line each."""
    names = commands.names()
    width = max(map(len, names))
    lines = [f"  {name:{width}}  {commands.help_line(name)}" for name in names]
    return "\n".join(["usage: python -m backend COMMAND ...", "", *lines, "", "COMMAND --help says more."])


def dispatch(words: Sequence[str]) -> int:
    """Run the command that the words ask for; its exit code."""
    if not words or words[0] in ("-h", "--help"):
        print(overview())
        return 0 if words else 2
    if words[0] not in commands.names():
        raise CommandLineError(f"there is no command {words[0]!r}; there are {', '.join(commands.names())}")
    args = parser_for(words[0]).parse_args(words[1:])
    return args.run(args)


def report(error: BaseException) -> tuple[str, int]:
    """The one line that stderr gets for an error, and the exit code."""
    if isinstance(error, UserError):
        return str(error), 2
    if isinstance(error, KeyboardInterrupt | Cancelled):
        return "interrupted", 130
    if out_of_memory(error):
        return "out of memory; a smaller --samples, or --device cpu, needs less", 2
    handle, path = tempfile.mkstemp(prefix="lift3d-", suffix=".log")
    with os.fdopen(handle, "w", encoding="utf-8") as log:
        log.write("".join(traceback.format_exception(error)))
    summary = " ".join(f"{type(error).__name__}: {error}".split())
    return f"something unforeseen went wrong ({summary[:200]}); the log is {path}", 1


def main(words: Sequence[str] | None = None) -> int:
    """The command line's entry point; the exit code."""
    try:
        code = dispatch(sys.argv[1:] if words is None else words)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # Python flushes stdout once more at exit: give it somewhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except (Exception, KeyboardInterrupt) as error:
        line, code = report(error)
        print(f"lift3d: {line}", file=sys.stderr)
        return code


if __name__ == "__main__":
    sys.exit(main())
