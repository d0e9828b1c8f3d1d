# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the extension keeps what it makes: the user's extension folder, never its own."""

import os
from pathlib import Path

import bpy

ROOT = __package__  # "bl_ext.<repository>.lift3d" when installed, "blender_addon" in a checkout

BACKEND = "backend"  # the environment with torch
DETECTORS = "detectors"  # models that find keypoints, fetched by a click
CLIPS = "clips"  # of tracks, where a film's own folder takes none
CAMERAS = "cameras"  # that filmed a clip, as Blender knows them
MOTIONS = "motions"  # motion files of lifts
MODELS = "models"  # trained models
RUNS = "runs"  # training runs
LOGS = "logs"
BONE_MAPS = "bone_maps"  # of the user's own rigs


def user_folder(name: str) -> Path:
    """The folder `name` among the user's files of this extension, made if it is not there. Raises OSError."""
    folder = user_path(name)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def user_path(name: str) -> Path:
    """Where that folder is or would be; cheap enough for a panel. Raises OSError if Blender knows no such place."""
    try:
        found = bpy.utils.extension_path_user(ROOT, path=name)
    except ValueError:  # not installed as an extension: a checkout on Blender's path, or the bpy module
        found = bpy.utils.user_resource("DATAFILES", path=f"lift3d/{name}")
    # Blender answers "" where it fails, above all if it is asked to make the folder: that would be the current one.
    if not os.path.isabs(found):
        raise OSError(f"Blender has no folder for the user's {name}")
    return Path(found)
