# SPDX-License-Identifier: GPL-3.0-or-later
"""What setting the backend up consists of: the commands, one after the other, and their variables."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from . import backend_folder, base_python
from .backend_folder import Contents, packages_of, python_of
from .environment import clean_variables, worker_command
from .requirements import CPU, DISK_GB, PIP, Requirements, torch_words

# Settings of pip that would put the packages elsewhere, or hide what it does. All others are the user's to choose.
_NOT_FOR_US = {"PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_QUIET", "PIP_DRY_RUN", "PIP_PYTHON"}

MAKING = "Making the environment"


@dataclass(frozen=True)
class Step:
    """A command. title: for the panel. doing: begins the sentence that says that it failed."""

    title: str
    doing: str
    words: list[str]


@dataclass(frozen=True)
class Plan:
    """Where and of what to make the environment.

    base_python: what makes it; own_python: that is Blender's own, chosen by nobody. build, index: torch's, as
    `requirements.torch_words` has them. afresh: from nothing, whatever is there. pip, progress: pip itself as pip takes
    it, and the kind of bar that this one knows. pip_words: more words for each of its installs. check: what the new
    Python is to run in the end, instead of the backend's own, and answer as that does. disk_gb: room needed.
    """

    folder: Path
    log: Path
    base_python: str
    requirements: Requirements
    own_python: bool = False
    build: str = CPU
    index: str = ""
    afresh: bool = False
    pip: str = PIP
    progress: str = "raw"
    pip_words: tuple[str, ...] = ()
    check: tuple[str, ...] = ()
    disk_gb: float | None = None

    @property
    def contents(self) -> Contents:
        return Contents(self.requirements.digest, self.build, self.index)

    @property
    def temporary(self) -> Path:
        """Folder for what pip unpacks: on the same disk, and ours to remove when pip is killed."""
        return self.folder.with_name(f"{self.folder.name}-tmp")

    @property
    def room_gb(self) -> float:
        return DISK_GB[self.build] if self.disk_gb is None else self.disk_gb

    @property
    def packages(self) -> Path:
        return packages_of(self.folder)

    def steps(self) -> list[Step]:
        """The commands. The first asks the base Python what it is, the last one runs the backend."""
        python, needs = str(python_of(self.folder)), self.requirements
        pip = [python, "-I", "-u", "-X", "utf8", "-m", "pip", "install", "--no-input", "--no-color", "--no-user"]
        pip += ["--disable-pip-version-check", "--no-warn-script-location", *self.pip_words]
        raw = [*pip, "--progress-bar", self.progress]
        torch = torch_words(needs.torch, self.build, self.index, sys.platform)
        check = [python, "-I", "-u", *self.check] if self.check else [*worker_command(python)[:-1], "check", "--json"]
        asking = [Step("Looking at Python", "Running Python", base_python.probe_command(self.base_python))]
        making = [self.base_python, "-I", "-u", "-m", "venv", "--clear", str(self.folder)]
        if not self._can_be_updated():
            asking.append(Step(MAKING, MAKING, making))
        return [
            *asking,
            Step("Updating pip", "Updating pip", [*pip, "--progress-bar", "off", self.pip]),
            Step("Installing torch", "Installing torch", [*raw, "--no-deps", *torch]),
            Step("Installing the packages", "Installing the packages", [*raw, *needs.full]),
            Step("Installing the last packages", "Installing the last packages", [*raw, "--no-deps", *needs.alone]),
            Step("Trying the backend", "Trying the backend", check),
        ]

    def variables(self, given: Mapping[str, str] = os.environ) -> dict[str, str]:
        """The environment variables for all of them."""
        temporary = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(self.temporary))
        return {name: it for name, it in clean_variables(given).items() if name not in _NOT_FOR_US} | temporary

    def _can_be_updated(self) -> bool:
        """Whether what is there can become what is wanted by installing other versions over it."""
        held = backend_folder.contents(self.folder)
        same_torch = held is not None and (held.build, held.index) == (self.build, self.index)
        return same_torch and not self.afresh and python_of(self.folder).exists()
