# SPDX-License-Identifier: GPL-3.0-or-later
"""The bodies and trained models at hand, and what their cards say of their licences."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def models(assets: Path, folders: Iterable[Path] = ()) -> list[dict[str, Any]]:
    """Bundled bodies and trained models, then those in the user's folders: file, megabytes, licence.

    folders: each a model, or holding models, a folder each. file: from `assets`, or whole for the user's. The licence
    is what the card beside the file says. A folder that is not there holds nothing.
    """
    paths = sorted([*assets.glob("bodies/*.npz"), *assets.glob("checkpoints/*/*.safetensors")])
    for folder in folders:
        paths += sorted([*folder.glob("*.safetensors"), *folder.glob("*/*.safetensors")])
    return [
        {
            "file": (path.relative_to(assets) if path.is_relative_to(assets) else path).as_posix(),
            "megabytes": round(path.stat().st_size / 1e6, 1),
            "licence": licence_on_card(path),
        }
        for path in dict.fromkeys(paths)
        if path.is_file()
    ]


def licence_on_card(path: Path) -> str:
    """The licence of a file: what follows `Licence` at the start of a paragraph of its card.

    The card is NAME.md beside the file, or the folder's README.md.
    """
    cards = [card for card in (path.with_suffix(".md"), path.parent / "README.md") if card.is_file()]
    if not cards:
        return "no card beside the file"
    for paragraph in cards[0].read_text(encoding="utf-8", errors="replace").split("\n\n"):
        line = " ".join(paragraph.split()).lstrip("-* ").replace("*", "")
        if found := re.match(r"licence[.:]\s*", line, re.IGNORECASE):
            return line[found.end() :]
    return f"see {cards[0].name} beside the file"


def sentences(found: list[dict[str, Any]]) -> list[str]:
    """A line for each body and for each folder of networks, with the beginning of its licence."""
    together: dict[str, list[dict[str, Any]]] = {}
    for model in found:
        file = Path(model["file"])
        together.setdefault(str(file.parent if file.suffix == ".safetensors" else file), []).append(model)
    return [
        f"Model {place} ({sum(model['megabytes'] for model in parts):.1f} MB): {_beginning(parts[0]['licence'])}"
        for place, parts in together.items()
    ]


def _beginning(licence: str) -> str:
    """A licence without the reasons and thanks that follow: up to its first comma, colon or full stop."""
    return re.split(r"[,:;]\s|\.(?:\s|$)", licence, maxsplit=1)[0]
