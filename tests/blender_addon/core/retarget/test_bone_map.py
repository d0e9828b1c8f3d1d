# SPDX-License-Identifier: GPL-3.0-or-later
"""Bone maps as files: what is written is read again, what is wrong is one sentence; the presets that come along."""

import json

import pytest

from blender_addon.core.retarget import RetargetError
from blender_addon.core.retarget.bone_map import BoneMap, Control, Property, map_to, read_map, write_map
from blender_addon.core.retarget.presets import BUNDLED, choose_map, preset_files
from blender_addon.core.retarget.rig import map_rig
from blender_addon.core.retarget.roles import NEEDED
from tests.blender_addon.core.retarget.rigs import TOY_ROLES, toy

MAP = BoneMap(
    "Mine",
    "quadruped",
    {"root": ("body",), "tail": ("t1", "t2"), "hind.L.upper": ("a",), "hind.R.upper": ("b",)},
    {"a": (Control("a"), Control("foot", True))},
    (Property("switch", "IK_FK", 0.0),),
)


def test_what_is_written_is_read_again(tmp_path):
    write_map(tmp_path / "mine.json", MAP)
    found = read_map(tmp_path / "mine.json")
    assert found == MAP and [path.name for path in tmp_path.iterdir()] == ["mine.json"]
    assert found.missing(["body", "t1", "a", "b", "switch"]) == ["t2", "foot"]
    assert found.moved_by() == {"a": "a"} and found.controls_of("t1") == (Control("t1"),)


@pytest.mark.parametrize(
    "change, sentence",
    [
        ({"format": "x"}, "is no bone map"),
        ({"version": 2}, "has version 2"),
        ({"family": "bird"}, "for a 'bird'"),
        ({"roles": {"wing": ["a"]}}, "a part 'wing' that no body has"),
        ({"roles": {"head": ["a", "b"]}}, "2 bones for head"),
        ({"roles": {"head": [3]}}, "no bones' names"),
        ({"controls": {"c": [{"bone": "a"}]}}, "controls for c, which is no part"),
        ({"controls": {"a": ["b"]}}, "no list of tables"),
        ({"properties": [{"bone": "a", "name": "b", "value": "1"}]}, "a number as value"),
        ({"roles": []}, "roles is no table"),
    ],
)
def test_what_is_wrong_is_one_sentence(tmp_path, change, sentence):
    path = tmp_path / "m.json"
    path.write_text(json.dumps({**map_to(MAP), **change}))
    with pytest.raises(RetargetError, match=sentence) as error:
        read_map(path)
    assert "\n" not in str(error.value) and str(path) in str(error.value)


def test_what_is_no_json_and_what_is_not_there(tmp_path):
    (tmp_path / "m.json").write_text("{")
    with pytest.raises(RetargetError, match="is no JSON"):
        read_map(tmp_path / "m.json")
    with pytest.raises(RetargetError, match="No such file"):
        read_map(tmp_path / "n.json")


def test_the_presets_are_sound_and_know_rigifys_animals_and_its_human():
    found = {name: read_map(path) for name, path in preset_files().items()}
    for kind in ("cat", "horse", "wolf", "basic_quadruped", "basic_human"):
        metarig, rig = found[f"rigify_{kind}_metarig"], found[f"rigify_{kind}"]
        family = "human" if kind == "basic_human" else "quadruped"
        assert (metarig.family, rig.family) == (family, family)
        assert not metarig.controls and set(NEEDED) < set(metarig.roles)
        moved = {each.bone for listed in rig.controls.values() for each in listed if each.location}
        assert "torso" in moved and len(moved) == (3 if family == "human" else 5)
        assert {each.name for each in rig.properties} == {"IK_FK", "IK_Stretch", "pole_vector"}


def test_a_word_is_a_preset_a_file_or_the_bones_themselves(tmp_path):
    write_map(tmp_path / "mine.json", MAP)
    assert choose_map("rigify_cat", toy()).name == "Rigify Cat"
    assert choose_map(str(tmp_path / "mine.json"), toy()) == MAP
    assert choose_map("mine", toy(), [tmp_path]) == MAP
    assert choose_map("auto", toy()).roles["root"] == ("body",)
    with pytest.raises(RetargetError, match="neither a preset nor a file; presets are .*rigify_cat"):
        choose_map("rigify_dog", toy())


@pytest.mark.parametrize(
    "change, sentence",
    [({"head": ["nose"]}, "has no bone nose"), ({"neck": ["body"]}, "body is mapped to two parts"),
     ({"hind.L.upper": []}, "no bone is mapped to Left Thigh")],
)  # fmt: skip
def test_a_map_that_does_not_fit_its_rig(change, sentence):
    with pytest.raises(RetargetError, match=sentence):
        map_rig(toy(), "quadruped", {**TOY_ROLES, **change}, {})


def test_bundled_maps_lie_where_they_are_looked_for():
    assert BUNDLED.is_dir() and len(list(BUNDLED.glob("*.json"))) == 10
