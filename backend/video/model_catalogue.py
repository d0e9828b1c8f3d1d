# SPDX-License-Identifier: GPL-3.0-or-later
"""Models that find keypoints and can be fetched by name: what a catalogue file tells of each, before anything is
fetched.

A catalogue is JSON: {"format": "lift3d-model-catalogue", "version": 1, "models": [...], "elsewhere": [...]}. A model
has name, file (which it gets), address (http or https), size (bytes), sha256, licence, purpose (person, animal or
objects) and about, a line; where the address is of a .zip, also archive: its size, its sha256, and member, the name of
the model's file in whichever of its folders. elsewhere: purpose and about of what users fetch themselves. A studio's
own catalogue has the same form. The built-in one has only facts that the models' keepers, or many who fetched them,
agree on.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .detectors import ENDING
from .errors import DetectorError

BUILT_IN = Path(__file__).with_suffix(".json")
FORMAT, VERSION = "lift3d-model-catalogue", 1
PURPOSES = ("person", "animal", "objects")  # whom a pose model looks at, or a detector of objects to go before one
LARGEST = 4 << 30  # bytes
_DIGEST = "[0-9a-fA-F]{64}"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}")


@dataclass(frozen=True)
class Archive:
    """A .zip that a model comes in."""

    size: int
    sha256: str
    member: str


@dataclass(frozen=True)
class CatalogueEntry:
    """A model that can be fetched; see this file's beginning."""

    name: str
    file: str
    address: str
    size: int
    sha256: str
    licence: str
    purpose: str
    about: str
    archive: Archive | None = None

    @property
    def megabytes(self) -> float:
        """Of what is downloaded."""
        return round((self.archive or self).size / 1e6, 1)


@dataclass(frozen=True)
class Catalogue:
    """elsewhere: (purpose, line) of models that are not fetched by name."""

    path: Path
    entries: tuple[CatalogueEntry, ...]
    elsewhere: tuple[tuple[str, str], ...] = ()

    def find(self, name: str) -> CatalogueEntry:
        """The entry of a name. Raises DetectorError."""
        for entry in self.entries:
            if entry.name == name:
                return entry
        known = ", ".join(entry.name for entry in self.entries) or "none"
        raise DetectorError(f"there is no model {name!r} in {self.path.name}; there are {known}")


def read_catalogue(path: Path | None = None) -> Catalogue:
    """The built-in catalogue, or that of a file. Raises DetectorError, naming what is wrong in it."""
    path = BUILT_IN if path is None else Path(path)
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DetectorError(f"the catalogue {path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise DetectorError(f"{path.name} is no catalogue: no JSON ({error})") from None
    if not isinstance(held, dict) or held.get("format") != FORMAT or held.get("version") != VERSION:
        raise DetectorError(f'{path.name} is no catalogue: expected "format": "{FORMAT}" and "version": {VERSION}')
    models, elsewhere = held.get("models"), held.get("elsewhere", [])
    if not isinstance(models, list) or not isinstance(elsewhere, list):
        raise DetectorError(f"{path.name} is no catalogue: expected lists as models and elsewhere")
    entries = tuple(_entry(model, f"model {number} of {path.name}") for number, model in enumerate(models, 1))
    for what in ("name", "file"):
        if len({getattr(entry, what) for entry in entries}) < len(entries):
            raise DetectorError(f"{path.name} has two models of one {what}")
    lines = [(str(row.get("purpose", "")), str(row.get("about", ""))) for row in elsewhere if isinstance(row, dict)]
    return Catalogue(path, entries, tuple(lines))


def _entry(given: Any, where: str) -> CatalogueEntry:
    if not isinstance(given, Mapping):
        raise DetectorError(f"{where}: expected an object, got {str(given)[:40]!r}")
    texts = ("name", "file", "address", "sha256", "licence", "purpose", "about")
    for name in texts:
        if not isinstance(given.get(name), str) or not given[name].strip():
            raise DetectorError(f"{where}: expected text as {name}, got {given.get(name)!r}")
    size = given.get("size")
    faults = {
        "name": not _NAME.fullmatch(given["name"]),
        "file": not (_NAME.fullmatch(given["file"]) and given["file"].lower().endswith(ENDING)),
        "address": not re.match(r"https?://[^/\s]", given["address"]),
        "sha256": not re.fullmatch(_DIGEST, given["sha256"]),
        "purpose": given["purpose"] not in PURPOSES,
        "size": not isinstance(size, int) or isinstance(size, bool) or not 0 < size <= LARGEST,
    }
    for name, wrong in faults.items():
        if wrong:
            raise DetectorError(f"{where}: {given.get(name)!r} is no {name}")
    return CatalogueEntry(
        **{name: given[name].strip() for name in texts}, size=size, archive=_archive(given.get("archive"), where)
    )


def _archive(given: Any, where: str) -> Archive | None:
    if given is None:
        return None
    found = given if isinstance(given, Mapping) else {}
    size, digest, member = (found.get(name) for name in ("size", "sha256", "member"))
    if not (
        isinstance(size, int) and 0 < size <= LARGEST
        and isinstance(digest, str) and re.fullmatch(_DIGEST, digest)
        and isinstance(member, str) and _NAME.fullmatch(member)
    ):  # fmt: skip
        raise DetectorError(f"{where}: expected an archive's size, sha256 and member, got {str(given)[:60]}")
    return Archive(size, digest, member)
