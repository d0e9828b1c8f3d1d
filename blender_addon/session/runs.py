# SPDX-License-Identifier: GPL-3.0-or-later
"""What is remembered of a lift and of a look at a clip: plain values, no reference to anything of Blender's."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..jobs.job import CANCELLED, DONE, FAILED, RUNNING, Job
from ..jobs.problem import Problem

__all__ = ["CANCELLED", "CANCELLING", "DONE", "FAILED", "RUNNING", "WAITING", "Inspection", "LiftRun"]

CANCELLING = "cancelling"
WAITING = "waiting"  # done, and its motion waits to be added to a scene


@dataclass
class LiftRun:
    """A lift under way, or the last one. settings: its options. scene: session uid of the scene that it is for, in the
    file that was opened as the `file_generation`-th. why_waiting: a sentence without its full stop. film: the Movie
    Clip to show with it, by name."""

    job: Job
    clip: Path
    footage: str
    motion: Path
    settings: dict[str, Any]
    scene: int
    file_generation: int
    state: str = RUNNING
    why_waiting: str = ""
    film: str = ""
    people: tuple[Path, ...] = ()  # their motions, where everybody was lifted

    @property
    def motions(self) -> tuple[Path, ...]:
        """What the lift has made."""
        return self.people or (self.motion,)

    @property
    def under_way(self) -> bool:
        return self.state in (RUNNING, CANCELLING)


@dataclass
class Inspection:
    """A look at the chosen clip: its path, and facts or a problem once it has ended. job: None if none could begin.
    asked: what was asked beside the path."""

    clip: str
    job: Job | None = None
    facts: dict[str, Any] | None = None
    problem: Problem | None = None
    asked: dict[str, Any] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        """Whether it has not ended yet."""
        return self.facts is None and self.problem is None


def motion_path(folder: Path, clip: Path) -> Path:
    """Where the motion of a clip goes: a name in the folder that is not taken. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{clip.name if clip.is_dir() else clip.stem} {time.strftime('%Y-%m-%d %H-%M-%S')}"
    path, count = folder / f"{stem}.npz", 1
    while path.exists():
        count += 1
        path = folder / f"{stem} {count}.npz"
    return path


def remove_motion(motion: Path) -> None:
    """Remove a motion file that nobody wants, and the body beside it."""
    try:
        motion.unlink(missing_ok=True)
    except OSError:
        pass  # it is not ours to write in any more
    remove_drafts(motion)


def remove_drafts(motion: Path) -> None:
    """Remove what a backend that was killed while it wrote has left beside the motion file."""
    body = motion.with_suffix(".body.npz")
    try:
        for path in list(motion.parent.iterdir()):
            if path.name.startswith((f".{motion.name}.", f".{body.name}.")) or (path == body and not motion.exists()):
                path.unlink(missing_ok=True)
    except OSError:
        pass  # it is not ours to write in any more
