# SPDX-License-Identifier: GPL-3.0-or-later
"""Be the add-on's worker: requests on stdin, events on stdout, logs on stderr, until stdin closes."""

import argparse
from dataclasses import fields
from pathlib import Path
from typing import Any

from .. import __version__
from ..errors import UserError
from ..serving.channel import Channel, lines, plain, take_stdout
from ..serving.report import Report
from ..serving.session import Handler, Session
from . import check

HELP = "Be the worker of the add-on, which starts this itself."


class RequestError(UserError):
    """A request that lacks something or asks for what there is not."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It has none: everything comes by stdin."""


def run(args: argparse.Namespace, handlers: dict[str, Handler] | None = None) -> int:
    """Serve until stdin closes. handlers: others than the real ones, for tests."""
    session = Session(Channel(take_stdout()), handlers or {"lift": lift, "check": describe}, __version__)
    session.run(lines(0))
    return 0


def describe(request: dict[str, Any], report: Report) -> dict[str, Any]:
    """What this backend has: Python, torch, devices and their memory, models and their licences."""
    report.progress("Looking at the backend", 0, 1)
    return check.describe()


def lift(request: dict[str, Any], report: Report) -> dict[str, Any]:
    """Lift the request's clip into its output, a motion file; the result's facts."""
    for name in ("clip", "output"):
        if not isinstance(request.get(name), str):
            raise RequestError(f"a lift needs a path as its {name}, got {request.get(name)!r}")
    report.progress("Loading the backend", 0, 1)
    # Only now: torch takes seconds, and the add-on waits for hello. Models stay loaded for the next request.
    from ..lifting.lift import LiftOptions, lift_file

    options, known = request.get("options") or {}, {field.name for field in fields(LiftOptions)}
    if unknown := sorted(set(options) - known):
        raise RequestError(f"a lift has no option {unknown[0]!r}; it has {', '.join(sorted(known))}")
    # JSON has no tuples, and the options' picture size is one.
    options = {name: tuple(value) if isinstance(value, list) else value for name, value in options.items()}
    result = lift_file(Path(request["clip"]), Path(request["output"]), LiftOptions(**options), report.progress)
    for text in result.warnings:
        report.warning(text)
    return plain(result)
