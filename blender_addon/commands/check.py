# SPDX-License-Identifier: GPL-3.0-or-later
"""check: what the backend has, in sentences, or why there is none."""

import argparse
import json

from ..jobs import BackendError, JobError
from .ask_worker import ask_worker
from .backend_python import backend_python

NAME, HELP = "check", "say which Python, torch, device and models the backend has"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--python", metavar="PROGRAM", help="the Python with torch that the backend runs in")
    parser.add_argument("--json", action="store_true", help="print the facts as one line of JSON")


def run(args: argparse.Namespace) -> int:
    """Print what the worker says of itself. Raises BackendError, exit code 1, when there is no backend that works."""
    try:
        facts = ask_worker(backend_python(args.python), "check").result
    except JobError as error:
        raise BackendError(str(error), error.details) from None
    print(json.dumps(facts) if args.json else "\n".join(facts.get("sentences", ())))
    return 0
