# SPDX-License-Identifier: GPL-3.0-or-later
import math

import pytest
import torch

from backend.diffusion.blocks import CONDITION, Attention, CrossViewBlock, FramePatches, TemporalBlock, sinusoidal

from .scene import awake


def random(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def test_sinusoidal_features_go_from_the_position_itself_to_slow_waves():
    features = sinusoidal(torch.tensor([0, 1, 7]), 8)
    assert features.shape == (3, 8)
    torch.testing.assert_close(features[0], torch.tensor([0.0] * 4 + [1.0] * 4))
    assert float(features[2, 0]) == pytest.approx(math.sin(7)) and float(features[2, 4]) == pytest.approx(math.cos(7))
    assert float(features[2, 3]) == pytest.approx(math.sin(7 / 1000), rel=1e-4)  # 10,000 to the power of 3 / 4


def test_attention_is_softmax_attention_over_the_kept_tokens():
    attention, x = awake(Attention(8, 2)), random(1, 5, 8)
    keep = torch.tensor([[True, True, False, True, False]])
    q, k, v = (part.view(5, 2, 4).transpose(0, 1) for part in attention.qkv(x[0]).chunk(3, -1))
    weight = (q @ k.transpose(1, 2) / 2).masked_fill(~keep, -torch.inf).softmax(-1)
    expected = attention.out((weight @ v).transpose(0, 1).reshape(5, 8))
    torch.testing.assert_close(attention(x, keep)[0], expected)


@pytest.mark.parametrize("make", [TemporalBlock, CrossViewBlock])
def test_a_new_block_passes_everything_on(make):
    shape = (2, 6, 16) if make is TemporalBlock else (2, 4, 6, 16)
    x, condition, keep = random(*shape), random(2, CONDITION), torch.ones(2, 6, dtype=torch.bool)
    torch.testing.assert_close(make(16, 2)(x, condition, keep), x)
    assert not torch.allclose(awake(make(16, 2))(x, condition, keep), x, atol=0.01)


def test_time_is_attended_within_a_view_and_views_at_one_time():
    """With one kind of attention shut off, what the other kind cannot reach stays as it was."""
    x, condition, keep = random(1, 4, 6, 16), random(1, CONDITION), torch.ones(1, 6, dtype=torch.bool)
    changed = x.clone()
    changed[0, 1, 2, ::2] += 1  # a change that layer norm does not take out
    for shut, reached in (("attention", (slice(None), 2)), ("view_attention", (1, slice(None)))):
        block = awake(CrossViewBlock(16, 2))
        out = getattr(block, shut).out
        out.weight.zero_(), out.bias.zero_()
        moved = (block(changed, condition, keep) - block(x, condition, keep))[0].abs().amax(-1) > 1e-4
        expected = torch.zeros(4, 6, dtype=torch.bool)
        expected[reached] = True
        assert torch.equal(moved, expected)


def test_patches_gather_neighbouring_frames():
    patches = awake(FramePatches(4, 3, 2, 16))
    frames = random(2, 12, 3)
    tokens = patches.tokens(frames)
    assert tokens.shape == (2, 3, 16) and patches.frames(tokens).shape == (2, 12, 2)
    frames[0, 5] += 1
    moved = (patches.tokens(frames) - tokens).abs().amax(-1) > 1e-4
    assert moved.tolist() == [[False, True, False], [False, False, False]]
    present = torch.arange(12)[None] < torch.tensor([[5], [12]])
    assert patches.keep(present).tolist() == [[True, True, False], [True, True, True]]
