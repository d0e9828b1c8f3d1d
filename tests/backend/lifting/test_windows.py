# SPDX-License-Identifier: GPL-3.0-or-later
import pytest
import torch

from backend.lifting.windows import OVERLAP, WINDOW, cross_fade, cut, window_starts


@pytest.mark.parametrize("frames", [15, 119, 120, 121, 160, 200, 201, 300, 1234])
def test_windows_cover_the_clip_and_overlap(frames):
    starts = window_starts(frames)
    length = min(frames, WINDOW)
    assert starts[0] == 0 and starts[-1] + length == frames
    assert all(later - start <= WINDOW - OVERLAP for start, later in zip(starts, starts[1:], strict=False))
    assert sorted(set(starts)) == starts
    windows = cut(torch.arange(frames), starts)
    assert windows.shape == (len(starts), length)
    assert set(windows.flatten().tolist()) == set(range(frames))


@pytest.mark.parametrize("frames", [15, 120, 121, 300])
def test_what_windows_agree_on_comes_back(frames):
    starts = window_starts(frames)
    time = torch.arange(frames, dtype=torch.float64)
    for signal in (torch.full((frames, 2), 3.5).double(), torch.stack([time, -0.2 * time], -1), time.sin()[:, None]):
        torch.testing.assert_close(cross_fade(cut(signal, starts), starts, frames), signal)


def test_where_windows_differ_there_is_no_seam():
    """Neighbours one apart: the blend goes from one to the other within the overlap, step by small step."""
    frames = 2 * WINDOW - OVERLAP
    starts = window_starts(frames)
    assert len(starts) == 2
    windows = torch.tensor([0.0, 1.0])[:, None].expand(2, WINDOW)
    blend = cross_fade(windows, starts, frames)
    assert (blend[: WINDOW - OVERLAP] == 0).all() and (blend[WINDOW:] == 1).all()
    steps = blend.diff()
    assert (steps >= 0).all() and steps.max() < 0.08 and blend[WINDOW - OVERLAP] < 0.01
    assert float(blend[WINDOW - OVERLAP // 2 - 1 : WINDOW - OVERLAP // 2 + 1].mean()) == pytest.approx(0.5)
