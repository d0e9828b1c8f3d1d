# SPDX-License-Identifier: GPL-3.0-or-later
"""The trained models that can be chosen, kept so that drawing a panel reads no files.

The list is read when it is first asked for and when `refresh` is called: after a training, and by the button beside
the list.
"""

from dataclasses import replace

from .. import folders, places
from ..core.body_family import HUMAN
from ..core.models import Model, list_models

_models: list[Model] | None = None


def models(subject: str | None = None) -> list[Model]:
    """The models, or those for a subject, those of the extension first; no two have the same name."""
    global _models
    if _models is None:
        _models = _named_apart(list_models(places.find("assets"), _user_folders()))
    return _models if subject is None else [model for model in _models if model.subject == subject]


def find(name: str, subject: str = HUMAN) -> Model | None:
    """The subject's model of this name, else its first (the bundled one), else None."""
    found = models(subject)
    return next((model for model in found if model.name == name), found[0] if found else None)


def option(name: str, subject: str = HUMAN) -> str | None:
    """The same as the option `model` of a lift; None for the one that the backend takes by itself."""
    model = find(name, subject)
    return None if model is None or (model.bundled and subject == HUMAN) else str(model.folder)


def refresh() -> None:
    """Read the folders again at the next look."""
    global _models
    _models = None


def _user_folders() -> list:
    try:
        return [folders.user_folder(folders.MODELS)]
    except OSError:  # a home that cannot be written to: the bundled model is there all the same
        return []


def _named_apart(found: list[Model]) -> list[Model]:
    """The models, each with a name of its own: the name is what a scene remembers."""
    apart: dict[str, Model] = {}
    for model in found:
        name, count = model.name, 1
        while name in apart:
            count += 1
            name = f"{model.name} {count}"
        apart[name] = replace(model, name=name)
    return list(apart.values())
