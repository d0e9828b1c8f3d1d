# SPDX-License-Identifier: GPL-3.0-or-later
import math

import pytest
import torch

from backend.diffusion.schedule import LEVELS, cosine_schedule, sampling_levels

SCHEDULE = cosine_schedule()


def test_the_signal_falls_from_almost_one_to_almost_nothing():
    signal = SCHEDULE.alpha_bar
    assert signal.shape == (LEVELS,) and signal.dtype == torch.float32
    assert (signal[1:] < signal[:-1]).all()
    assert 0.999 < signal[0] < 1 and 0 < signal[-1] < 1e-6


def test_the_signal_is_the_cosine_of_nichol_and_dhariwal():
    for level in (0, 250, 500, 900):
        curve = [math.cos((n / LEVELS + 0.008) / 1.008 * math.pi / 2) ** 2 for n in (level + 1, 0)]
        assert float(SCHEDULE.alpha_bar[level]) == pytest.approx(curve[0] / curve[1], rel=1e-5)


def test_noise_can_be_told_from_the_noisy_and_the_clean():
    generator = torch.Generator().manual_seed(0)
    clean, noise = torch.randn(3, 5, 18, 2, generator=generator), torch.randn(3, 5, 18, 2, generator=generator)
    level = torch.tensor([0, 500, LEVELS - 1])
    noisy = SCHEDULE.add_noise(clean, noise, level)
    torch.testing.assert_close(SCHEDULE.noise_of(noisy, clean, level), noise, atol=1e-4, rtol=0)
    assert (noisy[0] - clean[0]).abs().max() < 0.05  # the lowest level leaves the motion alone,
    torch.testing.assert_close(noisy[2], noise[2], atol=1e-3, rtol=0)  # the highest leaves nothing of it


def test_noise_and_signal_keep_unit_variance_together():
    level = torch.arange(LEVELS)
    one, zero = torch.ones(LEVELS, 1), torch.zeros(LEVELS, 1)
    squares = SCHEDULE.add_noise(one, zero, level).square() + SCHEDULE.add_noise(zero, one, level).square()
    torch.testing.assert_close(squares, one)


def test_sampling_levels_start_at_pure_noise_and_fall_evenly():
    assert sampling_levels(1) == [999]
    assert sampling_levels(4) == [999, 749, 500, 250]
    for steps in (2, 20, 50, 333):
        levels = sampling_levels(steps)
        gaps = [a - b for a, b in zip(levels, levels[1:] + [0], strict=True)]
        assert levels[0] == LEVELS - 1 and max(gaps) - min(gaps) <= 1 and min(gaps) >= 1
    assert len(sampling_levels(LEVELS)) == LEVELS


@pytest.mark.parametrize("steps", [0, -1, LEVELS + 1])
def test_impossible_numbers_of_steps_are_refused(steps):
    with pytest.raises(ValueError, match="between 1 and 1000"):
        sampling_levels(steps)
