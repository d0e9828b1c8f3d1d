# SPDX-License-Identifier: GPL-3.0-or-later
"""Which files are taken for videos: what OpenCV then cannot decode says so."""

from pathlib import Path

VIDEO_ENDINGS = (".mp4", ".mov", ".m4v", ".avi", ".mkv", ".webm")


def is_video(path: Path) -> bool:
    return path.suffix.lower() in VIDEO_ENDINGS
