# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender windows for the tests, ended whatever becomes of a test; a picture of the last moment when it fails."""

from collections.abc import Iterator

import pytest

from tests.blender.window.blender_window import ROOT, BlenderWindow, why_not


@pytest.fixture(scope="module")
def blender(request) -> Iterator[BlenderWindow]:
    """An empty profile and a screen, one for all tests of a file; the first test starts Blender itself."""
    if why_not():
        pytest.skip(why_not())
    name = request.module.__name__.rpartition(".")[2]
    window = BlenderWindow(ROOT / "out" / "window-tests" / name)
    try:
        yield window
    finally:
        window.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    window = getattr(item, "funcargs", {}).get("blender")
    if report.when == "call" and report.failed and window is not None:
        path = window.folder / f"failed-{item.name}.png"
        window.screen.save(path)
        report.sections.append(("what the screen showed", str(path)))
        report.sections.append(("the end of Blender's log", window.log_tail()))
    return report
