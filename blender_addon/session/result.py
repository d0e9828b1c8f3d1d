# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring a finished lift into a scene as one step that the user can undo, whatever the user is doing."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import bpy

_JOBS = {"RENDER": "a render is running", "OBJECT_BAKE": "a bake is running", "COMPOSITE": "the compositor is running"}
# They notice that their job is over only when the mouse comes back to their window.
_OUTLASTING = {"RENDER_OT_render", "OBJECT_OT_bake"}


class ResultError(Exception):
    """The import has refused, in its own words."""


def running_job() -> str:
    """What Blender does with the file in a thread of its own, as half a sentence; "" for nothing."""
    return next((words for job, words in _JOBS.items() if bpy.app.is_job_running(job)), "")


def hindrance() -> str:
    """Why nothing may be added to any scene right now, as half a sentence; "" if it may."""
    if words := running_job():
        return words
    for window in bpy.context.window_manager.windows:
        for operator in window.modal_operators:
            # A grab or a stroke holds on to the mesh that is being edited. Add-ons have operators that never end.
            own = bpy.types.Operator.bl_rna_get_subclass_py(operator.bl_idname) is None
            if own and operator.bl_idname not in _OUTLASTING:
                return f"{operator.name or operator.bl_idname} is under way"
    return ""


def place_for(scene_uid: int) -> dict | None:
    """Context for an operator in a scene: a window that shows it, best with a 3D viewport; None if none shows it."""
    if bpy.app.background:  # windows there are but names
        return {} if bpy.context.scene.session_uid == scene_uid else None
    found = None
    for window in bpy.context.window_manager.windows:
        if window.scene.session_uid != scene_uid:
            continue
        areas = sorted(window.screen.areas, key=lambda area: (area.type == "VIEW_3D", area.width * area.height))
        if not areas:
            continue
        region = next((region for region in areas[-1].regions if region.type == "WINDOW"), None)
        place = {"window": window, "area": areas[-1], "region": region}
        if areas[-1].type == "VIEW_3D":
            return place
        found = found or place
    return found


def add_where_it_belongs(scene_uid: int, motions: Sequence[Path], footage: str, film: str = "") -> None:
    """Import motions in a window that shows the scene, from a timer, which has no context. Raises ResultError."""
    with _at(place_for(scene_uid)):
        add_here(motions, footage, film)


def add_here(motions: Sequence[Path], footage: str, film: str = "") -> None:
    """Import a motion, or the motions of several people, where the context is. film: the Movie Clip to show with them,
    by name. Raises ResultError."""
    given = {"filepath": str(motions[0]), "footage": footage, "film": film}
    if len(motions) > 1:  # in one folder, as the file browser gives several
        given |= {"directory": str(motions[0].parent), "files": [{"name": motion.name} for motion in motions]}
    try:
        end = bpy.ops.lift3d.import_motion("EXEC_DEFAULT", True, **given)
    except RuntimeError as error:
        lines = [line.removeprefix("Error: ") for line in str(error).splitlines() if not line.startswith("Location:")]
        raise ResultError(" ".join(lines)) from None
    if "FINISHED" not in end:
        raise ResultError("the import was cancelled")


@contextmanager
def _at(place: dict) -> Iterator[None]:
    if place:
        with bpy.context.temp_override(**place):
            yield
    else:
        yield
