# SPDX-License-Identifier: GPL-3.0-or-later
"""What the backend needs is pinned and told apart by its digest; torch comes in the build that was chosen."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from blender_addon.jobs import base_python, requirements
from blender_addon.jobs.requirements import CPU, CUDA, TORCH_INDEX, torch_words

PYPROJECT = Path(__file__).resolve().parents[3] / "pyproject.toml"
PROJECT = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]


def test_every_package_is_pinned_to_one_version():
    found = requirements.parse(PYPROJECT.read_bytes(), set(PROJECT["optional-dependencies"]))
    assert {"torch", "bpy", "onnxruntime", "pytest"} <= {line.split("==")[0] for line in found.full}
    for line in [*found.full, *found.alone, requirements.PIP]:
        name, _, version = line.partition("==")
        assert name and version[:1].isdigit() and not set("<>~*,; @") & set(version), line


def test_extras_add_to_the_base():
    base = requirements.parse(PYPROJECT.read_bytes())
    found = requirements.parse(PYPROJECT.read_bytes(), {"dev"})
    assert [line for line in found.full if line not in base.full] == PROJECT["optional-dependencies"]["dev"]
    assert found.alone == base.alone


def test_the_backend_is_what_the_project_depends_on():
    found = requirements.read()
    assert list(found.full) == PROJECT["dependencies"] and "human_body_prior==0.8.5.0" in found.alone
    assert found.torch in found.full and found.torch.startswith("torch==")


def test_the_digest_changes_with_the_packages_alone():
    text = PYPROJECT.read_text(encoding="utf-8")
    base = requirements.parse(text.encode()).digest
    other_version = text.replace(f'version = "{PROJECT["version"]}"', 'version = "9.9.9"')
    assert other_version != text and requirements.parse(other_version.encode()).digest == base
    other_roma = text.replace("roma==", "roma==9.")
    assert other_roma != text and requirements.parse(other_roma.encode()).digest != base
    found = requirements.read()
    assert replace(found, full=found.full + found.alone, alone=()).digest != base


def test_the_python_that_makes_the_environment_is_the_projects():
    assert PROJECT["requires-python"] == "==" + ".".join(map(str, base_python.NEEDED)) + ".*"


@pytest.mark.parametrize(
    ("build", "index", "system", "words"),
    [
        (CPU, "", "linux", ["torch==2.13.0+cpu", "--extra-index-url", TORCH_INDEX + "cpu"]),
        (CUDA, "", "win32", ["torch==2.13.0+cu130", "--extra-index-url", TORCH_INDEX + "cu130"]),
        (CPU, "", "darwin", ["torch==2.13.0"]),
        (CUDA, "https://mirror/simple", "linux", ["torch==2.13.0", "--extra-index-url", "https://mirror/simple"]),
    ],
)
def test_torch_comes_in_the_build_that_was_chosen_from_its_index(build, index, system, words):
    assert torch_words("torch==2.13.0", build, index, system) == words
