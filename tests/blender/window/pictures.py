# SPDX-License-Identifier: GPL-3.0-or-later
"""Take the README's pictures in a real Blender's window: from Install from Disk, by mouse, to the character.

    python -m tests.blender.window.pictures docs/images --folder NEW_FOLDER

The new folder holds Blender's profile, and its path is seen in the pictures; a Blender in a container must see it too.
Where Preferences has its buttons is Blender 4.3's.
"""

import argparse
import sys
import time
from pathlib import Path

import build_addon
from tests.blender.window import file_dialog
from tests.blender.window.blender_window import BlenderWindow, wait_for, why_not
from tests.blender.window.lift_to_3d import BUTTON, NAMES, LiftTo3D

PREFERENCES = (300, 100)  # where their window is put, left and top
SIZE = (687, 541)
PROGRESS = 30  # pixels by which a lift under way needs more room than its button
MENU_BUTTON, INSTALL = (678, 18), (560, 140)  # in that window


def take(folder: Path, images: Path) -> None:
    """All pictures, as steps of one story."""
    window = BlenderWindow(folder)
    try:
        lift = LiftTo3D(window)
        window.start()
        _install(window, images)
        window.run(NAMES)
        lift.sidebar.open()
        _sidebar(lift, images / "2-backend.png")
        window.run(f"preferences.python = {sys.executable!r}")
        lift.choose_sample()
        _sidebar(lift, images / "3-clip.png")
        _lift(lift, images)
    finally:
        window.close()


def _install(window: BlenderWindow, images: Path) -> None:
    """Preferences > Get Extensions > Install from Disk, by mouse."""
    screen, zip_file = window.screen, build_addon.build(window.folder / "Downloads")
    screen.click(82, 13)  # Edit
    screen.still_picture()
    screen.key("p")
    screen.place_window("Preferences", *PREFERENCES)
    window.run("bpy.context.preferences.active_section = 'EXTENSIONS'")
    screen.still_picture(pause=0.5)
    screen.click(PREFERENCES[0] + MENU_BUTTON[0], PREFERENCES[1] + MENU_BUTTON[1])
    screen.still_picture(pause=0.5)
    screen.move(PREFERENCES[0] + INSTALL[0], PREFERENCES[1] + INSTALL[1])
    time.sleep(0.2)  # before a tooltip comes
    left, top = PREFERENCES
    screen.save(images / "1-install.png", (left, top, left + SIZE[0], top + SIZE[1] // 2))
    screen.click(left + INSTALL[0], top + INSTALL[1])
    file_dialog.choose(window, zip_file)
    enabled = "'bl_ext.user_default.lift3d' in [each.module for each in bpy.context.preferences.addons]"
    wait_for(lambda: window.ask(enabled), "the extension to be enabled")
    window.run(
        "with bpy.context.temp_override(window=bpy.context.window_manager.windows[-1]):\n"
        "    bpy.ops.wm.window_close()\n"
        "bpy.context.preferences.system.use_online_access = True"
    )


def _lift(lift: LiftTo3D, images: Path) -> None:
    """Lift in a scene without the cube; the progress and the result."""
    lift.window.run("bpy.data.objects.remove(bpy.data.objects['Cube'])")
    lift.window.run("facts.window().scene.lift3d.quality = 'BEST'")
    bottom = _bottom(lift)
    lift.sidebar.click(**BUTTON)
    _leave(lift)
    progress = "session.lift.job.seconds_left is not None and session.lift.job.done < session.lift.job.total"
    wait_for(lambda: lift.window.ask(progress), "progress")
    box = lift.window.region("UI")
    lift.screen.save(images / "4-progress.png", (box["left"], box["top"], box["right"], bottom + PROGRESS))
    lift.wait_for_state("done")
    lift.window.run(_LOOK)
    _leave(lift)
    lift.window.redrawn()
    time.sleep(1.0)  # the viewport gets smooth
    box = lift.window.region("WINDOW")
    lift.screen.save(images / "5-result.png", (box["left"] + 240, box["top"] + 50, box["right"], box["bottom"] - 60))


# The character in its middle, large.
_LOOK = """
scene = facts.window().scene
scene.frame_set(80)
character = next(each for each in scene.objects if each.type == "ARMATURE")
view = facts.area().spaces.active.region_3d
view.view_location = character.matrix_world @ character.pose.bones[0].head
view.view_distance = 4.5
"""


def _sidebar(lift: LiftTo3D, path: Path) -> None:
    """The sidebar down to the end of its last panel, which is folded."""
    bottom = _bottom(lift)
    _leave(lift)
    lift.screen.still_picture(pause=0.5)
    box = lift.window.region("UI")
    lift.screen.save(path, (box["left"], box["top"], box["right"], bottom))


def _bottom(lift: LiftTo3D) -> int:
    return int(lift.sidebar.titles()[0][1]) + 20


def _leave(lift: LiftTo3D) -> None:
    """Take the mouse out of the picture."""
    lift.screen.move(lift.screen.size[0] - 100, 320)


def main(words: list[str]) -> int:
    """Take them; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("images", type=Path)
    parser.add_argument("--folder", type=Path, required=True)
    chosen = parser.parse_args(words)
    if why_not() or chosen.folder.exists():
        print(why_not() or f"{chosen.folder} exists, and a new folder is wanted", file=sys.stderr)
        return 2
    chosen.images.mkdir(parents=True, exist_ok=True)
    take(chosen.folder.resolve(), chosen.images)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
