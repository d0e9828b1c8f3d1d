# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder with one JSON file a frame, as OpenPose writes it."""

from pathlib import Path

from .clip import MAXIMUM_FRAMES
from .detections import Detections
from .documents import load_document
from .errors import KeypointError
from .readers.openpose import frame_numbers, is_frame, read_frames


def read_folder(path: Path) -> Detections:
    """All OpenPose frames of a folder, in the order of the numbers in their names; if it has none but one subfolder
    that has, those. KeypointError if there are none, or one of them cannot be read."""
    files = _json_files(path)
    if not files:
        inside = [folder for folder in sorted(_entries(path)) if folder.is_dir() and _json_files(folder)]
        if len(inside) > 1:
            names = ", ".join(folder.name for folder in inside[:5])
            raise KeypointError(f"{path.name} has keypoints in several subfolders ({names}): choose one of them.")
        if not inside:
            raise KeypointError(f"There are no keypoint files (.json) in the folder {path.name}.")
        files = _json_files(inside[0])
    if len(files) > MAXIMUM_FRAMES:
        raise KeypointError(f"The folder {path.name} has {len(files):,} files: at most {MAXIMUM_FRAMES:,} are read.")
    numbers = frame_numbers([file.name for file in files])
    frames = []
    for number, file in sorted(zip(numbers, files, strict=True)):
        document = load_document(file)
        if not is_frame(document):
            raise KeypointError(f'{file.name} is not an OpenPose frame: a folder holds one file a frame with "people".')
        frames.append((number, document, file.name))
    return read_frames(frames)


def _entries(path: Path) -> list[Path]:
    try:
        return list(path.iterdir())
    except OSError as error:
        raise KeypointError(f"Cannot read the folder {path}: {error.strerror or error}.") from None


def _json_files(path: Path) -> list[Path]:
    return sorted(file for file in _entries(path) if file.suffix.lower() == ".json" and not file.name.startswith("."))
