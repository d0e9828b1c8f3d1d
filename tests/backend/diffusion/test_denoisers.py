# SPDX-License-Identifier: GPL-3.0-or-later
from dataclasses import replace

import torch

from backend.diffusion.canonical import view_cameras
from backend.diffusion.denoisers import DenoiserConfig, LineDenoiser, MultiviewDenoiser, flat_views
from backend.diffusion.device import half_precision
from backend.diffusion.line_sampling import project_views
from backend.diffusion.multiview_sampling import AZIMUTHS

from .scene import SMALL, awake

CPU = torch.device("cpu")


def line_input(batch=2, frames=30, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return {
        "noisy": torch.randn(batch, frames, 18, 2, generator=generator),
        "level": torch.tensor([900, 100])[:batch],
        "lines": torch.randn(batch, frames, 18, 3, generator=generator),
        "present": torch.ones(batch, frames, dtype=torch.bool),
    }


def multiview_input(batch=2, frames=30, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return {
        "noisy": torch.randn(batch, 3, frames, 18, 2, generator=generator),
        "level": torch.tensor([900, 100])[:batch],
        "given": torch.randn(batch, frames, 18, 2, generator=generator),
        "seen": torch.rand(batch, frames, 18, generator=generator) > 0.2,
        "nearness": torch.tensor([0.25, 0.1])[:batch],
        "present": torch.ones(batch, frames, dtype=torch.bool),
    }


def padded(fields: dict, frames: int, value: float = 0.0) -> dict:
    """The same input followed by absent frames."""
    out = dict(fields)
    for name, axis in (("noisy", -3), ("lines", -3), ("given", -3), ("seen", -2), ("present", -1)):
        if name in fields:
            x = fields[name]
            shape = list(x.shape)
            shape[axis] = frames - x.shape[axis]
            out[name] = torch.cat([x, torch.full(shape, 0 if x.dtype == torch.bool else value, dtype=x.dtype)], axis)
    return out


def test_shapes_for_every_length_of_clip():
    line, multiview = awake(LineDenoiser(SMALL)), awake(MultiviewDenoiser(SMALL))
    for frames in (15, 16, 17, 30, 119, 120):
        assert line(**line_input(2, frames)).shape == (2, frames, 18, 2)
        views, tilt = multiview(**multiview_input(2, frames))
        assert views.shape == (2, 3, frames, 18, 2) and tilt.shape == (2, 2)
        assert views.isfinite().all() and tilt.isfinite().all()


def test_padding_changes_nothing():
    line, multiview = awake(LineDenoiser(SMALL)), awake(MultiviewDenoiser(SMALL))
    for frames in (15, 28, 30):
        x = line_input(2, frames)
        torch.testing.assert_close(line(**padded(x, 60))[:, :frames], line(**x))
        x = multiview_input(2, frames)
        views, tilt = multiview(**x)
        padded_views, padded_tilt = multiview(**padded(x, 60))
        torch.testing.assert_close(padded_views[:, :, :frames], views)
        torch.testing.assert_close(padded_tilt, tilt)


def test_what_stands_in_absent_frames_is_ignored():
    x, frames = line_input(2, 28), 28
    line = awake(LineDenoiser(SMALL))
    assert torch.equal(line(**padded(x, 60, 9.0))[:, :frames], line(**padded(x, 60))[:, :frames])
    x = multiview_input(2, frames)
    multiview = awake(MultiviewDenoiser(SMALL))
    loud, quiet = multiview(**padded(x, 60, 9.0)), multiview(**padded(x, 60))
    assert torch.equal(loud[0][:, :, :frames], quiet[0][:, :, :frames]) and torch.equal(loud[1], quiet[1])


def test_unseen_points_of_the_input_are_ignored_and_seen_ones_are_not():
    network, x = awake(MultiviewDenoiser(SMALL)), multiview_input()
    views, tilt = network(**x)
    hidden = torch.where(x["seen"][..., None], x["given"], torch.tensor(7.0))
    other, other_tilt = network(**{**x, "given": hidden})
    assert torch.equal(views, other) and torch.equal(tilt, other_tilt)
    other, other_tilt = network(**{**x, "given": x["given"] + 0.5})
    assert ((views - other).abs().amax((2, 3, 4)) > 1e-3).all() and ((tilt - other_tilt).abs() > 1e-4).all()


def test_views_learn_of_each_other_through_the_attention_across_views_alone():
    network, x = awake(MultiviewDenoiser(SMALL)), multiview_input()
    moved = {**x, "noisy": x["noisy"].clone()}
    moved["noisy"][:, 0] += 1
    change = (network(**moved)[0] - network(**x)[0]).abs().amax((2, 3, 4))
    assert (change > 1e-3).all()
    for block in network.blocks:
        block.view_attention.out.weight.zero_()
        block.view_attention.out.bias.zero_()
    change = (network(**moved)[0] - network(**x)[0]).abs().amax((2, 3, 4))
    assert (change[:, 0] > 1e-3).all() and (change[:, 1:] == 0).all()


def test_clips_of_a_batch_do_not_mix():
    for make, fields in ((LineDenoiser, line_input()), (MultiviewDenoiser, multiview_input())):
        network = awake(make(SMALL))

        def answer(x, network=network):
            out = network(**x)
            return out[0] if isinstance(out, tuple) else out

        moved = {**fields, "noisy": fields["noisy"].clone()}
        moved["noisy"][0] += 1
        change = (answer(moved) - answer(fields)).abs().flatten(1).amax(1)
        assert change[0] > 1e-3 and change[1] == 0


def test_noise_level_lines_and_perspective_are_conditions():
    line, x = awake(LineDenoiser(SMALL)), line_input()
    for name, other in (("level", torch.tensor([300, 100])), ("lines", x["lines"] + 0.3)):
        assert (line(**{**x, name: other}) - line(**x)).abs()[0].max() > 1e-3
    multiview, x = awake(MultiviewDenoiser(SMALL)), multiview_input()
    for name, other in (("level", torch.tensor([300, 100])), ("nearness", torch.tensor([0.4, 0.1]))):
        assert (multiview(**{**x, name: other})[0] - multiview(**x)[0]).abs()[0].max() > 1e-3


def test_half_precision_stays_near_to_full_precision():
    for make, fields in ((LineDenoiser, line_input()), (MultiviewDenoiser, multiview_input())):
        network = awake(make(SMALL))
        full = network(**fields)
        with half_precision(CPU):
            half = network(**fields)
        full, half = (x[0] if isinstance(x, tuple) else x for x in (full, half))
        assert half.dtype == torch.float32
        assert 0 < (half - full).square().mean().sqrt() < 0.03 * full.std()


def test_the_configuration_rebuilds_the_network():
    config = DenoiserConfig(keypoints=5, width=16, blocks=1, heads=2, patch=3)
    assert DenoiserConfig(**config.as_dict()) == config
    network = LineDenoiser(config)
    out = network(torch.zeros(1, 7, 5, 2), torch.tensor([3]), torch.zeros(1, 7, 5, 3), torch.ones(1, 7).bool())
    assert out.shape == (1, 7, 5, 2)


def test_departures_are_added_to_the_views_of_a_flat_subject():
    plain = awake(MultiviewDenoiser(SMALL))
    departing = awake(MultiviewDenoiser(replace(SMALL, from_plane=True)))
    x = multiview_input()
    with torch.no_grad():
        (views, tilt), (more, same) = plain(**x), departing(**x)
    torch.testing.assert_close(more - views, flat_views(x["given"] * x["seen"][..., None]))
    assert torch.equal(tilt, same)


def test_the_views_of_a_flat_subject_are_those_that_cameras_far_away_take():
    flat = torch.randn(1, 4, 18, 3, generator=torch.Generator().manual_seed(0)) * torch.tensor([0.3, 0.0, 0.3])
    views = project_views(view_cameras(torch.tensor([0.0, *AZIMUTHS])), 1e-2 * flat)  # small instead of far
    torch.testing.assert_close(views[:, 1:], flat_views(views[:, 0]), atol=1e-4, rtol=0)
