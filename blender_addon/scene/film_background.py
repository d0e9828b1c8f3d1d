# SPDX-License-Identifier: GPL-3.0-or-later
"""A Movie Clip behind its character in the camera view, without its lens's distortion, as the character is."""

import bpy

from ..core.camera_document import FilmError
from .camera import relative_width
from .character_facts import KEY, character_of, read_facts
from .film_camera import film_lens
from .find_character import parts


def show_film(scene: bpy.types.Scene, armature: bpy.types.Object, film: bpy.types.MovieClip) -> list[str]:
    """Show a Movie Clip behind a character, in place of other footage of ours; sentences on what does not fit."""
    facts, camera = read_facts(armature), parts(armature).get("camera")
    if camera is None:
        return [f"{film.name} is not shown: the motion has no camera to show it behind"]
    backgrounds = camera.data.background_images
    for shown in list(backgrounds):
        if shown.image is not None and character_of(shown.image) == facts.character:
            backgrounds.remove(shown)
    held = next((shown for shown in backgrounds if shown.source == "MOVIE_CLIP" and shown.clip == film), None)
    shown = held or backgrounds.new()
    shown.source, shown.clip = "MOVIE_CLIP", film
    shown.use_camera_clip = False
    shown.clip_user.use_render_undistorted = distorts(film)
    shown.display_depth, shown.alpha = "BACK", 1.0
    wider = relative_width(scene, facts.image_size or tuple(film.size)) > 1
    shown.frame_method = "CROP" if wider else "FIT"
    camera.data.show_background_images = True
    armature[KEY]["film"], armature[KEY]["footage"] = film.name, bpy.path.abspath(film.filepath)
    return _sentences(scene, camera, film)


def shown_film(armature: bpy.types.Object) -> bpy.types.MovieClip | None:
    """The Movie Clip that a character has been shown before; None if it was none, or is gone."""
    return bpy.data.movieclips.get(armature[KEY].get("film", ""))


def distorts(film: bpy.types.MovieClip) -> bool:
    """Whether the lens of a Movie Clip bends its picture."""
    try:
        return film_lens(film).distorts
    except FilmError:
        return False


def lens_words(film: bpy.types.MovieClip) -> str:
    """What a lift takes of a Movie Clip's lens, in a sentence for the panel."""
    try:
        lens = film_lens(film)
    except FilmError as error:
        return f"{str(error)[0].upper()}{str(error)[1:]}."
    bent = "its distortion is taken out, and the film shown without it" if lens.distorts else "without distortion"
    return f"Lens of {lens.focal:.0f} px, {bent}."


def _sentences(scene: bpy.types.Scene, camera: bpy.types.Object, film: bpy.types.MovieClip) -> list[str]:
    """Where a camera of the user's shows the film as the lens bent it, the character will not lie on it."""
    other = scene.camera
    if other is None or other == camera or other.type != "CAMERA" or not distorts(film):
        return []
    bent = [
        each for each in other.data.background_images
        if each.source == "MOVIE_CLIP" and each.clip == film and not each.clip_user.use_render_undistorted
    ]  # fmt: skip
    if not bent:
        return []
    return [f"{other.name} shows {film.name} as the lens bent it: switch its background to Undistorted to compare"]
