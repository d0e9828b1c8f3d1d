# SPDX-License-Identifier: GPL-3.0-or-later
"""The extension in every Blender at hand: disabled it leaves nothing behind, and a real one installs its zip."""

import json
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import build_addon
from tests.blender.blenders import ROOT, blenders, real_blender, run_script, workplace

ENABLING = Path(__file__).with_name("enabling.py")
INSTALLED = "bl_ext.user_default.lift3d"

needs_blender = pytest.mark.skipif(not real_blender(), reason="no real Blender: name its command in LIFT3D_BLENDER")


class Profile:
    """A user's folder of a real Blender, made for a test, and the zip."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.zip = build_addon.build(folder)
        self.variables = {"BLENDER_USER_RESOURCES": str(folder / "resources")}
        (folder / "resources").mkdir()

    def blender(self, *words: object) -> subprocess.CompletedProcess:
        variables = [f"{name}={value}" for name, value in self.variables.items()]
        command = ["env", *variables, *real_blender(), *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=300)

    def install(self) -> subprocess.CompletedProcess:
        return self.blender("--command", "extension", "install-file", "-r", "user_default", "-e", self.zip)


@pytest.fixture(scope="module")
def profile() -> Iterator[Profile]:
    with workplace("test-extension-") as folder:
        yield Profile(Path(folder))


@pytest.mark.parametrize("blender", blenders())
def test_enabled_and_disabled_it_leaves_nothing_behind(blender, profile):
    module, variables = "blender_addon", {}
    if blender[: len(real_blender())] == real_blender() and real_blender():
        assert profile.install().returncode == 0
        module, variables = INSTALLED, profile.variables
    answer = profile.folder / "answer.json"
    answer.unlink(missing_ok=True)
    done = run_script(blender, ENABLING, module, answer, variables=variables)
    assert done.returncode == 0 and answer.exists(), done.stdout + done.stderr
    before, on, off, busy, off_again = json.loads(answer.read_text(encoding="utf-8"))
    assert "Traceback" not in done.stderr + done.stdout
    assert off == before and off_again == before
    # It has been there, all of it, and twice the same but for the timer that ran the second time.
    assert {"set_up_backend", "import_motion", "lift"} <= set(on["operators"]) and before["operators"] == []
    assert "lift3d" in on["properties"]["Scene"] and module in on["addons"]
    assert any(name.startswith("command") for name in on["held"])
    timers = {name for name in busy["held"] if name.startswith("timer")}
    assert len(timers) == 1 and not any(name.startswith("timer") for name in on["held"])
    assert {**busy, "held": {name: n for name, n in busy["held"].items() if name not in timers}} == on


@needs_blender
def test_blender_accepts_the_zip(profile):
    done = profile.blender("--command", "extension", "validate", profile.zip)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "rror" not in done.stdout + done.stderr


@needs_blender
def test_blender_installs_the_zip_over_itself_and_ends_in_peace(profile):
    for _ in range(2):
        done = profile.install()
        assert done.returncode == 0 and "Traceback" not in done.stdout + done.stderr, done.stdout + done.stderr
    script = f"import addon_utils, bpy; assert {INSTALLED!r} in bpy.context.preferences.addons; bpy.ops.lift3d"
    done = profile.blender("-b", "--python-exit-code", "1", "--python-expr", script)
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stdout + done.stderr
    installed = profile.folder / "resources" / "extensions" / "user_default" / "lift3d"
    on_disk = {path.relative_to(installed).as_posix() for path in installed.rglob("*") if path.is_file()}
    with zipfile.ZipFile(profile.zip) as archive:
        held = set(archive.namelist())
    assert held == {name for name in on_disk if "__pycache__" not in name}
