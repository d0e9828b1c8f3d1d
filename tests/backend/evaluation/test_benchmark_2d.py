# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark on clips without a truth in space."""

import numpy as np
import pytest

from backend.errors import UserError
from backend.evaluation import EvaluationError, benchmark, metrics
from backend.evaluation.benchmark_2d import first_window, run_2d, score_2d
from backend.evaluation.table import format_table
from backend.keypoints.clip import KeypointClip
from backend.keypoints.layouts import get_layout

from .figures import walker
from .test_benchmark import CONDITIONS, flat, windows

HIPS = [get_layout("openpose18").names.index(name) for name in ("right_hip", "left_hip")]


def clip(name: str = "walks", missing=None) -> KeypointClip:
    seen = benchmark.observe(windows()[0], CONDITIONS)[1]
    confidence = seen.confidence.copy()
    if missing is not None:
        confidence[missing] = 0
    return KeypointClip(seen.points, confidence, seen.fps, seen.image_size, "openpose18", source=name)


def shaken(clip, focal, height):
    """The plane with every keypoint a little off, wherever the clip has gaps."""
    motion = flat(clip, focal or 1000.0, height)
    motion.keypoints = motion.keypoints.nan_to_num() + 0.01 * np.sin(np.arange(18 * 3.0)).reshape(18, 3)
    return motion


def plane(clip, focal, height):
    return flat(clip, focal or 1000.0, height)


def test_a_plane_fits_its_own_view_and_what_needs_truth_is_empty():
    report = run_2d([clip("a"), clip("b")], {"plane": plane})
    row = report["rows"][0]
    assert row["windows"] == 2 and row["j2d_px"] == pytest.approx(0, abs=1e-6)
    assert {figure for figure in benchmark.FIGURES if row[figure] is None} == {*benchmark.FIGURES} - {
        "j2d_px",
        "j2d_c_px",
    }
    assert set(row) == set(benchmark.run(windows(), {"plane": flat}, CONDITIONS)["rows"][0])
    assert [entry["window"] for entry in report["clips"]] == ["a", "b"]


def test_a_whole_clip_scores_as_the_usual_benchmark_scores():
    seen = clip()
    motion = shaken(seen, None, None)
    pixels = motion.camera.project(motion.keypoints).numpy()
    figures = score_2d(motion, seen)
    assert figures["j2d_px"] > 1
    assert figures["j2d_px"] == pytest.approx(metrics.j2d_px(pixels, seen.points))
    assert figures["j2d_c_px"] == pytest.approx(metrics.j2d_c_px(pixels, seen.points))


def test_missing_points_are_not_counted():
    """Half the frames without the nose: the mean is over all other points, as if they were all there were."""
    whole, holed = clip(), clip(missing=(slice(0, 30), 0))
    motion = shaken(whole, None, None)
    pixels = motion.camera.project(motion.keypoints).numpy()
    difference = (pixels - metrics.mid_hip(pixels[0])) - (whole.points - metrics.mid_hip(whole.points[0]))
    expected = np.linalg.norm(difference, axis=-1)[holed.present].mean()
    assert score_2d(motion, holed)["j2d_px"] == pytest.approx(expected)
    assert expected != pytest.approx(score_2d(motion, whole)["j2d_px"], rel=1e-6)


def test_frames_before_the_hips_are_seen_are_left_out_and_no_hips_mean_no_figure():
    motion = shaken(clip(), None, None)
    late = score_2d(motion, clip(missing=(slice(0, 10), HIPS[0])))
    pixels, points = motion.camera.project(motion.keypoints).numpy(), clip().points
    assert late["j2d_c_px"] == pytest.approx(metrics.j2d_c_px(pixels[10:], points[10:]))
    assert late["j2d_px"] == pytest.approx(metrics.j2d_px(pixels[10:], points[10:]))
    assert score_2d(motion, clip(missing=(slice(None), HIPS[0])))["j2d_px"] is None


def test_a_clip_is_lifted_as_its_first_120_frames_at_30_fps():
    points = np.repeat(walker(200)[:, :, :2] * 100, 2, 0)
    long = KeypointClip(points, np.ones(points.shape[:2]), 60.0, (1920, 1080), "openpose18")
    window = first_window(long)
    assert len(window) == 120 and window.fps == 30
    np.testing.assert_allclose(window.points, points[:240:2])


def test_a_clip_that_one_method_cannot_lift_is_left_out_for_all_and_named():
    def picky(clip, focal, height):
        if clip.source == "bad":
            raise UserError("too little of the person is seen")
        return plane(clip, focal, height)

    kept = []
    clips = [clip("bad"), clip("good")]
    report = run_2d(clips, {"plane": plane, "picky": picky}, keep=lambda name, clip, motion: kept.append(name))
    assert [row["windows"] for row in report["rows"]] == [1, 1] and kept == ["plane", "picky"]
    assert report["left_out"] == ["bad: too little of the person is seen"]
    with pytest.raises(EvaluationError, match="the first cannot: bad"):
        run_2d(clips[:1], {"picky": picky})


def test_the_table_says_that_there_is_no_truth_and_prints_a_dash_for_it():
    text = format_table(run_2d([clip()], {"plane": plane}))
    assert "1 clips" in text and "without a truth" in text and "travel" not in text.splitlines()[0]
    words = text.splitlines()[-1].split()
    assert words[0] == "plane" and words[1] == "-" and "0.0" in words
