# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest
import torch

from backend.evaluation.noise import detect
from backend.lifting.keypoint_noise import ERRORS, image_error

from ..evaluation.figures import walker

DEPTH = 4.0
EVERYWHERE = torch.ones(90, 18)


def rays():
    """A walk of 1.2 m/s, as seen from four metres away."""
    return torch.as_tensor(walker(90, travel=3.6)[..., [0, 2]] / DEPTH, dtype=torch.float32)


def test_motion_is_not_taken_for_noise():
    assert image_error(rays(), EVERYWHERE, DEPTH) < 0.004


@pytest.mark.parametrize("tremble", [0.002, 0.004])
def test_trembling_is_measured_in_metres_at_the_subject(tremble):
    noise = tremble / DEPTH * torch.randn(90, 18, 2, generator=torch.Generator().manual_seed(0))
    assert image_error(rays() + noise, EVERYWHERE, DEPTH) == pytest.approx(ERRORS[0] + tremble, rel=0.15)


def test_a_detectors_keypoints_get_the_largest_error():
    pixels = rays().double().numpy() * 1000
    found, confidence = detect(pixels, np.ones((90, 18)), np.random.default_rng(0))
    weight = torch.as_tensor(np.isfinite(found).all(-1) & (confidence > 0), dtype=torch.float32)
    seen = torch.as_tensor(np.nan_to_num(found) / 1000, dtype=torch.float32)
    assert image_error(seen, weight, DEPTH) > 0.75 * ERRORS[1]


def test_missing_points_count_for_nothing_and_nothing_seen_is_not_trusted():
    jumping = rays()
    jumping[::2, 4] += 1.0
    weight = EVERYWHERE.clone()
    weight[:, 4] = 0
    assert image_error(jumping, weight, DEPTH) == image_error(rays(), weight, DEPTH)
    assert image_error(rays(), 0 * EVERYWHERE, DEPTH) == ERRORS[1]
    assert image_error(rays()[:3], EVERYWHERE[:3], DEPTH) == ERRORS[1]
