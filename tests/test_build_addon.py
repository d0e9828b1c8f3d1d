# SPDX-License-Identifier: GPL-3.0-or-later
"""The extension's zip: the same bytes whenever and wherever it is made, and in it what belongs there."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import backend
import build_addon

ROOT = Path(__file__).resolve().parents[1]
MANIFEST = tomllib.loads((ROOT / build_addon.MANIFEST).read_text(encoding="utf-8"))

# What Blender's own validation asks for; it is asked itself in tests/blender/test_extension.py.
TAGS = {"Animation", "Rigging", "Tracking", "Import-Export"}
LONGEST = 64


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    return build_addon.build(tmp_path_factory.mktemp("dist"))


def small_tree(root: Path) -> Path:
    """A tree with every part that the builder wants, and with what it must leave out."""
    for part, _, waste in build_addon.PARTS:
        if not waste:
            shutil.copy(ROOT / part, root / part)
            continue
        names = ["one.txt", "below/two.npz", "__pycache__/three.txt", ".four.txt", ".five/five.txt"]
        for inside in [*names, *(f"waste{ending}" for ending in waste)]:
            file = root / part / inside
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{part}/{inside}")
    for name in (build_addon.MANIFEST, "backend/__init__.py"):
        shutil.copy(ROOT / name, root / name)
    (root / "tests").mkdir()
    (root / "tests" / "test_one.py").touch()
    return root


def test_a_second_build_gives_the_same_bytes(built, tmp_path):
    assert build_addon.build(tmp_path).read_bytes() == built.read_bytes()


def test_other_dates_modes_and_an_other_order_of_making_give_the_same_bytes(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    small_tree(one)
    for file in sorted(one.rglob("*"), key=lambda path: str(path)[::-1]):
        if file.is_file():
            copy = two / file.relative_to(one)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.read_bytes())
            copy.chmod(0o700)
            os.utime(copy, (1_000_000_000, 1_000_000_000))
    first, second = build_addon.build(tmp_path / "a", one), build_addon.build(tmp_path / "b", two)
    assert first.read_bytes() == second.read_bytes()
    (two / "backend" / "one.txt").write_text("changed")
    assert build_addon.build(tmp_path / "b", two).read_bytes() != first.read_bytes()


def test_caches_tests_and_hidden_files_stay_out(tmp_path):
    names = build_addon.contents(small_tree(tmp_path))
    assert list(names) == sorted(names)
    taken = {f"{folder}{name}" for folder in ("", "backend/", "assets/") for name in ("one.txt", "below/two.npz")}
    taken |= {"blender_manifest.toml", "backend/__init__.py", "pyproject.toml", "LICENSE", "README.md"}
    assert set(names) == taken


def test_the_zip_holds_the_extension_the_backend_and_the_assets(built):
    with zipfile.ZipFile(built) as archive:
        assert archive.testzip() is None
        held = {entry.filename: entry for entry in archive.infolist()}
        assert archive.read("pyproject.toml") == (ROOT / "pyproject.toml").read_bytes()
    wanted = {"blender_manifest.toml", "__init__.py", "registration.py", "core/motion_file.py", "jobs/start_worker.py"}
    wanted |= {"backend/__main__.py", "assets/bodies/human.npz", "assets/clips/walk_and_wave.json", "README.md"}
    assert wanted <= set(held)
    for name, entry in held.items():
        assert not re.search(r"(^|/)(tests|__pycache__|\.)|\.pyc$|\\", name), name
        assert (entry.date_time, entry.compress_type) == ((1980, 1, 1, 0, 0, 0), zipfile.ZIP_STORED), name
        assert entry.external_attr >> 16 == 0o100644, name
    assert built.stat().st_size < 45e6  # 40 MB of assets and the code


@pytest.mark.skipif(not (ROOT / ".git").exists() or not shutil.which("git"), reason="no git checkout")
def test_nothing_of_the_extension_that_git_knows_is_forgotten(built):
    words = ["git", "ls-files", "--", "blender_addon", "backend", "assets"]
    listed = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    known = {name.removeprefix("blender_addon/") for name in listed if (ROOT / name).exists()}
    known -= {name for name in known if name.startswith("assets/") and name.endswith(".py")}
    with zipfile.ZipFile(built) as archive:
        assert known <= set(archive.namelist())


def test_unpacked_it_finds_its_backend_and_its_models(built, tmp_path):
    with zipfile.ZipFile(built) as archive:
        archive.extractall(tmp_path / "lift3d")
    script = (
        "from lift3d import places; from lift3d.jobs.environment import worker_command\n"
        "print(places.find('assets/bodies/human.npz')); print(worker_command('python')[-2])"
    )
    words = [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{script}"]
    body, home = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()
    assert Path(body).is_file() and Path(body).is_relative_to(tmp_path)
    assert (Path(home) / "backend" / "__main__.py").is_file() and Path(home) == tmp_path / "lift3d"


def test_importing_the_package_does_nothing():
    script = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); before = set(sys.modules)\n"
        "import blender_addon; print(sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["['blender_addon']"]


def test_the_manifest_says_what_the_code_says():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert MANIFEST["version"] == backend.__version__ == project["version"] == build_addon.version()
    assert (MANIFEST["id"], MANIFEST["name"], MANIFEST["type"]) == ("lift3d", "Lift to 3D", "add-on")
    assert MANIFEST["blender_version_min"] == "4.2.0" and MANIFEST["schema_version"] == "1.0.0"
    assert MANIFEST["license"] == [f"SPDX:{project['license']}"]


def test_the_manifest_keeps_to_blenders_rules():
    assert set(MANIFEST["tags"]) <= TAGS
    assert set(MANIFEST["permissions"]) == {"files", "network", "clipboard"}
    for sentence in (MANIFEST["tagline"], *MANIFEST["permissions"].values()):
        assert len(sentence) <= LONGEST and sentence[-1].isalnum(), sentence


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (lambda root: (root / "LICENSE").unlink(), "LICENSE is not there"),
        (lambda root: (root / "backend" / "__init__.py").write_text('__version__ = "9.9.9"\n'), "versions differ"),
        (lambda root: (root / build_addon.MANIFEST).write_text("id = 1\n"), "does not say its version"),
    ],
)
def test_what_cannot_be_built_is_one_line_and_no_zip(tmp_path, break_it, words):
    root = small_tree(tmp_path / "tree")
    break_it(root)
    with pytest.raises(build_addon.BuildError, match=words) as caught:
        build_addon.build(tmp_path / "dist", root)
    assert "\n" not in str(caught.value) and not list(tmp_path.glob("dist/*"))


def test_the_command_says_what_it_made(tmp_path):
    words = [sys.executable, "build_addon.py", "-o", str(tmp_path)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    path, facts = done.stdout.splitlines()
    assert Path(path).is_file() and re.fullmatch(r"\d+\.\d MB, \d+ files, sha256 [0-9a-f]{64}", facts)
    (tmp_path / "file").touch()
    words[-1] = str(tmp_path / "file")
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "cannot be written" in done.stderr
