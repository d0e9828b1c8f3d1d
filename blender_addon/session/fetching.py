# SPDX-License-Identifier: GPL-3.0-or-later
"""Models that find keypoints: what the catalogue has of them, and the one that the user has clicked to be fetched."""

from dataclasses import dataclass, field
from typing import Any

import bpy

from .. import preferences, session
from ..core.detector_options import ANIMAL, PERSON
from ..jobs import JobError
from ..jobs import problem as problems
from ..jobs.job import CANCELLED, DONE, Job
from . import pulse, workers

_OBJECTS = "objects"
_DETECTORS = {"person": PERSON, "animal": ANIMAL}


@dataclass
class Offer:
    """What a catalogue has, as the backend tells it: models and elsewhere, rows of plain values; folder."""

    models: list[dict[str, Any]] = field(default_factory=list)
    elsewhere: list[dict[str, Any]] = field(default_factory=list)
    folder: str = ""


offer: Offer | None = None
fetch: Job | None = None  # under way, or the last one
name = ""  # of the model that it fetches
_scene = 0  # session uid of the scene whose detector it is for
_cancelling = False


def running() -> bool:
    return fetch is not None and not fetch.ended


def cancelling() -> bool:
    return running() and _cancelling


def model(wanted: str) -> dict[str, Any] | None:
    """The offered model of a name."""
    return next((each for each in offer.models if each.get("name") == wanted), None) if offer else None


def look() -> None:
    """Ask the backend what there is to be fetched; nothing is fetched. Raises JobError."""
    workers.supervisor().request("catalogue", _told, **_where())


def begin(scene: bpy.types.Scene, wanted: str) -> None:
    """Fetch a model, which the scene's detector then uses. Raises JobError."""
    global fetch, name, _scene, _cancelling
    if running():
        raise JobError("a model is being fetched: wait for it or cancel it")
    session.dismiss()
    online = bool(bpy.app.online_access)
    fetch = workers.supervisor().request("fetch", _ended, name=wanted, online=online, **_where())
    name, _scene, _cancelling = wanted, scene.session_uid, False
    pulse.tag_redraw()


def cancel() -> None:
    """Begin to cancel it; once is enough."""
    global _cancelling
    if running() and not _cancelling:
        _cancelling = True
        workers.supervisor().cancel(fetch)
        pulse.tag_redraw()


def use(scene: bpy.types.Scene, path: str, purpose: str) -> None:
    """Let the scene's detector use a model's file."""
    how = scene.lift3d_detection
    if purpose == _OBJECTS:
        how.box_model = path
    else:
        how.detector, how.pose_model = _DETECTORS.get(purpose, PERSON), path


def forget() -> None:
    global offer, fetch, name
    offer = fetch = None
    name = ""


def _where() -> dict[str, str]:
    """Where models go, and the catalogue of the preferences. Raises JobError."""
    try:
        return {"folder": str(preferences.detectors_folder()), "catalogue": preferences.catalogue()}
    except OSError as error:
        raise JobError(f"the folder for models cannot be used ({error})") from None


def _told(job: Job) -> None:
    global offer
    if job.state == DONE:
        rows = ([dict(row) for row in job.result.get(kind, ())] for kind in ("models", "elsewhere"))
        offer = Offer(*rows, str(job.result.get("folder", "")))
    elif job.state != CANCELLED:
        session.show_problem(problems.of_job(job))
    pulse.tag_redraw()


def _ended(job: Job) -> None:
    if job is not fetch:
        return
    if job.state == DONE:
        scene = next((each for each in bpy.data.scenes if each.session_uid == _scene), None)
        if scene is not None:
            use(scene, str(job.result.get("path", "")), str(job.result.get("purpose", "")))
        look()
    elif job.state != CANCELLED:
        session.show_problem(problems.of_job(job))
    pulse.tag_redraw()
