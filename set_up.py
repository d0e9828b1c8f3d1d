# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the project's own environment, and run the demo or the tests in it. Standard library only, any system.

    python3.11 set_up.py              make .venv with the pinned packages (Windows: py -3.11 set_up.py)
    python3.11 set_up.py demo         lift the bundled clip: out/demo.blend, out/demo.npz, out/demo.png
    python3.11 set_up.py test         ruff and pytest; further words go to pytest
    python3.11 set_up.py clean        remove out/, caches and .venv

A stamp in .venv keeps the hash of pyproject.toml and the extras installed, so a second run starts at once.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
STAMP = ENVIRONMENT / "lift3d-set-up.json"
DEMO_CLIP = Path("assets/clips/walk_and_wave.json")
MOST_TESTS_AT_ONCE = 4  # each may start processes with torch or Blender
DEMO_FOCAL = "1400"  # pixels: the camera of the clip is known, see its card


class SetUpError(Exception):
    """Something that stops the set-up, in one line for the user."""


def stamp_text(pyproject: bytes, extras: set[str]) -> dict:
    """What the stamp says of an environment made from these bytes with these extras."""
    return {"pyproject": hashlib.sha256(pyproject).hexdigest(), "extras": sorted(extras)}


def installed_extras(pyproject: bytes, stamp: Path) -> set[str] | None:
    """Extras that an up-to-date environment holds, or None when there is none or it is out of date."""
    try:
        found = json.loads(stamp.read_text(encoding="utf-8"))
        extras = set(found["extras"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return extras if found == stamp_text(pyproject, extras) else None


def make_environment(extras: set[str]) -> Path:
    """Make or complete .venv so that it holds the pinned packages and these extras; return its interpreter."""
    if sys.version_info[:2] != (3, 11):
        found = ".".join(map(str, sys.version_info[:3]))
        raise SetUpError(
            f"Python 3.11 is needed (Blender's and the pinned packages'), this is {found}; "
            "run python3.11 set_up.py, or py -3.11 set_up.py on Windows"
        )
    # Older Pythons, which get the sentence above instead, do not understand these.
    from blender_addon.jobs import requirements
    from blender_addon.jobs.backend_folder import python_of

    pyproject = (ROOT / "pyproject.toml").read_bytes()
    held = installed_extras(pyproject, STAMP)
    python = python_of(ENVIRONMENT)
    if held is not None and extras <= held and python.exists():
        return python
    started = time.monotonic()
    if not python.exists():
        print(f"Making {ENVIRONMENT.name} with Python {sys.version.split()[0]}", flush=True)
        venv.create(ENVIRONMENT, with_pip=True, symlinks=os.name != "nt")
    extras = extras | (held or set())
    needs = requirements.parse(pyproject, extras)
    print("Installing the pinned packages, a few minutes the first time", flush=True)
    STAMP.unlink(missing_ok=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for words in ([*pip, *needs.full], [*pip, "--no-deps", *needs.alone]):
        if subprocess.run(words, cwd=ROOT).returncode:
            raise SetUpError("pip could not install the pinned packages; its own words are above")
    STAMP.write_text(json.dumps(stamp_text(pyproject, extras)), encoding="utf-8")
    print(f"Environment ready after {time.monotonic() - started:.0f} s", flush=True)
    return python


def run_in_turn(python: Path, commands: list[list[str]]) -> int:
    """Run `python WORDS...` for each command from the project's folder; stop at the first failure."""
    for words in commands:
        print("$ python " + " ".join(words), flush=True)
        code = subprocess.run([str(python), *words], cwd=ROOT).returncode
        if code:
            return code
    return 0


def demo() -> int:
    """Lift the bundled clip into a Blender file and draw one picture of it, in out/."""
    python = make_environment({"blender"})
    started = time.monotonic()
    renders = Path("out/renders")
    shutil.rmtree(ROOT / renders, ignore_errors=True)  # of an earlier demo, at other frames perhaps
    (ROOT / renders).mkdir(parents=True)
    code = run_in_turn(
        python,
        [
            ["-m", "blender_addon", "lift", str(DEMO_CLIP), "-o", "out/demo.blend", "--focal", DEMO_FOCAL],
            ["-m", "blender_addon", "render", "out/demo.blend", "-o", str(renders), "--size", "330x400"],
            ["-m", "backend", "picture", "out/demo.npz", "-o", "out/demo.png", "--renders", str(renders)],
        ],
    )
    if not code:
        print(f"Done in {time.monotonic() - started:.0f} s: out/demo.blend, out/demo.npz, out/demo.png")
    return code


def test(words: list[str]) -> int:
    """Lint, then run the tests, file by file on a few cores at once; words are pytest's."""
    python = make_environment({"blender", "dev"})
    lint = run_in_turn(python, [["-m", "ruff", "check", "."]])
    at_once = ["-n", str(min(os.cpu_count() or 1, MOST_TESTS_AT_ONCE)), "--dist", "loadfile"]
    return run_in_turn(python, [["-m", "pytest", *at_once, *words]]) or lint  # last: the closing line is pytest's


def clean() -> int:
    """Remove everything that git ignores and this script or the tests made."""
    for name in ("out", "dist", "build", ".pytest_cache", ".ruff_cache", ".venv"):
        shutil.rmtree(ROOT / name, ignore_errors=True)
    return 0


def main(words: list[str]) -> int:
    """Do what the command line asks; the exit code."""
    verb = words[0] if words else ""
    if verb == "":
        make_environment({"blender"})
        return 0
    if verb == "demo" and len(words) == 1:
        return demo()
    if verb == "test":
        return test(words[1:])
    if verb == "clean" and len(words) == 1:
        return clean()
    print(__doc__, file=sys.stdout if verb in ("-h", "--help") else sys.stderr)
    return 0 if verb in ("-h", "--help") else 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except SetUpError as error:
        print(f"lift3d: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("lift3d: interrupted", file=sys.stderr)
        sys.exit(130)
