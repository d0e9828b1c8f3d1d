# SPDX-License-Identifier: GPL-3.0-or-later
"""Training runs on disk: a folder each, with what the add-on knows of it (run.json) beside what the backend keeps.

Standard library only. Nothing here trains: `training` does, through the worker.
"""

import json
import os
import shutil
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from . import JobError
from .folder_lock import FolderLock

FILE = "run.json"
HISTORY = Path("work") / "losses.json"  # written by the backend
RUNNING, STOPPED, FINISHED, FAILED = "running", "stopped", "finished", "failed"
ELSEWHERE = "elsewhere"  # running, in another Blender
PROCEDURAL = "procedural"  # as a kind: motion is made up, and there is no folder
_HUMAN = "human"
_FIT_FOR_A_MODEL = ("*.safetensors", "README.md")


@dataclass
class TrainingRun:
    """One run. source: folder of clips, or of motion capture as `kind` says; "" where motion is made up. step of steps:
    in `stage`, as the backend names it. problem: why it failed. model: the folder of the finished model. seconds: of
    training so far."""

    folder: Path
    source: str
    kind: str = "clips"  # or "mocap" or "procedural"
    preset: str = "cpu"
    film: str = "many"
    seed: int = 0
    state: str = STOPPED
    stage: str = ""
    step: int = 0
    steps: int = 0
    problem: str = ""
    model: str = ""
    started: float = 0.0
    seconds: float = 0.0
    warnings: list[str] = field(default_factory=list)
    subject: str = _HUMAN

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def begun(self) -> bool:
        """Whether the backend has something to go on from."""
        return (self.folder / "work" / "run.json").is_file()


def lock_of(folder: Path) -> FolderLock:
    """What the Blender that trains a run holds meanwhile."""
    return FolderLock(folder / "run")


def request_fields(run: TrainingRun, device: str) -> dict[str, Any]:
    """The fields of the request that trains this run or goes on with it."""
    source = True if run.kind == PROCEDURAL else run.source
    asked = {run.kind: source, "out": str(run.folder), "preset": run.preset, "seed": run.seed, "device": device}
    if run.kind != "clips":
        asked["film"] = run.film
    if run.subject != _HUMAN:
        asked["subject"] = run.subject
    return {**asked, "resume": run.begun, "background": True}


def save_run(run: TrainingRun) -> None:
    """Write run.json in one step. Raises OSError."""
    run.folder.mkdir(parents=True, exist_ok=True)
    values = {name: value for name, value in asdict(run).items() if name != "folder"}
    temporary = run.folder / f".{FILE}.{os.getpid()}"
    try:
        temporary.write_text(json.dumps(values, indent=1), encoding="utf-8")
        os.replace(temporary, run.folder / FILE)
    finally:
        temporary.unlink(missing_ok=True)


def list_runs(folder: Path) -> list[TrainingRun]:
    """The runs in a folder, the one begun last first. Never raises: what cannot be read is no run."""
    try:
        found = [read_run(each) for each in folder.iterdir() if each.is_dir()]
    except OSError:
        return []
    return sorted((run for run in found if run), key=lambda run: (-run.started, run.name))


def read_run(folder: Path) -> TrainingRun | None:
    """The run in a folder, or None. One that says it is running and that nobody holds was cut off."""
    try:
        values = json.loads((folder / FILE).read_text(encoding="utf-8"))
        known = {each.name: each for each in fields(TrainingRun) if each.name != "folder"}
        run = TrainingRun(folder, **{name: value for name, value in values.items() if name in known})
    except (OSError, ValueError, TypeError, AttributeError):
        return None
    if any(type(getattr(run, name)) is not type(getattr(TrainingRun(folder, ""), name)) for name in known):
        return None
    if run.state == RUNNING:
        run.state = ELSEWHERE if lock_of(folder).taken() else STOPPED
    return run


def read_history(run: TrainingRun) -> dict[str, list[dict[str, float]]]:
    """The losses so far: for each stage that trains a network rows of {"step", "loss", ...}. Never raises."""
    try:
        stages = json.loads((run.folder / HISTORY).read_text(encoding="utf-8"))
        return {str(stage): [dict(row) for row in rows if "step" in row] for stage, rows in stages.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def publish(run: TrainingRun, models: Path) -> Path:
    """Put a finished run's model among the models, as a whole or not at all; its folder. Raises JobError."""
    target = Path(run.model) if run.model else models / run.name
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        draft.mkdir(parents=True)
        for pattern in _FIT_FOR_A_MODEL:
            for path in run.folder.glob(pattern):
                shutil.copyfile(path, draft / path.name)
        if target.exists():
            shutil.rmtree(target)
        os.replace(draft, target)
    except OSError as error:
        raise JobError(f"the model is trained, but cannot be copied to {target}: {error.strerror}; resume the run to "
                       "try again") from None  # fmt: skip
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target


def delete_run(run: TrainingRun) -> None:
    """Remove a run's folder; its model stays. Raises JobError."""
    if not (run.folder / FILE).is_file():
        raise JobError(f"{run.folder} holds no training run: nothing was removed")
    try:
        shutil.rmtree(run.folder)
    except OSError as error:
        raise JobError(f"{error.filename or run.folder} cannot be removed: {error.strerror}") from None
