# SPDX-License-Identifier: GPL-3.0-or-later
"""Take the named tracks of a Movie Clip as the clip to lift."""

import os
from pathlib import Path

import bpy

from .. import folders
from ..core.keypoint_tracks import clip_text
from ..scene.tracks import named_tracks, open_film, tracked_points
from ..settings.track_settings import tracked_of
from .needs import NeedsFilm

_ENDING = "_tracks.json"


class LIFT3D_OT_use_tracks(NeedsFilm, bpy.types.Operator):
    """Write the tracks that are named after keypoints to a file beside the film, and choose that as the clip to lift"""

    bl_idname = "lift3d.use_tracks"
    bl_label = "Use Tracks as Clip"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        if not super().poll(context):
            return False
        clip = open_film(context)
        if not named_tracks(clip, tracked_of(clip)):
            cls.poll_message_set("No track is named after a keypoint: Add Keypoint Tracks makes some")
            return False
        return True

    def execute(self, context):
        clip = open_film(context)
        film = Path(bpy.path.abspath(clip.filepath))
        try:
            path, count = _write(clip, film)
        except ValueError as error:
            self.report({"ERROR"}, f"The tracks make no clip: {error}")
            return {"CANCELLED"}
        except OSError as error:
            self.report({"ERROR"}, f"The tracks cannot be written: {error.strerror or error}")
            return {"CANCELLED"}
        settings = context.scene.lift3d
        settings.clip = str(path)
        if film.is_file():
            settings.footage = str(film)
        self.report({"INFO"}, f"{path.name} is the clip to lift: {count} keypoints are tracked in it")
        return {"FINISHED"}


def _write(clip: bpy.types.MovieClip, film: Path) -> tuple[Path, int]:
    """The file beside the film, or among the user's files of this extension where nothing can be written there, and how
    many keypoints it has. Raises ValueError if nothing is tracked, OSError."""
    tracked, size = tracked_of(clip), (int(clip.size[0]), int(clip.size[1]))
    points = tracked_points(clip, tracked)
    for folder in (lambda: film.parent, lambda: folders.user_folder(folders.CLIPS)):
        path = folder() / (film.stem + _ENDING)
        text = clip_text(tracked, points, clip.fps, size, _named_from(path.parent, film))
        try:
            path.write_text(text, encoding="utf-8")
            return path, len(points)
        except OSError as error:
            problem = error
    raise problem


def _named_from(folder: Path, film: Path) -> str:
    try:
        return Path(os.path.relpath(film, folder)).as_posix()
    except ValueError:  # another drive
        return film.as_posix()


CLASSES = (LIFT3D_OT_use_tracks,)
