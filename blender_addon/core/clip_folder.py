# SPDX-License-Identifier: GPL-3.0-or-later
"""What a folder holds that a training could learn from, told by content and quickly. Standard library only."""

from dataclasses import dataclass
from pathlib import Path

from .file_kind import KEYPOINT_ENDINGS, clip_of, holds_arrays, is_map

CLIPS, MOCAP = "clips", "mocap"
_MOCAP_ARRAYS = {"names.npy", "positions.npy"}  # in every motion capture clip, and in no file of keypoints
_MOST_OPENED = 200  # files looked into; a folder of more is taken to go on as it began
#: What the bundled model has learnt from, for comparison.
BUNDLED_CLIPS = 440


@dataclass(frozen=True)
class ClipFolder:
    """kind: "clips" (2D keypoints), "mocap", or "" when there is nothing to learn from; then `problem` says why."""

    kind: str = ""
    count: int = 0
    problem: str = ""

    @property
    def sentence(self) -> str:
        """What it was recognised as."""
        if self.kind == MOCAP:
            return f"{_many(self.count, 'motion capture clip')}, filmed by virtual cameras into 2D"
        return _many(self.count, "2D keypoint clip") if self.kind else self.problem

    @property
    def advice(self) -> str:
        """What is to be expected of so few; "" if there are enough."""
        if not self.kind or self.count >= BUNDLED_CLIPS / 4:
            return ""
        return f"Few clips make a poor model: the bundled one has learnt from {BUNDLED_CLIPS}."


def look_at(folder: str | Path) -> ClipFolder:
    """What there is in a folder. Whether each clip can be used is found out by the training. Never raises."""
    if not str(folder).strip():
        return ClipFolder(problem="Choose a folder of clips first")
    path = Path(folder)
    try:
        if not path.is_dir():
            return ClipFolder(problem=f"{path} is no folder" if path.exists() else f"{path} does not exist")
        entries = sorted(each for each in path.iterdir() if not each.name.startswith("."))
        possible = [each for each in entries if _is_file_of_keypoints(each) or _may_be_clip(each)]
    except (OSError, ValueError) as error:
        return ClipFolder(problem=f"{path} cannot be read: {getattr(error, 'strerror', None) or error}")
    if not possible:
        return ClipFolder(problem=f"There is no clip in {path.name}: expected 2D keypoint files or motion capture")
    if clip_of(possible[0]) == path:
        return ClipFolder(problem=f"{path.name} is a single clip, a file for each frame: choose the folder above it")
    archives = [each for each in possible if each.suffix == ".npz"]
    opened = archives[:_MOST_OPENED]
    mocap = sum(holds_arrays(each, _MOCAP_ARRAYS) for each in opened)
    if mocap == len(opened):
        mocap = len(archives)
    clips = len(possible) - mocap
    return ClipFolder(MOCAP, mocap) if mocap > clips else ClipFolder(CLIPS, clips)


def _is_file_of_keypoints(path: Path) -> bool:
    return path.suffix.lower() in KEYPOINT_ENDINGS and not is_map(path)


def _may_be_clip(folder: Path) -> bool:
    """Whether it is a folder that holds JSON, as OpenPose's clips do."""
    return folder.is_dir() and any(each.suffix.lower() == ".json" for each in folder.iterdir())


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
