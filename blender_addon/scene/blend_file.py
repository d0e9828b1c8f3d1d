# SPDX-License-Identifier: GPL-3.0-or-later
"""A .blend of its own for one motion: an empty scene that runs at the clip's rate, lit, saved whole or not at all."""

import contextlib
import math
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import bpy

from ..core import CoreError
from ..core.body_file import Body
from ..core.motion_file import Motion
from .action import set_scene_fps
from .camera import film
from .character import Character, add_character
from .footage import show_footage


class BlendFileError(CoreError):
    """A .blend file that cannot be read or written."""


def make_blend(
    motion: Motion, body: Body, path: Path, footage: str | None = None, others: Sequence[tuple[Motion, Body]] = ()
) -> Character:
    """Write a .blend with the motion's character, its camera as the scene's, and the clip's rate, range and size.

    others: further people of the clip, each with a body. What is to be said of them is the character's to say.
    footage: a video, or a picture of a sequence, to show behind the camera. Everything that is open in this Blender is
    closed for it; add-ons stay as they are. Raises BlendFileError if the file cannot be written.
    """
    with quiet():
        # Not the factory settings: they switch off every add-on, ourselves among them, and the exporters.
        bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
        scene = bpy.context.scene
        set_scene_fps(scene, motion.fps)
        character = add_character(scene, motion, body)
        for other, its_body in others:
            character.warnings.extend(add_character(scene, other, its_body).warnings)
        everybody = [motion, *(other for other, _ in others)]
        scene.frame_start = min(each.frame_start for each in everybody)
        scene.frame_end = max(each.frame_start + len(each) - 1 for each in everybody)
        if motion.camera:
            film(scene, character.camera, motion.camera.image_size)
        if footage:
            character.warnings.extend(show_footage(scene, character.armature, footage))
        _light(scene)
        scene.frame_set(scene.frame_start)
        save_blend(path)
    return character


def open_blend(path: Path) -> None:
    """Open a .blend instead of what is open. Raises BlendFileError."""
    try:
        with quiet():
            bpy.ops.wm.open_mainfile(filepath=str(path), load_ui=False)
    except RuntimeError as error:
        raise BlendFileError(f"{path} cannot be opened as a .blend file: {error}") from None


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep Blender's chatter off standard output, which belongs to our own results."""
    sys.stdout.flush()
    kept = os.dup(1)
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 1)
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)


def _light(scene: bpy.types.Scene) -> None:
    """A soft sky and a sun, so that a render of the file shows the character."""
    scene.world = bpy.data.worlds.new("World")
    scene.world.use_nodes = True
    sky = next(node for node in scene.world.node_tree.nodes if node.type == "BACKGROUND")
    sky.inputs["Color"].default_value = (0.75, 0.82, 0.9, 1.0)
    sky.inputs["Strength"].default_value = 0.45
    sun = bpy.data.objects.new("Sun", bpy.data.lights.new("Sun", "SUN"))
    sun.data.energy, sun.data.angle = 2.2, math.radians(5)
    sun.rotation_euler = math.radians(35), math.radians(10), math.radians(30)
    sun.location = 0.0, 0.0, 5.0
    scene.collection.objects.link(sun)


def save_blend(path: Path) -> None:
    """Save compressed, under a temporary name first, so that no half a file and no .blend1 is ever left. Raises
    BlendFileError."""
    for image in bpy.data.images:
        if image.filepath:  # footage, which is found again where both are moved together
            with contextlib.suppress(ValueError):  # it is on another drive
                image.filepath = bpy.path.relpath(bpy.path.abspath(image.filepath), start=str(path.parent))
    try:
        with tempfile.TemporaryDirectory(prefix=".lift3d-", dir=path.parent) as folder:
            draft = os.path.join(folder, path.name)
            # Blender would make the paths fit the temporary folder.
            bpy.ops.wm.save_as_mainfile(
                filepath=draft, copy=True, compress=True, check_existing=False, relative_remap=False
            )
            os.replace(draft, path)
    except (OSError, RuntimeError) as error:
        raise BlendFileError(f"{path} cannot be written: {error}") from None
