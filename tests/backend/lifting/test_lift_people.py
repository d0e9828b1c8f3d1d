# SPDX-License-Identifier: GPL-3.0-or-later
"""Everybody in a file, from file to files."""

import json
import os

import numpy as np
import pytest

from backend.errors import Cancelled, UserError
from backend.keypoints import read_keypoints
from backend.keypoints.reading import read_people
from backend.lifting import lift
from backend.lifting.lift_people import lift_people, shots
from backend.lifting.motion_file import MotionError, read_motion
from backend.lifting.options import ALL, LiftOptions, OptionError, check_options

from .clips import SIZE, filmed_walk, save_untrained


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_untrained(tmp_path_factory.mktemp("model"))


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    monkeypatch.setattr(lift, "FIT_ITERATIONS", 2)


def write(path, people, **known):
    """A file of walks: (frames before, frames seen, pixels to the right) of each, all over 60 frames."""
    rows = []
    for number, (before, seen, aside) in enumerate(people):
        clip = filmed_walk(seen)
        points = np.concatenate([clip.points + (aside, 0), clip.confidence[..., None]], -1).tolist()
        frames = [None] * before + points + [None] * (60 - before - seen)
        rows.append({"id": number, "keypoints": frames})
    document = {"format": "lift3d-keypoints", "version": 1, "layout": "openpose18", "fps": 30, "frame_start": 100,
                "image_size": list(SIZE), "people": rows}  # fmt: skip
    path.write_text(json.dumps(document | known))
    return path


def options(folder, **more):
    return LiftOptions(**({"person": ALL, "focal": 1000.0, "steps": 1, "samples": 1, "device": "cpu", "model": folder}
                          | more))  # fmt: skip


def test_everybody_gets_a_motion_file_in_one_world(folder, tmp_path):
    source, ticks = write(tmp_path / "two.json", [(0, 40, 0), (10, 50, 300), (40, 4, -300)]), []
    results = lift_people(source, tmp_path / "out.npz", options(folder), lambda *args: ticks.append(args))
    assert [result.path for result in results] == [str(tmp_path / f"out_{n}.npz") for n in (0, 1)]
    assert [(result.person, result.frames, result.first_frame) for result in results] == [(0, 40, 100), (1, 50, 110)]
    one, other = (read_motion(result.path) for result in results)
    for name in ("camera_matrix", "camera_rotation", "camera_translation", "world"):
        np.testing.assert_array_equal(one[name], other[name])
    assert str(one["world"])
    assert sorted(os.listdir(tmp_path)) == ["out_0.npz", "out_1.npz", "two.json"]
    for stage in ("Generating views", "Fitting the body"):
        steps = [(done, total) for name, done, total in ticks if name == stage]
        assert all(0 <= done <= total for done, total in steps) and steps[-1][0] == steps[-1][1]
        assert [done for done, _ in steps] == sorted(done for done, _ in steps)


def test_into_a_folder_files_are_named_after_the_clip(folder, tmp_path):
    source = write(tmp_path / "pair.json", [(0, 20, 0)])
    (result,) = lift_people(source, tmp_path, options(folder))
    assert result.path == str(tmp_path / "pair_0.npz") and str(read_motion(result.path)["world"]) == ""


def test_people_of_two_shots_do_not_share_a_camera(folder, tmp_path):
    source = write(tmp_path / "cut.json", [(0, 30, 0), (30, 30, 0), (30, 25, 200)], cuts=[130])
    clips, cuts = read_people(source)
    assert cuts == (130,) and [[clip.person for clip in shot] for shot in shots(clips, cuts)] == [[0], [1, 2]]
    results = lift_people(source, tmp_path / "out.npz", options(folder))
    worlds = [str(read_motion(result.path)["world"]) for result in results]
    assert worlds[0] == "" and worlds[1] == worlds[2] != ""


def test_people_are_read_as_one_by_one(tmp_path):
    source = write(tmp_path / "two.json", [(0, 40, 0), (10, 50, 300)])
    for number, clip in enumerate(read_people(source, first_frame=112, last_frame=139)[0]):
        alone = read_keypoints(source, number, first_frame=112, last_frame=139)
        np.testing.assert_array_equal(clip.points, alone.points)
        assert (clip.person, clip.frame_start) == (number, alone.frame_start)


def test_what_cannot_be_is_said_in_a_line(folder, tmp_path):
    source = write(tmp_path / "short.json", [(0, 5, 0), (0, 6, 300)])
    with pytest.raises(UserError, match="Person 1 is in 6 frames"):
        lift_people(source, tmp_path / "out.npz", options(folder))
    with pytest.raises(MotionError, match="is not there"):
        lift_people(source, tmp_path / "no" / "out.npz", options(folder))
    with pytest.raises(UserError, match="cuts"):
        read_people(write(tmp_path / "cuts.json", [(0, 30, 0)], cuts=4))
    for wrong, words in (({"height": (1.8, 1.6), "person": 0}, "one height"), ({"person": "both"}, "person"),
                         ({"people": 0}, "1 to 8 people")):  # fmt: skip
        with pytest.raises(OptionError, match=words):
            check_options(options(folder, **wrong))


def test_cancelled_on_the_way_nothing_is_written(folder, tmp_path):
    source = write(tmp_path / "two.json", [(0, 20, 0), (0, 20, 300)])

    def progress(stage, done, total):
        if stage == "Fitting the body" and done:
            raise Cancelled

    with pytest.raises(Cancelled):
        lift_people(source, tmp_path / "out.npz", options(folder), progress)
    assert os.listdir(tmp_path) == ["two.json"]
