# SPDX-License-Identifier: GPL-3.0-or-later
"""Lift the request's clip into its output."""

from dataclasses import fields
from pathlib import Path
from typing import Any

from ..errors import UserError
from ..lifting.options import ALL, LiftOptions, check_options
from .channel import plain
from .report import Report


class LiftRequestError(UserError):
    """A request to lift that lacks something or asks for what there is not."""


def handle(request: dict[str, Any], report: Report) -> dict[str, Any]:
    """Lift `clip` into `output`, a motion file, with `options` as LiftOptions names them; LiftResult's facts.

    With everybody as the person there is a motion file for each, named after `output` (see `lift_people`): the result
    has `people`, each one's facts.
    """
    for name in ("clip", "output"):
        if not isinstance(request.get(name), str):
            raise LiftRequestError(f"a lift needs a path as its {name}, got {request.get(name)!r}")
    report.progress("Loading the backend", 0, 1)
    options = lift_options(request.get("options"))
    # Only now: torch takes seconds, and the add-on waits for hello. Models stay loaded for the next request.
    try:
        from ..lifting.lift_file import lift_file
        from ..lifting.lift_people import lift_people
    except OSError as error:  # what Windows says when torch's libraries lack something
        raise ImportError(str(error)) from error

    lift = lift_people if options.person == ALL else lift_file
    made = lift(Path(request["clip"]), Path(request["output"]), options, report.progress)
    results = made if isinstance(made, list) else [made]
    for text in dict.fromkeys(text for result in results for text in result.warnings):
        report.warning(text)
    return {"people": [plain(result) for result in results]} if made is results else plain(made)


def lift_options(given: Any) -> LiftOptions:
    """The options as LiftOptions, the numbers in range. Raises UserError."""
    if not isinstance(given, dict | None):
        raise LiftRequestError(f"the options of a lift are an object, got {str(given)[:40]!r}")
    given, known = given or {}, {field.name for field in fields(LiftOptions)}
    if unknown := sorted(set(given) - known):
        raise LiftRequestError(f"a lift has no option {unknown[0]!r}; it has {', '.join(sorted(known))}")
    # JSON has no tuples, and the options' lists are some.
    options = LiftOptions(**{name: tuple(value) if isinstance(value, list) else value for name, value in given.items()})
    check_options(options)
    return options
