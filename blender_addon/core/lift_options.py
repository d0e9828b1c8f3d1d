# SPDX-License-Identifier: GPL-3.0-or-later
"""From what the user has set in the panel to the options of a lift request. No bpy: any object will do."""

from typing import Any

from .body_family import CAT, HUMAN_BOX

DRAFT, NORMAL, BEST = "DRAFT", "NORMAL", "BEST"

# Denoising steps and samples to average; nothing: the backend's own.
QUALITIES: dict[str, dict[str, int]] = {DRAFT: {"steps": 1, "samples": 1}, NORMAL: {}, BEST: {"steps": 4, "samples": 8}}

LARGEST_SEED = 2**31 - 1
ALL_PEOPLE = "all"  # as a person, to the backend: everybody, in one world
MOST_SEEN = -1  # as a person: the one that the clip shows in most frames


def lift_options(settings: Any, model: str | None = None) -> dict[str, Any]:
    """The options of a lift as the backend's LiftOptions names them; what the user has left open is not in it.

    settings: Scene.lift3d, or anything with its fields. model: folder of the chosen model, None for the backend's own.
    The device is the machine's matter and not the scene's: who starts the lift adds it.
    """
    options: dict[str, Any] = {"seed": settings.seed, **QUALITIES.get(settings.quality, {})}
    if settings.all_people:
        options["person"], options["people"] = ALL_PEOPLE, settings.people
    elif settings.person != MOST_SEEN:
        options["person"] = settings.person
    if settings.use_range:
        options["first_frame"] = min(settings.first_frame, settings.last_frame)
        options["last_frame"] = max(settings.first_frame, settings.last_frame)
    if settings.know_focal:
        options["focal"] = settings.focal
    known, size = ("know_withers", "withers") if settings.subject.lower() == CAT else ("know_height", "height")
    if getattr(settings, known):
        options["height"] = getattr(settings, size)
    if settings.subject.lower() == HUMAN_BOX and settings.know_box_size:
        options["box_size"] = [float(edge) for edge in settings.box_size]
    if model:
        options["model"] = model
    return {**options, **clip_options(settings)}


def clip_options(settings: Any) -> dict[str, Any]:
    """What the user tells of the clip because its file does not: it changes how the file is read."""
    options: dict[str, Any] = {}
    if settings.know_fps:
        options["fps"] = settings.fps
    if settings.know_image_size:
        options["image_size"] = list(settings.image_size)
    return options
