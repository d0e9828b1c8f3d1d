# SPDX-License-Identifier: GPL-3.0-or-later
"""The film that a clip was made from, behind its character in the camera view: each picture at its keypoints' time."""

from dataclasses import replace
from pathlib import Path

import bpy

from ..core.footage_frames import first_picture, sequence_numbers
from .camera import relative_width
from .character_facts import KEY, CharacterFacts, character_of, mark, read_facts
from .find_character import parts, same_world
from .footage_timing import time_footage
from .over_footage import place_again

_OLD_ACTION = " Footage"  # how earlier versions called the action that timed it


def show_footage(scene: bpy.types.Scene, armature: bpy.types.Object, footage: str) -> list[str]:
    """Show a video, or the sequence that a picture belongs to, behind a character; sentences on what does not fit.

    Frames are placed by time, as the keys are. Footage that cannot be shown is a sentence too, and no error. Behind
    people who were lifted together it is shown once, from the first frame of all of them to the last.
    """
    facts, camera = read_facts(armature), parts(armature).get("camera")
    path = Path(bpy.path.abspath(footage))
    if camera is None:
        return [f"{path.name} is not shown: the motion has no camera to show it behind"]
    everybody = same_world(armature)
    facts = _of_all(facts, camera, everybody)
    try:
        numbers = _picture_numbers(path)
    except OSError as error:
        return [f"{path} is not shown: {error.strerror or error}"]
    image, size, length = _load(path, numbers)
    if image is None:
        return [f"{path} is not shown: Blender cannot read it as a video or a picture"]
    _background(camera.data, image, facts, scene)
    pictures = numbers or range(1, length + 1)
    picture = first_picture(facts.first_frame, facts.frames, pictures)
    mark(image, facts.character, part="footage")
    for each in everybody:
        each[KEY]["footage"] = str(path)
    _place(camera.data, image, facts, scene, picture)
    place_again(scene, armature)
    return _sentences(path, facts, size, len(pictures))


def _of_all(
    facts: CharacterFacts, camera: bpy.types.Object, everybody: list[bpy.types.Object]
) -> CharacterFacts:  # fmt: skip
    """The facts of whoever the camera belongs to, over the frames of all whom it filmed."""
    known = [each for each in map(read_facts, everybody) if each is not None]
    if len(known) < 2:
        return facts
    first = min(each.first_frame for each in known)
    last = max(each.first_frame + each.frames for each in known)
    return replace(facts, character=character_of(camera), first_frame=first, frames=last - first)


def _picture_numbers(path: Path) -> list[int]:
    """The numbers of a sequence's pictures; [] for a video or a single picture. Raises OSError if nothing is there."""
    path.stat()
    return [] if path.suffix.lower() in bpy.path.extensions_movie else sequence_numbers(path)


def _load(path: Path, numbers: list[int]) -> tuple[bpy.types.Image | None, tuple[int, int], int]:
    """The image, its width and height in pixels, and how many pictures a video has. None if Blender cannot read it."""
    shown = str(path)
    if bpy.data.is_saved and bpy.context.preferences.filepaths.use_relative_paths:
        try:
            shown = bpy.path.relpath(shown)
        except ValueError:  # on another drive
            pass
    try:
        image = bpy.data.images.load(shown)
    except RuntimeError:
        return None, (0, 0), 0
    size, length = tuple(image.size), image.frame_duration if image.source == "MOVIE" else 1
    if not size[0]:
        bpy.data.images.remove(image)
        return None, (0, 0), 0
    if numbers:
        image.source = "SEQUENCE"
    return image, size, length


def _background(data: bpy.types.Camera, image: bpy.types.Image, facts: CharacterFacts, scene: bpy.types.Scene) -> None:
    """Put the image behind the camera in the place of what we have put there before, or as a further one."""
    held = next((shown for shown in data.background_images if character_of(shown.image) == facts.character), None)
    before = held.image if held else None
    shown = held or data.background_images.new()
    shown.source, shown.image = "IMAGE", image
    shown.display_depth, shown.alpha = "BACK", 1.0
    wider = relative_width(scene, facts.image_size or tuple(image.size)) > 1
    shown.frame_method = "CROP" if wider else "FIT"  # as wide as the picture, which is how the camera's lens is given
    data.show_background_images = True
    if before is not None and not before.users:
        bpy.data.images.remove(before)


def _place(data: bpy.types.Camera, image, facts: CharacterFacts, scene: bpy.types.Scene, picture: int) -> None:
    """Let the picture of that number show at the first key, and the others at the times of theirs."""
    shown = next(shown for shown in data.background_images if shown.image == image)
    action = data.animation_data.action if data.animation_data else None
    if character_of(action) == facts.character and action.name.endswith(_OLD_ACTION):
        bpy.data.actions.remove(action)
    time_footage(shown.image_user, facts, scene, image, picture)


def _sentences(path: Path, facts: CharacterFacts, size: tuple[int, int], pictures: int) -> list[str]:
    found = []
    if 1 < pictures < facts.frames:
        found.append(f"{path.name} has {pictures} pictures and the motion {facts.frames} frames: its end has none")
    if facts.image_size:
        width, height = facts.image_size
        if abs(size[0] * height - size[1] * width) > 0.01 * size[1] * width:
            found.append(
                f"{path.name} is {size[0]} x {size[1]} and the keypoints are for {width} x {height}: they will not lie "
                "on one another"
            )
    return found
