# SPDX-License-Identifier: GPL-3.0-or-later
"""A page being made: Markdown, with its plots and its results in a folder beside it, all replaced together."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from .. import EvaluationError
from . import results


class Page:
    """Its plots go to `folder`; the text refers to them below `images`."""

    def __init__(self, folder: Path, images: str):
        self.folder, self.images, self.blocks = folder, images, []

    def add(self, *blocks: str) -> None:
        self.blocks += blocks

    def plot(self, name: str, words: str) -> Path:
        """Where the plot of this name is to be written; the page shows it here."""
        self.add(f"![{words}]({self.images}/{name}.png)")
        return self.folder / f"{name}.png"


def publish(output: Path, fill: Callable[[Path, str], Page], kept: dict[str, dict]) -> list[Path]:
    """Write the page that ``fill(folder, images)`` makes as `output`, its plots into a folder beside it, and below that
    results/, {name: results} in their small form, from which it can be written again; all files written.

    Nothing is replaced before all is made. Raises EvaluationError.
    """
    output = Path(output)
    images = output.parent / output.stem
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=output.parent, prefix=f".{output.stem}.") as made:
            page = fill(Path(made), output.stem)
            names = sorted(path.name for path in page.folder.glob("*.png"))
            images.mkdir(exist_ok=True)
            for name in names:
                shutil.move(page.folder / name, images / name)
            partial = page.folder / output.name
            partial.write_text("\n\n".join(page.blocks) + "\n", encoding="utf-8")
            os.replace(partial, output)
    except OSError as error:
        raise EvaluationError(f"expected to write the report at {str(output)!r}: {error.strerror}") from None
    for name, data in kept.items():
        results.write_kept(data, images / "results" / f"{name}.json")
    return [output, *(images / name for name in names), *(images / "results" / f"{name}.json" for name in kept)]


def others(output: Path) -> str | None:
    """Links to the pages beside this one that are named after it, by their titles; None where there are none."""
    links = []
    for path in sorted(Path(output).parent.glob(f"{Path(output).stem}_*.md")):
        with path.open(encoding="utf-8") as lines:
            title = lines.readline().strip("# \n")
        links.append(f"[{title}]({path.name})")
    return f"Beside it: {', '.join(links)}." if links else None
