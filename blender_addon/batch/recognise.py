# SPDX-License-Identifier: GPL-3.0-or-later
"""What a file looks like, told cheaply, to find the clips among all that lies in a folder.

Only what is surely something else is refused: a broken clip is a clip, and the backend says what is wrong with it.
"""

import json
import zipfile
from pathlib import Path

from ..core.file_kind import KEYPOINT_ENDINGS, VIDEO_ENDINGS, is_map
from .results import FORMAT as RESULTS_FORMAT

# One of these stands in every keypoint JSON that the backend reads.
_MARKS = (b'keypoints"', b'"people"', b'"bodies"', b'"instances"', b'"skeleton"', b'"joints"')
# One of these stands in every HDF5 file that it reads: of DeepLabCut's by pandas, of SLEAP's analyses and projects.
_HDF5, _HDF5_MARKS = b"\x89HDF\r\n\x1a\n", (b"pandas_type", b"node_names", b"pred_points")
_TABLE = b"scorer"  # how DeepLabCut's tables begin
_CHUNK = 1 << 20
_LARGEST_FRAME = 4 << 20  # bytes; OpenPose's files of one frame have some kilobytes
_POSES = ("pose_keypoints_2d", "pose_keypoints", "joints")


def may_be_clip(path: Path) -> bool:
    """Whether a file can be a clip of 2D keypoints or a video. False for motion files and for JSON of other things."""
    ending = path.suffix.lower()
    if ending in VIDEO_ENDINGS:
        return True
    if ending == ".json":
        return not is_map(path) and _may_be_keypoints(path)
    if ending == ".csv":
        return _begins_with(path, _TABLE)
    if ending in (".h5", ".slp"):
        return _begins_with(path, _HDF5) and _holds_one_of(path, _HDF5_MARKS)
    if ending == ".npz":
        names = _arrays(path)
        return names is None or ("poses" not in names and bool(names & {"keypoints", "points", "keypoints_2d"}))
    return False


def is_footage(path: Path) -> bool:
    """Whether a file is a video beside the keypoints that were made from it: walk.mp4 beside walk_keypoints.json."""
    if path.suffix.lower() not in VIDEO_ENDINGS:
        return False
    stem = path.stem.lower()
    beside = (each.stem.lower() for each in path.parent.iterdir() if each.suffix.lower() in KEYPOINT_ENDINGS)
    return any(other == stem or other.startswith(stem) and _goes_on(other[len(stem) :]) for other in beside)


def is_twin(path: Path) -> bool:
    """Whether a file is the table of a DeepLabCut clip that lies beside it as .h5 too."""
    return path.suffix.lower() == ".csv" and may_be_clip(path) and may_be_clip(path.with_suffix(".h5"))


def may_be_motion(path: Path) -> bool:
    """Whether a file can be a motion file, ours or AMASS's."""
    names = _arrays(path) if path.suffix.lower() == ".npz" else set()
    return names is None or {"poses", "trans"} <= names


def is_frame(path: Path) -> bool:
    """Whether a file is one frame of OpenPose's."""
    try:
        if path.suffix.lower() != ".json" or path.stat().st_size > _LARGEST_FRAME:
            return False
        document = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    people = document.get("people", document.get("bodies")) if isinstance(document, dict) else None
    return isinstance(people, list) and all(
        isinstance(person, dict) and any(name in person for name in _POSES) for person in people
    )


def is_clip_folder(folder: Path) -> bool:
    """Whether a folder is itself a clip, a file a frame: two of its first, middle and last files are frames."""
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".json" and path.name[0] != ".")
    except OSError:
        return False
    some = {files[index] for index in (0, len(files) // 2, -1)} if files else set()
    return bool(some) and sum(map(is_frame, some)) >= min(2, len(some))


def _may_be_keypoints(path: Path) -> bool:
    try:
        with open(path, "rb") as file:
            rest = head = file.read(_CHUNK)
            while rest:
                if any(mark in rest for mark in _MARKS):
                    return RESULTS_FORMAT.encode() not in head[:200]
                more = file.read(_CHUNK)
                rest = rest[-32:] + more if more else b""
        if len(head) == _CHUNK:
            return False  # a large file without a mark
        json.loads(head)
    except (OSError, ValueError, RecursionError):
        return True  # it cannot be read: the backend says why
    return False


def _goes_on(rest: str) -> bool:
    """Whether the name of a video's keypoints may go on like this, in lower case: walk_keypoints, walkDLC_resnet50."""
    return not rest[0].isalnum() or rest.startswith("dlc")


def _begins_with(path: Path, start: bytes) -> bool:
    """Whether the first bytes of a file are these; True for one that cannot be read: the backend says why."""
    try:
        with open(path, "rb") as file:
            return file.read(len(start) + 3).removeprefix(b"\xef\xbb\xbf").startswith(start)
    except FileNotFoundError:
        return False
    except OSError:
        return True


def _holds_one_of(path: Path, marks: tuple[bytes, ...]) -> bool:
    try:
        with open(path, "rb") as file:
            rest = b""
            while more := file.read(_CHUNK):
                rest = rest[-32:] + more
                if any(mark in rest for mark in marks):
                    return True
    except OSError:
        return True  # as above
    return False


def _arrays(path: Path) -> set[str] | None:
    """Names of the arrays in an .npz; None if it cannot be read as one."""
    try:
        with zipfile.ZipFile(path) as archive:
            return {name.removesuffix(".npy") for name in archive.namelist()}
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError):
        return None
