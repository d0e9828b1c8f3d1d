# SPDX-License-Identifier: GPL-3.0-or-later
"""The camera that filmed the clip, as the scene's settings have it, written to a file for the lift."""

import hashlib
from typing import Any

import bpy

from .. import folders
from ..core import CoreError
from ..core.camera_document import FilmError, camera_text
from ..core.clip_facts import ClipFacts
from ..core.same_rate import same_rate
from ..jobs import JobError

FOUND, SOLVE, SCENE = "FOUND", "SOLVE", "SCENE"


def camera_option(scene: bpy.types.Scene, known: ClipFacts | None, wanted: dict[str, Any]) -> dict[str, str]:
    """The lift's option that names the camera's file, nothing where the settings say nothing of the camera. known: what
    the clip was recognised as; wanted: the lift's other options. Raises JobError."""
    settings = scene.lift3d
    if settings.movie_clip is None and settings.camera_motion == FOUND:
        return {}
    try:
        text = _text(scene, known, wanted)
        # Named by what is in it: a wish that was fulfilled before is known again by its options.
        path = folders.user_folder(folders.CAMERAS) / f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.json"
        path.write_text(text, encoding="utf-8")
    except CoreError as error:
        raise JobError(str(error)) from None
    except OSError as error:
        raise JobError(f"the camera cannot be written for the lift: {error.strerror or error}") from None
    return {"camera": str(path)}


def _text(scene: bpy.types.Scene, known: ClipFacts | None, wanted: dict[str, Any]) -> str:
    from ..scene.action import scene_fps
    from ..scene.film_camera import camera_motion, film_lens, film_of, scene_offset, solved_motion

    settings, film, motion = scene.lift3d, scene.lift3d.movie_clip, None
    if settings.camera_motion != FOUND:
        if known is None:
            raise FilmError("the clip has not been read yet: wait until it is, then lift it")
        if not same_rate(scene_fps(scene), known.fps):
            raise FilmError(
                f"the scene runs at {scene_fps(scene):.5g} frames a second and the clip at {known.fps:.5g}, so that the"
                " scene's camera is not the film's: set the scene's frame rate to the clip's"
            )
        frames = wanted.get("first_frame", known.first_frame), wanted.get("last_frame", known.last_frame)
        if settings.camera_motion == SOLVE:
            if film is None:
                raise FilmError("no Movie Clip is chosen: choose the one whose camera is solved")
            motion = solved_motion(scene, film, *frames, settings.in_scene)
        else:
            camera = scene.camera
            film = film or (film_of(scene, camera) if camera is not None and camera.type == "CAMERA" else None)
            motion = camera_motion(scene, camera, film, known.image_size, *frames, settings.in_scene)
    lens = film_lens(film) if film is not None else None
    size = tuple(map(int, film.size)) if film is not None and film.size[0] else known.image_size if known else (0, 0)
    return camera_text(size, lens, motion, scene_offset(film))
