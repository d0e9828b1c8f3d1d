# SPDX-License-Identifier: GPL-3.0-or-later
"""Which trained models there are, and what their cards say: cheap enough for a panel.

A model is a folder with the networks of a lift (safetensors) and a card, README.md. Only the files' headers are read,
and those again only when a file has changed.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .body_family import HUMAN

NETWORKS = ("line_diffusion.safetensors", "multiview_diffusion.safetensors")  # what a lift cannot do without
CARD = "README.md"
_LONGEST_HEADER = 8 << 20  # bytes; ours are some ten kilobytes


@dataclass(frozen=True)
class Model:
    """A model's folder and what its card says. megabytes: of all its networks. bundled: it came with the extension."""

    name: str
    folder: Path
    subject: str
    licence: str
    description: str
    megabytes: float
    bundled: bool


_known: dict[tuple[Path, bool], tuple[tuple, Model | None]] = {}  # folder -> (its files' stamps, what was read)


def list_models(assets: Path, user_folders: list[Path]) -> list[Model]:
    """The bundled models of `assets`, then those in the users' folders by name. Never raises.

    A user's folder is a model itself or holds models, a folder each. What is half written or broken is left out;
    `problem` says what it lacks.
    """
    bundled = _subfolders(Path(assets) / "checkpoints")
    users = []
    for folder in map(Path, user_folders):
        itself = (folder / NETWORKS[-1]).is_file()
        users += [each for each in ([folder] if itself else _subfolders(folder)) if each not in bundled]
    found = [_model(each, True) for each in bundled] + [_model(each, False) for each in dict.fromkeys(users)]
    return [model for model in found if model]


def problem(folder: Path) -> str:
    """Why a lift cannot use the model in this folder, in one line; "" if it can. Never raises."""
    for name in NETWORKS:
        try:
            _read_card(Path(folder) / name)
        except FileNotFoundError:
            return f"{folder} has no {name}: expected a folder that a finished training has written"
        except (OSError, ValueError) as error:
            return f"{name} in {folder} is damaged or only half written ({error}): copy or train the model again"
    return ""


def subject_of(folder: Path) -> str:
    """Whom the model in a folder lifts, as its card says; "human" where that says nothing. Never raises."""
    try:
        return _subject(_read_card(Path(folder) / NETWORKS[-1]))
    except (OSError, ValueError):
        return HUMAN


def licence_on_card(text: str) -> str:
    """What follows `Licence` at the start of a paragraph of a card, as the backend's check says it."""
    return _paragraph(text, "licence") or f"see {CARD} beside the file"


def _model(folder: Path, bundled: bool) -> Model | None:
    try:
        networks = sorted(folder.glob("*.safetensors"))
        stamps = tuple(
            (path.name, stat.st_mtime_ns, stat.st_size)
            for path, stat in ((path, path.stat()) for path in [*networks, folder / CARD] if path.is_file())
        )
    except OSError:
        return None
    known = _known.get((folder, bundled))
    if known is None or known[0] != stamps:
        known = _known[folder, bundled] = (stamps, _read(folder, networks, bundled))
    return known[1]


def _read(folder: Path, networks: list[Path], bundled: bool) -> Model | None:
    if problem(folder):
        return None
    try:
        card = _read_card(folder / NETWORKS[-1])
        megabytes = sum(path.stat().st_size for path in networks) / 1e6
    except (OSError, ValueError):
        return None
    try:
        text = (folder / CARD).read_text(encoding="utf-8", errors="replace")
        licence, data = licence_on_card(text), _paragraph(text, "data")
    except OSError:
        licence, data = "no card beside the file", ""
    subject = _subject(card)
    if bundled and not folder.name.startswith(f"{subject}_"):  # cat_procedural is another model of cats
        subject = folder.name
    name = f"Default {subject}" if bundled and folder.name == subject else folder.name
    return Model(name, folder, subject, licence, data or str(card.get("data") or ""), round(megabytes, 1), bundled)


def _subject(card: dict[str, Any]) -> str:
    return str(card.get("subject") or HUMAN)


def _read_card(path: Path) -> dict[str, Any]:
    """The card in the header of a checkpoint that is whole. Raises OSError, and ValueError when it is not."""
    size = path.stat().st_size
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if not 2 <= length <= min(_LONGEST_HEADER, size - 8):
            raise ValueError("no safetensors header")
        try:
            header = json.loads(file.read(length))
            card = json.loads(header.pop("__metadata__")["card"])
            end = max(entry["data_offsets"][1] for entry in header.values())
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
            raise ValueError("its header is none of this program's") from None
    if not isinstance(card, dict) or not isinstance(card.get("config"), dict):
        raise ValueError("its card names no network")
    if size != 8 + length + end:
        raise ValueError(f"{size} bytes instead of {8 + length + end}")
    return card


def _paragraph(text: str, word: str) -> str:
    """The rest of the first paragraph that begins with the word and a colon or stop, as one plain line."""
    for paragraph in text.split("\n\n"):
        line = " ".join(paragraph.split()).lstrip("-* ").replace("*", "")
        if found := re.match(rf"{word}[.:]\s*", line, re.IGNORECASE):
            return line[found.end() :]
    return ""


def _subfolders(folder: Path) -> list[Path]:
    try:
        return sorted(each for each in folder.iterdir() if each.is_dir() and not each.name.startswith("."))
    except OSError:
        return []
