# SPDX-License-Identifier: GPL-3.0-or-later
"""The metrics on cases whose answers are known by hand."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from backend.evaluation import metrics
from backend.keypoints.layouts import get_layout

NAMES = get_layout("openpose18").names
RIGHT_HIP, LEFT_HIP, NOSE, NECK = (NAMES.index(name) for name in ("right_hip", "left_hip", "nose", "neck"))


def a_motion(frames: int = 6, seed: int = 0) -> np.ndarray:
    """A random lively motion with its hips apart on the ground plane."""
    random = np.random.default_rng(seed)
    motion = random.normal(size=(frames, 18, 3))
    motion[:, RIGHT_HIP, 0] -= 2
    motion[:, LEFT_HIP, 0] += 2
    return motion


def turned(points: np.ndarray, degrees: float) -> np.ndarray:
    return points @ Rotation.from_euler("z", degrees, degrees=True).as_matrix().T


def test_the_same_motion_elsewhere_and_facing_elsewhere_is_perfect():
    truth = a_motion()
    prediction = turned(truth, 130) + [5.0, -2.0, 1.0]
    prediction, truth = metrics.align_first_frame(prediction, truth)
    np.testing.assert_allclose(prediction, truth, atol=1e-12)
    np.testing.assert_allclose(metrics.mid_hip(truth[0]), 0, atol=1e-12)
    for measure in (
        metrics.mpjpe_mm, metrics.pa_mpjpe_mm, metrics.pa_mpjpe_frame_mm, metrics.t_root_mm, metrics.t_root_axis_mm,
    ):  # fmt: skip
        assert measure(prediction, truth) < 1e-6


def test_only_the_first_frame_is_aligned_and_only_about_the_vertical():
    truth = a_motion()
    prediction = truth.copy()
    prediction[1:] = turned(prediction[1:], 40)
    aligned, moved = metrics.align_first_frame(prediction, truth)
    np.testing.assert_allclose(aligned[0], moved[0], atol=1e-12)
    assert metrics.mpjpe_mm(aligned, moved) > 100
    leaning = truth @ Rotation.from_euler("y", 20, degrees=True).as_matrix().T
    aligned, moved = metrics.align_first_frame(leaning, truth)
    assert metrics.mpjpe_mm(aligned, moved) > 100
    # The vertical is aligned by the first mid-hip too, not by the floor.
    aligned, moved = metrics.align_first_frame(truth + [0, 0, 3.0], truth)
    assert metrics.t_root_mm(aligned, moved) < 1e-6


def test_aligned_by_the_cameras_the_hips_may_point_anywhere():
    truth = a_motion()
    prediction = turned(truth, 130) + [5.0, -2.0, 1.0]
    north, turned_north = np.array([0.0, 1.0, -0.3]), turned(np.array([0.0, 1.0, 0.2]), 130)
    aligned, moved = metrics.align_by_camera(prediction, truth, turned_north, north)
    np.testing.assert_allclose(aligned, moved, atol=1e-12)
    # Hips that are wrong in the first frame then cost their own error alone.
    prediction[0, RIGHT_HIP], prediction[0, LEFT_HIP] = prediction[0, LEFT_HIP], prediction[0, RIGHT_HIP].copy()
    aligned, moved = metrics.align_by_camera(prediction, truth, turned_north, north)
    np.testing.assert_allclose(aligned[1:], moved[1:], atol=1e-12)
    aligned, moved = metrics.align_first_frame(prediction, truth)
    assert metrics.mpjpe_mm(aligned, moved) > 1000


def test_mpjpe_is_centred_on_the_mid_hip_of_each_frame():
    truth = a_motion()
    prediction = truth + np.random.default_rng(1).normal(size=(6, 1, 3))
    assert metrics.mpjpe_mm(prediction, truth) < 1e-9
    prediction[:, NOSE, 1] += 0.036
    assert metrics.mpjpe_mm(prediction, truth) == pytest.approx(36 / 18)
    # Both hips 10 mm up: the 16 others are 10 mm off, the hips are not.
    prediction = truth.copy()
    prediction[:, [RIGHT_HIP, LEFT_HIP], 2] += 0.010
    assert metrics.mpjpe_mm(prediction, truth) == pytest.approx(10 * 16 / 18)


def test_pa_takes_one_similarity_for_the_sequence_or_one_a_frame():
    truth = a_motion()
    one = 0.7 * truth @ Rotation.from_euler("xyz", [20, -60, 170], degrees=True).as_matrix().T + [1.0, 2.0, 3.0]
    assert metrics.pa_mpjpe_mm(one, truth) < 1e-6
    each = np.stack([scale * turned(frame, 50 * scale) for scale, frame in zip(range(1, 7), truth, strict=True)])
    assert metrics.pa_mpjpe_frame_mm(each, truth) < 1e-6
    assert metrics.pa_mpjpe_mm(each, truth) > 100


def test_pa_never_mirrors():
    truth = a_motion()
    mirrored = truth * [-1, 1, 1]
    assert metrics.pa_mpjpe_mm(mirrored, truth) > 100
    assert metrics.pa_mpjpe_frame_mm(mirrored, truth) > 100


def test_pa_is_the_best_similarity():
    """No similarity near the one found does better in squared error."""
    truth, prediction = a_motion(1, 0), a_motion(1, 1)
    best = metrics._nearest_similar(prediction, truth)

    def error(points):
        return ((points - truth) ** 2).sum()

    middle = best.mean(1)
    for axis in np.eye(3):
        for angle in (-0.01, 0.01):
            turn = Rotation.from_rotvec(angle * axis).as_matrix()
            assert error((best - middle) @ turn.T + middle) > error(best)
        assert error(best + 0.01 * axis) > error(best)
    for scale in (0.99, 1.01):
        assert error(scale * (best - middle) + middle) > error(best)


def test_t_root_is_euclidean_and_beside_it_per_axis():
    truth = a_motion(5)
    prediction = truth.copy()
    prediction[1:] += [0.3, 0.0, -0.4]
    prediction, truth = metrics.align_first_frame(prediction, truth)
    assert metrics.t_root_mm(prediction, truth) == pytest.approx(500 * 4 / 5)
    assert metrics.t_root_axis_mm(prediction, truth) == pytest.approx((300 + 0 + 400) / 3 * 4 / 5)
    assert metrics.mpjpe_mm(prediction, truth) < 1e-9


def test_j2d_subtracts_the_first_mid_hip_only():
    truth = 100 * a_motion()[..., :2]
    prediction = truth + [50, -80]
    assert metrics.j2d_px(prediction, truth) < 1e-9
    prediction[3:] += [3, 4]
    assert metrics.j2d_px(prediction, truth) == pytest.approx(5 / 2)
    assert metrics.j2d_px(prediction, truth, width=960) == pytest.approx(5)


def test_j2d_c_subtracts_every_mid_hip_and_scales_every_frame():
    truth = 100 * a_motion()[..., :2]
    prediction = truth * np.linspace(0.5, 3, 6)[:, None, None] + np.random.default_rng(2).normal(size=(6, 1, 2))
    assert metrics.j2d_c_px(prediction, truth) < 1e-9
    assert metrics.j2d_px(prediction, truth) > 10
    # Two points off the mid-hip: (2, 0) predicted where (1, 1) is true; the best scale is 1/2, 1 px remains.
    truth, prediction = np.zeros((1, 18, 2)), np.zeros((1, 18, 2))
    truth[0, NECK], prediction[0, NECK] = (1, 1), (2, 0)
    assert metrics.j2d_c_px(prediction, truth) == pytest.approx(1 / 18)


def test_a_prediction_of_no_size_stays_finite():
    truth, nothing = a_motion(), np.zeros((6, 18, 3))
    assert np.isfinite(metrics.pa_mpjpe_mm(nothing, truth))
    assert np.isfinite(metrics.j2d_c_px(nothing[..., :2], truth[..., :2]))


def test_root_travel_is_the_farthest_place():
    motion = np.zeros((4, 18, 3))
    motion[1] += [0.3, 0.4, 0.0]
    motion[2] += [-0.1, 0.0, 0.0]
    assert metrics.root_travel_m(motion) == pytest.approx(0.5)


def with_box(frames: int = 6) -> np.ndarray:
    return np.concatenate([a_motion(frames), np.random.default_rng(1).normal(size=(frames, 5, 3))], 1)


def test_a_thing_is_measured_where_the_person_has_it():
    box = with_box()[:, 18:]
    assert metrics.t_root_object_mm(box + [0.3, 0.0, 0.4], box) == pytest.approx(500)
    assert metrics.o_mpjpe_mm(box + [0.3, 0.0, 0.4], box) == pytest.approx(0, abs=1e-9)
    moved = box.copy()
    moved[:, 0, 0] += 0.5  # of five points one: the centroid moves by a fifth, the others by as much against it
    assert metrics.t_root_object_mm(moved, box) == pytest.approx(100)
    assert metrics.o_mpjpe_mm(moved, box) == pytest.approx((400 + 4 * 100) / 5)


def test_the_papers_alignment_turns_any_way_and_scales():
    truth = with_box()
    leaning = Rotation.from_euler("xyz", [20, -15, 70], degrees=True).as_matrix()
    prediction, moved = metrics.align_as_published(0.6 * truth @ leaning.T + [1.0, 2.0, 3.0], truth, 18)
    np.testing.assert_allclose(prediction, moved, atol=1e-9)
    # the box has no say in it
    wrong = truth.copy()
    wrong[:, 18:] += 2.0
    prediction, moved = metrics.align_as_published(wrong, truth, 18)
    np.testing.assert_allclose(prediction[:, :18], moved[:, :18], atol=1e-9)
    assert metrics.t_root_object_mm(prediction[:, 18:], moved[:, 18:]) == pytest.approx(2000 * 3**0.5)
