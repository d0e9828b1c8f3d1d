# SPDX-License-Identifier: GPL-3.0-or-later
"""What a file that the user gives is, by its content: a motion to import or a clip to lift, or one frame of a clip."""

import re
import zipfile
from pathlib import Path

#: What the backend looks for people in.
VIDEO_ENDINGS = (".mp4", ".mov", ".m4v", ".avi", ".mkv", ".webm")
#: Files of 2D keypoints, as the backend reads them.
KEYPOINT_ENDINGS = (".json", ".npz", ".csv", ".h5", ".slp")
#: Every file that may be a clip to lift.
CLIP_ENDINGS = (*KEYPOINT_ENDINGS, *VIDEO_ENDINGS)
#: What maps the points of other clips, a file's own or a folder's, and is none itself.
MAP_ENDING, FOLDERS_MAP = ".map.json", "keypoint_map.json"
_MOTION = {"poses.npy", "trans.npy"}  # in every motion file, ours and AMASS's, and in no file of keypoints
# OpenPose writes a file for each frame: NAME_000000000012_keypoints.json
_FRAME = re.compile(r"(.*?)\d{3,}(_keypoints)?\.json", re.IGNORECASE)


def is_motion(path: Path) -> bool:
    """Whether it is a motion file. False for what cannot be read: who reads it for good says what is wrong with it."""
    return path.suffix.lower() == ".npz" and holds_arrays(path, _MOTION)


def is_video(path: Path) -> bool:
    """Whether it is taken for a video, by its name."""
    return path.suffix.lower() in VIDEO_ENDINGS


def is_map(path: Path) -> bool:
    """Whether it says which points of other clips are which, by its name."""
    return path.name.lower().endswith(MAP_ENDING) or path.name.lower() == FOLDERS_MAP


def holds_arrays(path: Path, names: set[str]) -> bool:
    """Whether an archive has files of all these names. False for what cannot be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            return names <= set(archive.namelist())
    except (OSError, ValueError, zipfile.BadZipFile):
        return False


def clip_of(path: Path) -> Path:
    """The clip that a file belongs to: its folder when it is one of OpenPose's files for single frames, else itself."""
    found = _FRAME.fullmatch(path.name)
    if not found:
        return path
    begin, end = found[1], (found[2] or "").lower() + ".json"
    try:
        siblings = [other for other in path.parent.iterdir() if other.name != path.name]
    except OSError:
        return path
    alike = any(other.name.startswith(begin) and other.name.lower().endswith(end) and _FRAME.fullmatch(other.name)
                for other in siblings)  # fmt: skip
    return path.parent if alike else path
