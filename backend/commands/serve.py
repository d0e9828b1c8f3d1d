# SPDX-License-Identifier: GPL-3.0-or-later
"""Be the add-on's worker: requests on stdin, events on stdout, logs on stderr, until stdin closes."""

import argparse
import os
import sys

from .. import __version__
from ..serving import (
    check_request,
    detect_request,
    fetch_request,
    inspect_request,
    lift_request,
    preview_request,
    train_request,
    warm_up_request,
)
from ..serving.channel import Channel, lines, take_stdout
from ..serving.log import Log
from ..serving.session import Handler, Session
from ..waiting_threads import sleeping_threads

HELP = "Be the worker of the add-on, which starts this itself."

# Each imports what it needs when it is asked: the add-on waits for hello, and most requests need no torch.
HANDLERS: dict[str, Handler] = {
    "lift": lift_request.handle,
    "inspect": inspect_request.handle,
    "check": check_request.handle,
    "detect": detect_request.handle,
    "preview": preview_request.handle,
    "catalogue": fetch_request.tell,
    "fetch": fetch_request.handle,
    "train": train_request.handle,
    "warm_up": warm_up_request.handle,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It has none: everything comes by stdin."""


def run(args: argparse.Namespace, handlers: dict[str, Handler] | None = None) -> int:
    """Serve until stdin closes. handlers: others than the real ones, for tests."""
    sleeping_threads()
    # Apple's GPUs lack some operations, which torch then does on the processor. Both are read when torch is loaded.
    os.environ.setdefault("PYTORCH_ENABLE_MPS_FALLBACK", "1")
    sys.stderr = Log(sys.stderr)
    session = Session(Channel(take_stdout()), handlers or HANDLERS, __version__)
    session.run(lines(0))
    return 0
