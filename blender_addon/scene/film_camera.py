# SPDX-License-Identifier: GPL-3.0-or-later
"""What Blender knows of the camera that filmed a clip: a Movie Clip's lens, its solve, or a camera of the scene."""

from collections.abc import Iterable

import bpy
import numpy as np

from ..core.camera_document import COEFFICIENTS, FilmError, FilmLens, FilmMotion, centre_in_pixels
from ..core.focal import focal_in_pixels
from .workbench import workbench


def film_lens(film: bpy.types.MovieClip) -> FilmLens:
    """The lens that a Movie Clip is tracked with. FilmError where its pixels are not square."""
    camera, height = film.tracking.camera, film.size[1]
    if abs(camera.pixel_aspect - 1) > 1e-4:
        raise FilmError(f"the pixels of {film.name} are not square: convert the film, or set its pixel aspect to 1")
    across, up = camera.principal_point_pixels
    model = camera.distortion_model
    return FilmLens(
        float(camera.focal_length_pixels),
        (float(across), float(height - up)),
        model,
        tuple(float(getattr(camera, name)) for name in COEFFICIENTS[model]),
    )


def scene_offset(film: bpy.types.MovieClip | None) -> int:
    """By how much the scene's number of a film's frame is higher than the clip's, which counts from 0."""
    return 0 if film is None else film.frame_start - film.frame_offset


def film_of(scene: bpy.types.Scene, camera: bpy.types.Object) -> bpy.types.MovieClip | None:
    """The Movie Clip that a camera follows or shows; None if it has to do with none."""
    if (constraint := _solver(camera)) is not None:
        return scene.active_clip if constraint.use_active_clip else constraint.clip
    for shown in camera.data.background_images:
        if shown.source == "MOVIE_CLIP":
            return shown.clip
    return None


def solved_motion(scene: bpy.types.Scene, film: bpy.types.MovieClip, first: int, last: int, in_scene: bool):
    """FilmMotion of a Movie Clip's solve in the clip's frames first to last, as far as it goes: as the camera that
    follows it stands in the scene, so that the user's floor and scale count; else as the solve itself has it.
    FilmError where the film is not solved."""
    found = film.tracking.reconstruction
    if not found.is_valid or not len(found.cameras):
        raise FilmError(f"the camera of {film.name} is not solved: solve it, or choose another camera motion")
    lens, shift = film_lens(film), 1 - film.frame_offset
    first, last = max(first, found.cameras[0].frame - shift), min(last, found.cameras[-1].frame - shift)
    if first > last:
        raise FilmError(f"{film.name} is solved in other frames than those of the clip: solve it for these")
    camera = next((item for item in scene.objects if item.type == "CAMERA" and _follows(scene, item, film)), None)
    if camera is None:
        frames = range(first + shift, last + shift + 1)
        matrices = np.array([found.cameras.matrix_from_frame(frame=frame) for frame in frames], np.float64)
    else:
        offset = scene_offset(film)
        matrices, _ = _watch(scene, camera, range(first + offset, last + offset + 1), tuple(film.size))
    return FilmMotion(first, matrices, np.array([lens.focal]), lens.centre, in_scene)


def camera_motion(
    scene: bpy.types.Scene, camera: bpy.types.Object, film: bpy.types.MovieClip | None, image_size: tuple[int, int],
    first: int, last: int, in_scene: bool,
) -> FilmMotion:  # fmt: skip
    """FilmMotion of a camera of the scene, keyed, constrained or at rest, in the clip's frames first to last. FilmError
    for one that is no perspective camera."""
    if camera is None or camera.type != "CAMERA" or camera.data.type != "PERSP":
        raise FilmError("the scene has no perspective camera: choose one, or another camera motion")
    offset = scene_offset(film)
    matrices, focal = _watch(scene, camera, range(first + offset, last + offset + 1), image_size)
    data = camera.data
    centre = centre_in_pixels((data.shift_x, data.shift_y), data.sensor_fit, image_size)
    return FilmMotion(first, matrices, focal, centre, in_scene)


def _solver(camera: bpy.types.Object) -> bpy.types.Constraint | None:
    return next((each for each in camera.constraints if each.type == "CAMERA_SOLVER" and each.enabled), None)


def _follows(scene: bpy.types.Scene, camera: bpy.types.Object, film: bpy.types.MovieClip) -> bool:
    return _solver(camera) is not None and film_of(scene, camera) == film


def _watch(
    scene: bpy.types.Scene, camera: bpy.types.Object, frames: Iterable[int], image_size: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """A camera's matrices (T, 4, 4) in the world and its focal lengths (T,) in pixels at the scene's frames, as Blender
    evaluates them; in a scene of its own, so that the user's stays where it is."""
    matrices, focal, hidden = [], [], camera.hide_viewport
    try:
        camera.hide_viewport = False
        with workbench(camera) as bench:
            bench.render.fps, bench.render.fps_base = scene.render.fps, scene.render.fps_base
            bench.active_clip = scene.active_clip
            layer = bench.view_layers[0]
            for frame in frames:
                bench.frame_set(frame)
                seen = camera.evaluated_get(layer.depsgraph)
                data = seen.data
                matrices.append(np.array(seen.matrix_world, np.float64))
                sensor = (data.sensor_width, data.sensor_height, data.sensor_fit)
                focal.append(focal_in_pixels(data.lens, *sensor, image_size))
            bench.frame_set(scene.frame_current)
    finally:
        camera.hide_viewport = hidden
    return np.array(matrices), np.array(focal)
