# SPDX-License-Identifier: GPL-3.0-or-later
"""What the add-on's `lift` passes on of its arguments: only what the backend knows."""

import argparse
from dataclasses import fields

import pytest

from blender_addon.commands import lift


def told(*words):
    parser = argparse.ArgumentParser()
    lift.add_arguments(parser)
    return lift.options(parser.parse_args(["clip.h5", "-o", "out.blend", *words]))


def test_a_map_of_keypoints_is_passed_on_with_its_whole_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert told("--map", "m.json")["keypoint_map"] == str(tmp_path / "m.json")
    assert "keypoint_map" not in told()


def test_the_backend_has_every_option_that_is_passed_on():
    options = pytest.importorskip("backend.lifting.options")
    assert {*lift.OPTIONS} <= {field.name for field in fields(options.LiftOptions)}
