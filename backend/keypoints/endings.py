# SPDX-License-Identifier: GPL-3.0-or-later
"""Which files are taken for keypoints by their names: where many lie in a folder. What one holds is told by content."""

from pathlib import Path

KEYPOINT_ENDINGS = (".json", ".npz", ".csv", ".h5", ".slp")
#: A map of this ending beside a clip is its own, one of this name the map of all clips in the folder (point_map.py).
MAP_ENDING, FOLDERS_MAP = ".map.json", "keypoint_map.json"


def may_be_keypoints(path: Path) -> bool:
    """Whether a file may be one of keypoints, by its name."""
    name = path.name.lower()
    return name.endswith(KEYPOINT_ENDINGS) and not is_map(path)


def is_map(path: Path) -> bool:
    """Whether a file is a map of the points of others."""
    return path.name.lower().endswith(MAP_ENDING) or path.name.lower() == FOLDERS_MAP
