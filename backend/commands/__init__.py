# SPDX-License-Identifier: GPL-3.0-or-later
"""The backend's commands, one module each.

A command module has `HELP` (one line), `add_arguments(parser)` and `run(args) -> int`, the exit code. Only the
module of the command asked for is imported, since most of them need torch and that takes seconds.
"""

import ast
import importlib
import importlib.util
import pkgutil
from types import ModuleType


def names() -> list[str]:
    """Names of all commands, in alphabetical order."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def load(name: str) -> ModuleType:
    """Import one command's module."""
    return importlib.import_module(f".{name}", __name__)


def help_line(name: str) -> str:
    """A command's HELP, read from its source: listing the commands must not import torch."""
    loader = importlib.util.find_spec(f"{__name__}.{name}").loader
    for node in ast.parse(loader.get_source(f"{__name__}.{name}")).body:
        if isinstance(node, ast.Assign) and [getattr(target, "id", "") for target in node.targets] == ["HELP"]:
            return ast.literal_eval(node.value)
    return ""
