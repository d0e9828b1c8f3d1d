# SPDX-License-Identifier: GPL-3.0-or-later
"""Which windows of a folder are taken, and what is known of them."""

from pathlib import Path

import numpy as np
import pytest

from backend.evaluation import EvaluationError, filming
from backend.evaluation.windows import Window, load_windows, standing_height

from .figures import LAYOUT, walker, write_box_mocap, write_mocap

HELD_OUT = Path(__file__).resolve().parents[4] / "shared" / "data" / "human" / "test"


def test_the_first_window_of_every_clip_that_is_long_enough(tmp_path):
    for name, frames in (("c_long", 200), ("a_whole", 45), ("b_short", 44)):
        write_mocap(tmp_path / f"{name}.npz", walker(frames))
    windows = load_windows(tmp_path)
    assert [(window.name, len(window.keypoints)) for window in windows] == [("a_whole", 45), ("c_long", 120)]
    wrist = LAYOUT.names.index("left_wrist")
    np.testing.assert_allclose(windows[1].keypoints[:, wrist], walker(200)[:120, wrist], atol=1e-6)
    assert windows[1].seconds == 4.0


def test_frames_are_counted_at_30_fps(tmp_path):
    write_mocap(tmp_path / "slow.npz", walker(200), fps=120.0)
    assert len(load_windows(tmp_path)[0].keypoints) == 50


def test_the_limit_spreads_over_the_folder(tmp_path):
    for number in range(9):
        write_mocap(tmp_path / f"{number}.npz", walker(45))
    assert [window.name for window in load_windows(tmp_path, 3)] == ["0", "4", "8"]
    assert [window.name for window in load_windows(tmp_path, 1)] == ["0"]
    assert len(load_windows(tmp_path, 100)) == 9
    assert [window.name for window in load_windows(tmp_path, None, "[0-2],8")] == ["0", "1", "2", "8"]


@pytest.mark.parametrize("content", ["nothing", "short", "missing", "file"])
def test_a_folder_without_windows_is_said_in_one_line(tmp_path, content):
    folder = tmp_path / "clips"
    if content in ("nothing", "short"):
        folder.mkdir()
    if content == "short":
        write_mocap(folder / "a.npz", walker(20))
    if content == "file":
        folder.write_text("not a folder")
    with pytest.raises(EvaluationError, match="expected"):
        load_windows(folder)


def test_a_limit_of_none_at_all_is_refused(tmp_path):
    with pytest.raises(EvaluationError, match="limit of 0"):
        load_windows(tmp_path, 0)


@pytest.mark.skipif(not HELD_OUT.is_dir(), reason="needs the motion capture of ../shared/data/human/test")
def test_the_held_out_clips_give_windows_of_people_on_the_floor():
    windows = load_windows(HELD_OUT)
    assert len(windows) == 66 and sum(window.travels for window in windows) == 44
    for window in windows:
        assert 1.6 < window.height_m < 1.8, window.name
        assert -0.1 < window.keypoints[..., 2].min() < 0.25, window.name
        film = filming.film(window.keypoints, "wild", filming.generator_for(0, window.name, "camera"))
        assert (film.pixels > 0).all() and (film.pixels < film.image_size).all(), window.name


def test_travel_is_half_a_metre():
    assert not Window("a", walker(60, travel=0.49), 1.7).travels
    assert Window("a", walker(60, travel=0.51), 1.7).travels


def named(keypoints: np.ndarray) -> dict[str, np.ndarray]:
    return dict(zip(LAYOUT.names, np.moveaxis(keypoints, -2, 0), strict=True))


@pytest.mark.parametrize("height", [1.5, 1.9])
def test_the_standing_height_does_not_depend_on_the_pose(height):
    upright = walker(1, height=height)[0]
    assert standing_height(named(upright)) == pytest.approx(height, rel=0.03)
    walking = walker(60, height=height)
    lying = walking[..., [2, 1, 0]]
    assert standing_height(named(lying)) == pytest.approx(standing_height(named(walking)))


def test_the_height_is_that_of_the_rest_pose_and_without_one_of_the_window(tmp_path):
    """A window of somebody bent double shows no straight back."""
    bent = walker(60)
    bent[:, [LAYOUT.names.index(name) for name in ("left_shoulder", "right_shoulder")], 2] -= 0.3
    path = tmp_path / "bent.npz"
    write_mocap(path, bent, rest=walker(1)[0])
    assert load_windows(tmp_path)[0].height_m == pytest.approx(1.7, rel=0.03)
    with np.load(path) as data:
        fields = {name: data[name] for name in data.files if name != "rest"}
    np.savez(path, **fields)
    assert load_windows(tmp_path)[0].height_m < 1.5


def test_of_a_person_with_a_box_every_window_is_taken(tmp_path):
    write_box_mocap(tmp_path / "carries.npz", 170)
    windows = load_windows(tmp_path)
    assert [(window.name, window.keypoints.shape) for window in windows] == [
        ("carries_0000", (120, 23, 3)),
        ("carries_0120", (50, 23, 3)),
    ]
    assert windows[0].box_size == pytest.approx((0.2, 0.4, 0.3))
    assert windows[0].height_m == pytest.approx(1.7, rel=0.03) and windows[0].travels
