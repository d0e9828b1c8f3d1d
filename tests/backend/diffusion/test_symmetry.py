# SPDX-License-Identifier: GPL-3.0-or-later
"""The mirror of the multi-view denoiser, on figures of which both sides are known."""

import math

import torch

from backend.diffusion.canonical import canonicalise, input_camera, view_cameras
from backend.diffusion.denoisers import DenoiserConfig, MultiviewDenoiser
from backend.diffusion.line_sampling import project_views
from backend.diffusion.multiview_sampling import AZIMUTHS
from backend.diffusion.symmetry import _mirror_views, mirror_points, symmetric_multiview
from backend.keypoints.layouts import LAYOUTS
from backend.training.variety import mirrored

from ..evaluation.figures import walker


def question(batch=2, time=8):
    generator = torch.Generator().manual_seed(0)
    noisy = torch.randn(batch, 3, time, 18, 2, generator=generator)
    given = torch.randn(batch, time, 18, 2, generator=generator)
    seen = torch.rand(batch, time, 18, generator=generator) < 0.8
    return noisy, torch.tensor([999, 400]), given, seen, torch.tensor([0.2, 0.3]), torch.ones(batch, time).bool()


def test_mirrored_views_are_the_views_of_the_mirrored_motion():
    motion = torch.as_tensor(walker(8), dtype=torch.float32)[None] - torch.tensor([0, 0, 0.9])
    flipped = mirrored(motion, torch.tensor([True]))
    cameras = view_cameras(torch.tensor(AZIMUTHS))
    torch.testing.assert_close(_mirror_views(project_views(cameras, motion)), project_views(cameras, flipped))
    clip = canonicalise(motion[..., [0, 2]] / 5, torch.ones(1, 8).bool())
    camera, other = (input_camera(clip, *torch.tensor([[0.1], [roll]])) for roll in (0.05, -0.05))
    image, mirror = (c.project(m.flatten(1, 2)).view(1, 8, 18, 2) for c, m in ((camera, motion), (other, flipped)))
    torch.testing.assert_close(mirror_points(image), mirror, atol=1e-5, rtol=1e-4)


def test_a_mirrored_question_gets_the_mirrored_answer():
    torch.manual_seed(0)
    network = symmetric_multiview(MultiviewDenoiser(DenoiserConfig(width=32, blocks=1)).eval())
    noisy, level, given, seen, nearness, present = question()
    flip = torch.as_tensor(LAYOUTS["openpose18"].mirror)
    with torch.no_grad():
        clean, tilt = network(noisy, level, given, seen, nearness, present)
        mirror, turned = network(
            _mirror_views(noisy), level, mirror_points(given), seen[..., flip], nearness, present
        )  # fmt: skip
    torch.testing.assert_close(mirror, _mirror_views(clean), atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(turned, tilt * torch.tensor([1.0, -1.0]), atol=1e-5, rtol=1e-4)
    assert not math.isclose(float((clean - _mirror_views(clean)).abs().max()), 0, abs_tol=1e-3)
