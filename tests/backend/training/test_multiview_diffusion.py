# SPDX-License-Identifier: GPL-3.0-or-later
import pytest
import torch
from torch import nn

from backend.diffusion.canonical import tilt
from backend.diffusion.multiview_sampling import triangulate_multiview
from backend.diffusion.schedule import LEVELS, cosine_schedule
from backend.training import multiview_diffusion
from backend.training.filming import MotionWindows, put_up_camera
from backend.training.multiview_diffusion import (
    WILD_SHOTS,
    SyntheticFootage,
    detector_faults,
    film_multiview,
    multiview_loss,
)

from ..diffusion.scene import canonical_truth, make_scene
from .test_filming import made_clips

CPU = torch.device("cpu")


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def flawless(monkeypatch):
    """Detectors that see every point where it is."""
    monkeypatch.setattr(
        multiview_diffusion, "detector_faults",
        lambda shape, generator: (torch.zeros(*shape, 2), torch.ones(shape, dtype=torch.bool)),
    )  # fmt: skip


def wild(count=16, frames=40):
    motion, present = MotionWindows(made_clips(100), frames).draw(count, seeded())
    camera, elevation, roll = put_up_camera(motion, WILD_SHOTS, seeded(1))
    return motion, present, camera, elevation, roll


def test_four_views_of_one_motion_agree_exactly(flawless):
    motion, present, camera, elevation, roll = wild()
    batch = film_multiview(motion, present, camera, seeded())
    weight = torch.ones(batch.seen.shape)
    points = triangulate_multiview(batch.clip, weight, batch.views, batch.tilt)
    # one set of points in space, seen where each of the four views has it
    from backend.diffusion.canonical import input_camera, view_cameras
    from backend.diffusion.multiview_sampling import AZIMUTHS

    flat, here = points.flatten(1, 2), present[..., None, None]
    own = input_camera(batch.clip, batch.tilt[:, 0], batch.tilt[:, 1]).project(flat).view_as(batch.clip.points)
    assert ((own - batch.clip.points) * here).abs().max() < 1e-3
    for view, azimuth in enumerate(AZIMUTHS):
        image = view_cameras(torch.tensor(azimuth)).project(flat).view_as(batch.views[:, view])
        assert ((image - batch.views[:, view]) * here).abs().max() < 1e-3
    # and it is the motion, seen from the turned camera, in the canonical world
    angles = torch.stack(tilt((batch.clip.rotation @ camera.rotation)[..., 2]), -1)
    torch.testing.assert_close(batch.tilt, angles)
    every = present.all(1)
    assert every.any()
    truth = canonical_truth(motion, camera, batch.clip, angles)
    torch.testing.assert_close(points[every], truth[every], atol=5e-3, rtol=0)


def test_a_wrong_tilt_is_noticed(flawless):
    """The check above can fail: with another elevation the four views no longer agree."""
    motion, present, camera, *_ = wild()
    batch = film_multiview(motion, present, camera, seeded())
    right, wrong = (
        triangulate_multiview(batch.clip, torch.ones(batch.seen.shape), batch.views, batch.tilt + offset)
        for offset in (torch.zeros(2), torch.tensor([0.1, 0.0]))
    )
    assert (right - wrong)[present].norm(dim=-1).mean() > 0.01


def test_the_input_is_jittered_and_the_other_views_are_of_one_body():
    motion, present, camera, *_ = wild(count=32)
    batch = film_multiview(motion, present, camera, seeded())
    points = triangulate_multiview(batch.clip, torch.zeros(batch.seen.shape), batch.views, batch.tilt)
    length = (points[:, :, 9] - points[:, :, 10]).norm(dim=-1)
    spread = torch.stack([row[here].std() for row, here in zip(length, present, strict=True)])
    assert spread.max() < 0.02
    assert not batch.seen.all() and not (batch.seen & ~present[..., None]).any()


def test_half_of_the_clips_are_clean_the_others_jitter_and_miss_points():
    jitter, seen = detector_faults((400, 60, 18), seeded())
    dirty = jitter.abs().amax((1, 2, 3)) > 0
    assert 0.4 < dirty.float().mean() < 0.6
    assert seen[~dirty].all() and 0.005 < (~seen[dirty]).float().mean() < 0.2
    assert 0.002 < jitter[dirty].std() < 0.02
    # missing stretches, not single frames: most missing points are missing in the frame before too
    missing = ~seen[dirty]
    assert (missing[:, 1:] & missing[:, :-1]).sum() > 0.8 * missing[:, 1:].sum()
    again, other = (detector_faults((400, 60, 18), seeded(s)) for s in (0, 1))
    assert torch.equal(again[0], jitter) and torch.equal(again[1], seen) and not torch.equal(other[1], seen)


def test_footage_is_half_level_half_wild_and_sometimes_short():
    motion, present = MotionWindows(made_clips(200), 60).draw(12, seeded())
    present[3, 45:] = False
    footage = SyntheticFootage(motion.half(), present)
    batch = footage.draw(80, seeded())
    assert batch.views.shape == (80, 3, 60, 18, 2) and batch.clip.points.shape == (80, 60, 18, 2)
    assert batch.tilt[40:, 0].max() > 0.35 and batch.tilt[:40, 0].abs().max() < 0.35
    assert batch.views[..., 0].isfinite().all()
    length = batch.present.sum(1)
    assert 30 <= length.min() < 60 and (length == 60).float().mean() > 0.5
    assert torch.equal(batch.views, footage.draw(80, seeded()).views)
    assert not torch.equal(batch.views, footage.draw(80, seeded(1)).views)
    assert footage.draw(1, seeded()).views.shape[0] == 1


class Answers(nn.Module):
    """Answers with the views, and the tilt, of a batch, plus offsets."""

    def __init__(self, batch, views=0.0, angles=0.0):
        super().__init__()
        self.batch, self.views, self.angles, self.asked = batch, views, angles, []

    def forward(self, noisy, level, given, seen, nearness, present):
        self.asked.append((noisy, level, given, seen, nearness, present))
        return self.batch.views + self.views, self.batch.tilt + self.angles


def filmed():
    scene = make_scene()
    present = scene.present.clone()
    present[1, 12:] = False
    return film_multiview(scene.motion, present, scene.camera, seeded())


def losses(network, batch, seed=0):
    return multiview_loss(cosine_schedule(), lambda generator: batch, CPU)(network, seeded(seed))


def test_the_truth_costs_nothing_and_mistakes_what_they_are():
    batch = filmed()
    assert losses(Answers(batch), batch)["loss"] < 1e-6
    parts = losses(Answers(batch, views=0.2, angles=0.1), batch)
    assert float(parts["reconstruction"]) == pytest.approx(0.2, rel=1e-4)
    assert float(parts["tilt"]) == pytest.approx(0.1, rel=1e-4)
    assert float(parts["loss"]) == pytest.approx(0.2 + 0.5 * 0.1, rel=1e-4)


def test_absent_frames_neither_count_nor_reach_the_network():
    batch = filmed()
    wrong = torch.zeros_like(batch.views)
    wrong[1, :, 12:] = 4.0
    network = Answers(batch, views=wrong)
    assert losses(network, batch)["loss"] < 1e-6
    noisy, _, given, seen, _, present = network.asked[0]
    assert noisy[1, :, 12:].abs().sum() == 0 and given[1, 12:].abs().sum() == 0 and not seen[1, 12:].any()
    assert torch.equal(present, batch.present)


def test_two_in_five_start_from_pure_noise():
    batch = filmed()
    network = Answers(batch)
    for seed in range(150):
        losses(network, batch, seed)
    level = torch.cat([asked[1] for asked in network.asked])
    assert 0.3 < (level == LEVELS - 1).float().mean() < 0.5 and level.min() < 100
    nearness = torch.stack([asked[4] for asked in network.asked]) / batch.clip.nearness
    assert 0.9 <= nearness.min() < 0.92 and 1.08 < nearness.max() <= 1.1
