# SPDX-License-Identifier: GPL-3.0-or-later
"""Load torch and the models while the user still looks at the settings, so that the first lift begins at once.

It is a job like others, done in the same thread: what it has loaded is what a lift would have to load, so a lift that
waits for it loses nothing, and it gives way between two of its steps to whatever waits.
"""

import importlib
from typing import Any

from .lift_request import lift_options
from .report import Report

# The longest imports of a lift, each of a second or two at most, so that it gives way and is cancelled that soon.
_STEPS = ("torch", "torch._dynamo", "scipy.interpolate", "smplx", "..lifting.lift_file")


def handle(request: dict[str, Any], report: Report) -> dict[str, Any]:
    """Load what a lift with the request's `options` needs. loaded: false if another request came before the end."""
    options = lift_options(request.get("options"))
    for number, name in enumerate(_STEPS):
        if report.others_wait():
            return {"loaded": False}
        report.progress("Loading the backend", number, len(_STEPS) + 1)
        importlib.import_module(name, __package__)
    from ..lifting.models import load_models

    report.progress("Loading the backend", len(_STEPS), len(_STEPS) + 1)
    load_models(options).load()
    return {"loaded": True}
