# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark on methods whose figures are known: one that knows the truth, one that flattens it."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch

from backend.evaluation import EvaluationError, benchmark
from backend.evaluation.metrics import root_travel_m
from backend.evaluation.table import format_table
from backend.evaluation.windows import Window, load_windows
from backend.geometry.cameras import Camera

from .figures import walker, write_box_mocap

CONDITIONS = benchmark.Conditions()


@dataclass
class Lifted:
    keypoints: torch.Tensor
    camera: Camera


def windows() -> list[Window]:
    return [Window("walks", walker(60, travel=2.0), 1.7), Window("stands", walker(45, travel=0.0), 1.6)]


def perfect(conditions=CONDITIONS):
    """Knows the truth, in a world that faces and lies elsewhere, and the camera of that world."""
    truths = {window.name: benchmark.observe(window, conditions)[0].camera for window in windows()}
    keypoints = {window.name: torch.from_numpy(window.keypoints) for window in windows()}
    turn = torch.tensor([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]], dtype=torch.float64)
    shift = torch.tensor([3.0, 1.0, -0.2], dtype=torch.float64)

    def lift(clip, focal, height):
        camera = truths[clip.source]
        rotation = camera.rotation @ turn.T
        moved = Camera(camera.matrix, rotation, camera.translation - rotation @ shift)
        return Lifted(keypoints[clip.source] @ turn.T + shift, moved)

    return lift


def flat(clip, focal, height):
    """Every keypoint at the depth of 3 m, seen by a camera at the origin of a Z-up world."""
    rotation = torch.tensor([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]], dtype=torch.float64)
    matrix = torch.tensor([[focal, 0, 960], [0, focal, 540], [0, 0, 1]], dtype=torch.float64)
    camera = Camera(matrix, rotation, torch.zeros(3, dtype=torch.float64))
    pixels = torch.from_numpy(np.array(clip.points))
    return Lifted(camera.back_project(pixels, torch.full(pixels.shape[:2], 3.0, dtype=torch.float64)), camera)


def test_the_truth_scores_nothing_and_the_plane_scores_badly():
    report = benchmark.run(windows(), {"full": perfect(), "plane": flat}, CONDITIONS)
    best, plane = report["rows"]
    assert [best["method"], plane["method"]] == ["full", "plane"]
    for figure in (*benchmark.FIGURES, "t_root_travel_mm", "t_root_still_mm", "t_root_view_travel_mm"):
        assert best[figure] == pytest.approx(0, abs=1e-6), figure
    assert plane["mpjpe_mm"] > 40 and plane["pa_mpjpe_mm"] > 20
    assert plane["t_root_travel_mm"] > 10 * plane["t_root_still_mm"]
    # The plane is right in its own view, and only there.
    assert plane["j2d_px"] == pytest.approx(0, abs=1e-6)


def test_a_row_sums_up_its_clips():
    report = benchmark.run(windows(), {"plane": flat}, CONDITIONS)
    row, clips = report["rows"][0], report["clips"]
    assert row["windows"] == 2 and row["travel_windows"] == 1
    assert [(clip["window"], clip["frames"], clip["travels"]) for clip in clips] == [
        ("walks", 60, True),
        ("stands", 45, False),
    ]
    assert clips[0]["root_travel_m"] == pytest.approx(root_travel_m(windows()[0].keypoints))
    for figure in benchmark.FIGURES:
        assert row[figure] == pytest.approx((clips[0][figure] + clips[1][figure]) / 2)
        assert row["median"][figure] == pytest.approx((clips[0][figure] + clips[1][figure]) / 2)
    assert row["t_root_travel_mm"] == clips[0]["t_root_mm"]
    assert row["t_root_still_mm"] == clips[1]["t_root_mm"]
    assert row["seconds_per_clip_second"] == pytest.approx(sum(clip["seconds"] for clip in clips) / 3.5)


def test_no_travelling_window_leaves_an_empty_figure():
    row = benchmark.run(windows()[1:], {"plane": flat}, CONDITIONS)["rows"][0]
    assert row["travel_windows"] == 0 and row["t_root_travel_mm"] is None
    assert row["t_root_still_mm"] == row["t_root_mm"]


@pytest.mark.parametrize("camera", ["paper", "wild"])
@pytest.mark.parametrize("told", ["given", "unknown"])
def test_methods_are_told_what_the_conditions_say_and_all_the_same(camera, told):
    conditions = benchmark.Conditions(camera=camera, height=told, focal=told, seed=5)
    heard = {"full": [], "plane": []}

    def listener(name):
        def lift(clip, focal, height):
            heard[name].append((clip, focal, height))
            return flat(clip, focal or 1000.0, height)

        return lift

    benchmark.run(windows(), {name: listener(name) for name in heard}, conditions)
    for (clip, focal, height), other, window in zip(heard["full"], heard["plane"], windows(), strict=True):
        clean, _ = benchmark.observe(window, conditions)
        np.testing.assert_array_equal(clip.points, other[0].points)
        np.testing.assert_allclose(clip.points, clean.pixels)
        assert clip.layout == "openpose18" and clip.image_size == (1920, 1080) and clip.fps == 30
        assert (focal, height) == ((clean.focal, window.height_m) if told == "given" else (None, None))
        assert (focal, height) == other[1:]


def test_detector_noise_reaches_the_methods_and_not_the_truth():
    noisy = replace(CONDITIONS, noise="detector")
    window = windows()[0]
    clean, clip = benchmark.observe(window, noisy)
    np.testing.assert_array_equal(clean.pixels, benchmark.observe(window, CONDITIONS)[0].pixels)
    assert np.nanmean(np.abs(clip.points - clean.pixels)) > 2 and (clip.confidence == 0).any()
    row = benchmark.run(windows(), {"full": perfect(noisy)}, noisy)["rows"][0]
    assert row["mpjpe_mm"] < 1e-6 and row["j2d_px"] < 1e-6


def test_a_camera_for_every_frame_is_scored_too():
    def moving(clip, focal, height):
        motion = perfect()(clip, focal, height)
        camera = motion.camera
        frames = len(clip.points)
        per_frame = Camera(camera.matrix, camera.rotation.expand(frames, 3, 3), camera.translation.expand(frames, 3))
        return Lifted(motion.keypoints, per_frame)

    assert benchmark.run(windows(), {"full": moving}, CONDITIONS)["rows"][0]["j2d_px"] < 1e-6


def test_a_motion_that_is_no_motion_is_named():
    def broken(clip, focal, height):
        motion = perfect()(clip, focal, height)
        motion.keypoints[3] = float("nan")
        return motion

    with pytest.raises(EvaluationError, match="walks"):
        benchmark.run(windows(), {"full": broken}, CONDITIONS)


def test_progress_counts_every_lift():
    seen = []
    benchmark.run(windows(), {"full": perfect(), "plane": flat}, CONDITIONS, lambda *step: seen.append(step[:2]))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_every_lifted_motion_is_handed_over_with_its_film():
    kept = []
    benchmark.run(windows(), {"flat": flat}, CONDITIONS, keep=lambda *given: kept.append(given))
    assert [(method, window.name) for method, window, _, _ in kept] == [("flat", "walks"), ("flat", "stands")]
    for _, window, motion, film in kept:
        assert len(motion.keypoints) == len(film.pixels) == len(window.keypoints)


def test_a_box_is_scored_beside_its_person_and_its_size_is_told(tmp_path):
    write_box_mocap(tmp_path / "carries.npz", 50)
    (window,) = load_windows(tmp_path)
    told = []

    def late(clip, focal, height, box_size):
        """The truth, but for the box half a metre too far along X."""
        assert clip.layout == "openpose18_box"
        told.append(box_size)
        keypoints = torch.from_numpy(window.keypoints.copy())
        keypoints[:, 18:, 0] += 0.5
        return Lifted(keypoints, benchmark.observe(window, CONDITIONS)[0].camera)

    report = benchmark.run([window], {"late": late}, CONDITIONS)
    row = report["rows"][0]
    assert row["mpjpe_mm"] == pytest.approx(0, abs=1e-6) and row["t_root_mm"] == pytest.approx(0, abs=1e-6)
    assert row["j2d_px"] == pytest.approx(0, abs=1e-6)
    assert row["t_root_object_mm"] == pytest.approx(500) and row["t_root_object_paper_mm"] == pytest.approx(500)
    assert row["o_mpjpe_mm"] == pytest.approx(0, abs=1e-6) and row["o_mpjpe_paper_mm"] == pytest.approx(0, abs=1e-6)
    assert row["median"]["t_root_object_mm"] == pytest.approx(500)
    table = format_table(report)
    assert "T_root^O" in table and "the box's size told to every method" in table
    assert "T_root^O" not in format_table(benchmark.run(windows(), {"plane": flat}, CONDITIONS))
    benchmark.run([window], {"late": late}, benchmark.Conditions(box_size="unknown"))
    assert told == [window.box_size, None]
