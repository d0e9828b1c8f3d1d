# SPDX-License-Identifier: GPL-3.0-or-later
"""What the backend's environment is made of, from pyproject.toml: the one place that says it. Standard library only."""

import hashlib
import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .. import places

PIP = "pip==26.3"  # 24.1 was the first to know --progress-bar raw

# PyTorch's own package index has a build of torch for processors alone, and one for each version of CUDA. Torch 2.13
# has CUDA 12.6, 13.0 and, for trial, 13.2; 13.0 is also what the general index gives on Linux.
TORCH_INDEX = "https://download.pytorch.org/whl/"
CPU, CUDA = "cpu", "cuda"
_TAGS = {CPU: "cpu", CUDA: "cu130"}

# Gigabytes to download, and on the disk at the end and on the way there, on Linux; elsewhere it is less.
DOWNLOAD_GB = {CPU: 0.4, CUDA: 3.0}
DISK_GB = {CPU: 2.0, CUDA: 9.0}


@dataclass(frozen=True)
class Requirements:
    """Pinned packages, as pip takes them. full: installed with what they depend on. alone: without."""

    full: tuple[str, ...]
    alone: tuple[str, ...]

    @property
    def digest(self) -> str:
        """The same for the same packages, whatever else pyproject.toml says."""
        return hashlib.sha256(json.dumps([self.full, self.alone]).encode()).hexdigest()

    @property
    def torch(self) -> str:
        return next(line for line in self.full if line.startswith("torch=="))


def parse(pyproject: bytes, extras: Iterable[str] = ()) -> Requirements:
    """What a pyproject.toml of these bytes asks for, with the extras of these names."""
    project = tomllib.loads(pyproject.decode("utf-8"))
    optional = project["project"]["optional-dependencies"]
    full = list(project["project"]["dependencies"])
    for extra in sorted(extras):
        full += optional[extra]
    return Requirements(tuple(full), tuple(project["tool"]["lift3d"]["without-dependencies"]))


def read(path: Path | None = None) -> Requirements:
    """What the backend needs, from the pyproject.toml at hand. Raises OSError."""
    return parse((path or places.find("pyproject.toml")).read_bytes())


def torch_words(torch: str, build: str, index: str, system: str) -> list[str]:
    """Pip's words for torch in a build, CPU or CUDA.

    torch: the pinned line. index: a package index to take it from in place of PyTorch's own, "" for that one; which
    build comes is then the index's affair. system: sys.platform; a Mac has one build, on the general index.
    """
    if index:
        return [torch, "--extra-index-url", index]
    if system == "darwin":
        return [torch]
    # With its tag, so that an index that cannot be reached is an error and not three gigabytes of the other build.
    return [f"{torch}+{_TAGS[build]}", "--extra-index-url", TORCH_INDEX + _TAGS[build]]
