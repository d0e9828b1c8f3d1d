# SPDX-License-Identifier: GPL-3.0-or-later
"""The packages that the backend needs: each is there, missing, or there and broken, and what to do then."""

import importlib
import importlib.metadata
import importlib.util
import os
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

from ..progress import Progress, silent

PYPROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"
STAGE = "Looking at the backend"
# Imported by another name than pip's.
_MODULES = {"opencv-python-headless": "cv2", "absl-py": "absl", "attrs": "attr", "protobuf": "google"}
# Pins for an installation whose pyproject.toml is not beside it.
_FULL = (
    "torch", "numpy", "scipy", "smplx", "roma", "opencv-python-headless", "safetensors", "matplotlib", "h5py",
    "onnxruntime", "absl-py", "attrs", "flatbuffers", "protobuf",
)  # fmt: skip
_ALONE = ("mediapipe", "human_body_prior", "torchgeometry", "configer")


@dataclass(frozen=True)
class Package:
    """name: pip's. line: as pip is asked for it. alone: without what it depends on. version: "" if it is missing.

    problem: why it cannot be loaded, one line, "" if it can.
    """

    name: str
    line: str
    alone: bool
    version: str
    problem: str

    @property
    def missing(self) -> bool:
        return bool(self.problem) and not self.version


def packages(pyproject: Path = PYPROJECT, progress: Progress = silent) -> list[Package]:
    """All packages that the backend needs, each imported to see. Never raises but what ``progress`` does."""
    needed = _needed(pyproject)
    found = []
    for number, (line, alone) in enumerate(needed):
        progress(STAGE, number, len(needed))
        found.append(_package(line, alone))
    return found


def sentences(found: list[Package]) -> list[str]:
    """What is wrong with the packages and what to do, a line each; none if nothing is."""
    lines = [f"{each.name} {each.version} cannot be loaded: {each.problem}" for each in found if not _whole(each)]
    for alone in (False, True):
        missing = [each for each in found if each.missing and each.alone == alone]
        if missing:
            words = " ".join(each.line for each in missing)
            lines.append(
                f"Missing: {', '.join(each.name for each in missing)}. Repair the backend, or run: "
                f'"{sys.executable}" -m pip install {"--no-deps " * alone}{words}'
            )
    broken = [each.line for each in found if not _whole(each) and not each.alone]
    if broken:
        lines.append(
            "Repair the backend, which installs its packages anew, or run: "
            f'"{sys.executable}" -m pip install --force-reinstall {" ".join(broken)}'
        )
    return lines


def _whole(package: Package) -> bool:
    return package.missing or not package.problem


def _needed(pyproject: Path) -> list[tuple[str, bool]]:
    """Pip's lines, and whether each is installed without what it depends on."""
    try:
        document = tomllib.loads(pyproject.read_text(encoding="utf-8"))
        full, alone = document["project"]["dependencies"], document["tool"]["lift3d"]["without-dependencies"]
    except (OSError, ValueError, KeyError):
        full, alone = _FULL, _ALONE
    return [(line, False) for line in full] + [(line, True) for line in alone]


def _package(line: str, alone: bool) -> Package:
    name = line.partition("==")[0].strip()
    module = _MODULES.get(name, name.replace("-", "_"))
    try:
        version = importlib.metadata.version(name)
    except Exception:  # noqa: BLE001 half-deleted metadata raises more than PackageNotFoundError
        version = ""
    problem = ""
    try:
        if importlib.util.find_spec(module) is None:
            return Package(name, line, alone, "", "it is not installed")
        importlib.import_module(module)
    except (Exception, SystemExit) as error:  # noqa: BLE001 a broken package raises anything
        problem = _reason(error, module)
    return Package(name, line, alone, version or "(of unknown version)", problem)


def _reason(error: BaseException, module: str) -> str:
    """Why an import failed, in one line."""
    if isinstance(error, ModuleNotFoundError) and error.name and error.name.partition(".")[0] != module:
        return f"it needs {error.name.partition('.')[0]}, which is not installed"
    words = " ".join(str(error).split())[:200] or type(error).__name__
    if os.name == "nt" and isinstance(error, OSError):
        words += "; Microsoft's Visual C++ Redistributable may be missing, which Microsoft gives away"
    return words
