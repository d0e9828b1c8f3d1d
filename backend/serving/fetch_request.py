# SPDX-License-Identifier: GPL-3.0-or-later
"""Tell which models can be fetched, and fetch one after the user's click."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..errors import UserError
from .report import Report


class FetchRequestError(UserError):
    """A request to fetch that lacks something."""


def tell(request: dict[str, Any], report: Report) -> dict[str, Any]:
    """What a catalogue holds; nothing is fetched. Request: folder, where models go; catalogue, a file ("": built in).

    models: entries as model_catalogue has them, with megabytes and path, where there is one already, or "". elsewhere:
    purpose and about of models that users fetch themselves. folder.
    """
    catalogue, folder = _read(request)
    models = []
    for entry in catalogue.entries:
        path = folder / entry.file
        there = str(path) if path.is_file() and path.stat().st_size == entry.size else ""
        models.append({**asdict(entry), "megabytes": entry.megabytes, "path": there})
    elsewhere = [{"purpose": purpose, "about": about} for purpose, about in catalogue.elsewhere]
    return {"models": models, "elsewhere": elsewhere, "folder": str(folder)}


def handle(request: dict[str, Any], report: Report) -> dict[str, Any]:
    """Fetch the model `name` into `folder`. online: whether the user lets Blender use the internet; else nothing is.
    Result: path, name, purpose. Raises UserError, Cancelled."""
    catalogue, folder = _read(request)
    if not isinstance(request.get("name"), str):
        raise FetchRequestError(f"a model is fetched by its name, got {request.get('name')!r}")
    entry = catalogue.find(request["name"])
    if request.get("online") is not True:
        raise FetchRequestError("Blender may not use the internet: turn on Preferences > System > Allow Online Access")
    from ..video.fetch_model import fetch_model

    path = fetch_model(entry, folder, report.progress)
    return {"path": str(path), "name": entry.name, "purpose": entry.purpose}


def _read(request: dict[str, Any]):
    from ..video.model_catalogue import read_catalogue

    if not isinstance(request.get("folder"), str) or not request["folder"]:
        raise FetchRequestError(f"expected the folder for models, got {request.get('folder')!r}")
    return read_catalogue(Path(request["catalogue"]) if request.get("catalogue") else None), Path(request["folder"])
