# SPDX-License-Identifier: GPL-3.0-or-later
from pathlib import Path

import pytest

from blender_addon.core.licence_words import plain
from blender_addon.core.models import list_models


@pytest.mark.parametrize(
    "licence, name, words",
    [
        ("CC BY-SA 3.0, the strictest of the data's: HDM05 is CC BY-SA 3.0.", "CC BY-SA 3.0", "keep this licence"),
        ("CC BY-NC 4.0", "CC BY-NC 4.0", "Not for commercial use"),
        ("CC-BY-NC-SA-4.0", "CC-BY-NC-SA-4.0", "Not for commercial use"),
        ("CC BY 4.0", "CC BY 4.0", "Name the authors"),
        ("CC0", "CC0", "No conditions"),
        ("GPL-3.0-or-later", "GPL-3.0-or-later", "Keep this licence"),
        ("MIT", "MIT", "Keep its notice"),
    ],
)
def test_known_licences_are_told_in_plain_words(licence, name, words):
    assert plain(licence)[0] == name and words in plain(licence)[1]


def test_a_licence_that_is_not_known_speaks_for_itself():
    assert plain("The studio's own. Ask Jo before use.") == ("", "The studio's own.")
    assert plain("Mitten data, see the contract") == ("", "Mitten data, see the contract")
    assert "ask" in plain("")[1]


def test_the_bundled_models_licence_is_known():
    bundled = list_models(Path(__file__).resolve().parents[3] / "assets", [])
    licences = {model.folder.name: plain(model.licence)[0] for model in bundled}
    assert licences == {
        "human": "CC BY-SA 3.0", "human_box": "CC BY-SA 3.0",
        "cat": "CC BY-NC 4.0", "cat_procedural": "GPL-3.0-or-later",
    }  # fmt: skip
