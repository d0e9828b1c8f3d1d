# SPDX-License-Identifier: GPL-3.0-or-later
"""results.json in a batch's folder: what became of every source that was ever worked on into that folder.

    {"format": "lift3d-results", "version": 1, "clips": [RECORD, ...]}

A record's fields, all always there:

    clip             absolute path of the clip or motion file
    name             name of its outputs, without an ending
    result           "done" or "failed"; in what --json prints also "skipped" and "cancelled"
    frames, fps      of the motion, null when it failed
    seconds          that the work took
    reprojection_px  mean distance of the lifted keypoints from the clip's, in pixels; null when it is not known
    confidence       mean confidence of the clip's keypoints; null when it is not known
    outputs          names of the files beside results.json
    warnings         sentences about the result
    sentence         why it failed, else ""
    details          last lines of the backend's log when it broke, else ""
    content          SHA-256 of the source's content
    settings         what it was done with: the command, options, SHA-256 of the model
    finished         when, in UTC, ISO 8601

A source whose content and settings are those of its record, and whose outputs are there, is finished.
"""

import contextlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .identity import identity

FILE, FORMAT, VERSION = "results.json", "lift3d-results", 1
DONE, FAILED, SKIPPED, CANCELLED = "done", "failed", "skipped", "cancelled"


class ResultsError(Exception):
    """A results file that cannot be read or written, in one line."""


@dataclass(frozen=True)
class Record:
    """What became of one source; the fields are told above."""

    clip: str
    name: str
    result: str
    frames: int | None = None
    fps: float | None = None
    seconds: float = 0.0
    reprojection_px: float | None = None
    confidence: float | None = None
    outputs: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    sentence: str = ""
    details: str = ""
    content: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    finished: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))


class Results:
    """The results file of a folder. Raises ResultsError if there is one that is not ours."""

    def __init__(self, folder: Path):
        self.folder, self.path = Path(folder), Path(folder) / FILE
        self.records: dict[str, Record] = {identity(record.clip): record for record in _read(self.path)}

    def finished(self, clip: Path, content: str, settings: dict[str, Any], endings: Iterable[str]) -> Record | None:
        """The record of a source that need not be worked on again, or None. endings: of the outputs wished for."""
        record = self._done(clip, content, settings)
        if record is None or not {f"{record.name}.{ending}" for ending in endings} <= set(record.outputs):
            return None
        return record if all((self.folder / name).is_file() for name in record.outputs) else None

    def lifted(self, clip: Path, content: str, settings: dict[str, Any]) -> Record | None:
        """The record of a source whose motion file is there and only wants to be written in other formats, or None."""
        record = self._done(clip, content, settings)
        motion = f"{record.name}.npz" if record else ""
        return record if record and motion in record.outputs and (self.folder / motion).is_file() else None

    def put(self, record: Record) -> None:
        """Keep a record, and write the file in one step. Raises ResultsError."""
        self.records[identity(record.clip)] = record
        draft = self.path.with_name(f".{FILE}.{os.getpid()}")
        try:
            draft.write_text(as_json(self.records.values(), indent=1), encoding="utf-8")
            os.replace(draft, self.path)
        except OSError as error:
            with contextlib.suppress(OSError):
                draft.unlink()
            raise ResultsError(f"{self.path} cannot be written: {error.strerror}") from None

    def _done(self, clip: Path, content: str, settings: dict[str, Any]) -> Record | None:
        record = self.records.get(identity(clip))
        same = record and record.result == DONE and (record.content, record.settings) == (content, settings)
        return record if same else None


def as_json(records: Iterable[Record], indent: int | None = None) -> str:
    """The records as the JSON of a results file."""
    held = {"format": FORMAT, "version": VERSION, "clips": [asdict(record) for record in records]}
    return json.dumps(held, indent=indent)


def plain(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as they come back out of a file, to be compared with those in it."""
    return json.loads(json.dumps(settings))


def _read(path: Path) -> list[Record]:
    try:
        held = json.loads(path.read_bytes())
        if held["format"] != FORMAT or held["version"] != VERSION:
            raise ValueError
        return [_record(item) for item in held["clips"]]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ResultsError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ResultsError(
            f"{path} is no results file of version {VERSION}: move it away, or choose another folder"
        ) from None


def _record(item: dict[str, Any]) -> Record:
    """Raises ValueError or TypeError for what is none."""
    known = {each.name for each in fields(Record)}
    record = Record(**{name: value for name, value in item.items() if name in known})
    texts = (record.clip, record.name, record.result, *record.outputs)
    if not all(isinstance(text, str) and text for text in texts) or not isinstance(record.settings, dict):
        raise ValueError
    return record
