# SPDX-License-Identifier: GPL-3.0-or-later
"""The tests' own tools, on a toy extension: the mouse meets the button that was asked for, and nothing stays behind."""

import os
from pathlib import Path

import pytest

from tests.blender.window import processes
from tests.blender.window.sidebar import Sidebar

TOY = Path(__file__).resolve().parent / "toy" / "__init__.py"


@pytest.fixture(scope="module")
def toy(blender):
    blender.start("-P", str(TOY))
    sidebar = Sidebar(blender)
    sidebar.open()
    return sidebar


def test_every_button_is_found_by_name_and_clicked(toy):
    for text in ("Under", "A", "Large", "B"):
        toy.click(kind="operator", name="toy.press", text=text)
    assert toy.window.ask("facts.window().scene['pressed']") == "uaLb"


def test_a_field_takes_what_is_typed(toy):
    toy.fill("a path/with some_signs-1.json", kind="prop", name="text")
    assert toy.window.ask("facts.window().scene.toy.text") == "a path/with some_signs-1.json"


def test_what_a_panel_shows_can_be_read_and_its_code_is_given_back(toy):
    shown = [(item["panel"], item["kind"], item["text"]) for item in toy.items()]
    assert shown[0] == ("TOY_PT_main", "label", "Some words")
    assert ("TOY_PT_main", "label", "A red warning") in shown and shown[-1] == ("TOY_PT_sub", "operator", "Under")
    assert toy.window.ask("bpy.types.TOY_PT_main.draw.__module__") == "__main__"


def test_what_is_not_drawn_is_told(toy):
    with pytest.raises(AssertionError, match="no .*elsewhere.* in sight; drawn are .*Large"):
        toy.box(kind="operator", text="elsewhere")


def test_closing_ends_blender_and_what_it_started(toy):
    child = toy.window.run("import subprocess\nanswer = subprocess.Popen(['sleep', '600']).pid")
    own = toy.window.process.pid
    assert child in processes.descendants(own) and processes.command_line(child) == "sleep 600"
    toy.window.close()
    assert not processes.alive(child) and not processes.alive(own)
    assert not os.path.exists(f"/tmp/.X11-unix/X{toy.screen.display[1:]}")
