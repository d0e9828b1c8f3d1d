# SPDX-License-Identifier: GPL-3.0-or-later
"""Every Blender at hand, and how a script is run in one.

Besides the bpy module of this environment: other Pythons with bpy in $LIFT3D_BPY_PYTHONS (colon-separated) or beside
this one as .venv-bpy*, and a Blender in $LIFT3D_BLENDER (a command, e.g. "blender") or $BLENDER (its path).
"""

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NO_BLENDER = "no real Blender: name its command in LIFT3D_BLENDER, or its path in BLENDER"


def blenders() -> list:
    """A pytest parameter for each way to run bpy: the words before a script's name."""
    found = []
    absent = pytest.mark.skipif(not find_spec("bpy"), reason="this environment has no bpy: pip install bpy==4.5.15")
    found.append(pytest.param([sys.executable], id="this", marks=absent))
    named = os.environ.get("LIFT3D_BPY_PYTHONS")
    others = named.split(":") if named else [str(path) for path in sorted(ROOT.glob(".venv-bpy*/bin/python"))]
    for python in others:
        found.append(pytest.param([python], id=Path(python).parent.parent.name))
    if not others:
        no = pytest.mark.skip(reason="no other bpy: name Pythons that have one in LIFT3D_BPY_PYTHONS")
        found.append(pytest.param([], id="other-bpy", marks=no))
    real = real_blender()
    no = [] if real else [pytest.mark.skip(reason=NO_BLENDER)]
    words = [*real, "-b", "--factory-startup", "--python-exit-code", "1", "-P"]
    found.append(pytest.param(words, id="real-blender", marks=no))
    return found


def few_blenders() -> list:
    """This bpy, the newest of the others and a real Blender: for what takes half a minute in each."""
    return [*blenders()[:1], *blenders()[1:][-2:]]


def real_blender() -> list[str]:
    """The words that start the Blender that is named, by $LIFT3D_BLENDER before $BLENDER; none if none is."""
    path = os.environ.get("BLENDER")
    return shlex.split(os.environ.get("LIFT3D_BLENDER", "")) or ([path] if path else [])


def run_script(
    blender: list[str], script: Path, *words: object, variables: Mapping[str, str] | None = None, timeout: float = 300
) -> subprocess.CompletedProcess:
    """Run a script in one of `blenders`, with words for its command line and further environment variables, for at most
    `timeout` seconds."""
    dashes = ["--"] if len(blender) > 1 else []
    command = [*blender, str(script), *dashes, *map(str, words)]
    env = {**os.environ, **(variables or {})}
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=env, timeout=timeout)


def workplace(prefix: str) -> tempfile.TemporaryDirectory:
    """A temporary folder below the checkout, since that is what a Blender in a container sees of this machine."""
    (ROOT / "out").mkdir(exist_ok=True)
    return tempfile.TemporaryDirectory(prefix=prefix, dir=ROOT / "out")
