# SPDX-License-Identifier: GPL-3.0-or-later
"""What the add-on's `lift` passes on of its arguments: only what the backend knows."""

import argparse
from dataclasses import fields

import pytest

from blender_addon import commands
from blender_addon.commands import lift


def told(*words):
    parser = argparse.ArgumentParser()
    lift.add_arguments(parser)
    return lift.options(parser.parse_args(["clip.h5", "-o", "out.blend", *words]))


def test_a_map_of_keypoints_is_passed_on_with_its_whole_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert told("--map", "m.json")["keypoint_map"] == str(tmp_path / "m.json")
    assert "keypoint_map" not in told()


def test_the_size_of_a_box_is_three_edges():
    assert told("--box-size", "0.5", "0.4", "0.3")["box_size"] == [0.5, 0.4, 0.3] and "box_size" not in told()


@pytest.mark.parametrize("word", ["0", "wide", "nan", "-1", "50"])
def test_an_edge_that_is_none_is_refused_in_one_line(word, capsys):
    end = commands.main(["lift", "clip.json", "-o", "out.blend", "--box-size", "0.5", "0.4", word])
    said = capsys.readouterr().err
    assert end == 2 and "expected metres between 0.01 and 20" in said and said.count("\n") == 1


def test_the_backend_has_every_option_that_is_passed_on():
    options = pytest.importorskip("backend.lifting.options")
    assert {*lift.OPTIONS} <= {field.name for field in fields(options.LiftOptions)}


def test_a_detector_is_found_here_or_where_models_are_fetched_to(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LIFT3D_DETECTORS", str(tmp_path / "models"))
    (tmp_path / "pose.onnx").touch()
    given = told("--detector", "pose.onnx", "--boxes", "yolox.onnx", "--box", "10,20,30,40")
    assert given["detector"] == str(tmp_path / "pose.onnx")
    assert given["boxes"] == str(tmp_path / "models" / "yolox.onnx")
    assert given["box"] == [10, 20, 40, 60]
    assert told("--detector", "mediapipe")["detector"] == "mediapipe"
    with pytest.raises(SystemExit):
        told("--box", "10,20,0,40")
