# SPDX-License-Identifier: GPL-3.0-or-later
import pytest
import torch

from backend.diffusion.denoisers import DenoiserConfig, LineDenoiser, MultiviewDenoiser
from backend.diffusion.growth import grown, with_points

SMALL = DenoiserConfig(keypoints=18, width=32, blocks=1, heads=2)
GENERATOR = torch.Generator().manual_seed(3)


def lines_of(count: int):
    level, present = torch.tensor([500]), torch.ones(1, 8, dtype=torch.bool)
    noisy, lines = (torch.randn(1, 8, count, numbers, generator=GENERATOR) for numbers in (2, 3))
    return noisy, level, lines, present


@torch.no_grad()
def test_a_grown_line_denoiser_answers_as_before_while_the_new_points_are_silent():
    small = LineDenoiser(SMALL).eval()
    large = grown(small, 23).eval()
    noisy, level, lines, present = lines_of(23)
    noisy[:, :, 18:], lines[:, :, 18:] = 0, 0
    before = small(noisy[:, :, :18], level, lines[:, :, :18], present)
    assert torch.allclose(large(noisy, level, lines, present)[:, :, :18], before, atol=1e-5)


@torch.no_grad()
def test_a_grown_multiview_denoiser_too():
    small = MultiviewDenoiser(SMALL).eval()
    large = grown(small, 23).eval()
    noisy, given = torch.randn(1, 3, 8, 23, 2, generator=GENERATOR), torch.randn(1, 8, 23, 2, generator=GENERATOR)
    seen = torch.ones(1, 8, 23, dtype=torch.bool)
    noisy[..., 18:, :], given[..., 18:, :], seen[..., 18:] = 0, 0, False
    rest = torch.tensor([0.2]), torch.ones(1, 8, dtype=torch.bool)
    level = torch.tensor([700])
    before, tilt = small(noisy[..., :18, :], level, given[..., :18, :], seen[..., :18], *rest)
    after, tilt_after = large(noisy, level, given, seen, *rest)
    assert torch.allclose(after[..., :18, :], before, atol=1e-5) and torch.allclose(tilt_after, tilt, atol=1e-5)


def test_it_grows_only():
    small = LineDenoiser(SMALL)
    assert with_points(small, 18) is small
    with pytest.raises(ValueError, match="at least the 18 points"):
        grown(small, 17)
