# SPDX-License-Identifier: GPL-3.0-or-later
import math

import pytest
import torch
from torch import nn

from backend.diffusion.canonical import input_camera, view_cameras
from backend.diffusion.schedule import LEVELS, cosine_schedule
from backend.geometry.epipolar import epipole, point_line_distance
from backend.training.filming import Footage
from backend.training.line_diffusion import line_diffusion_loss, virtual_epipoles

from ..diffusion.scene import make_scene

CPU = torch.device("cpu")
SCHEDULE = cosine_schedule()


def footage(absent_after=20):
    scene = make_scene()
    present = scene.present.clone()
    present[1, absent_after:] = False
    return Footage(scene.clip, present)


class Answers(nn.Module):
    """Answers with ``clean + offset(lines)`` and keeps what it was asked."""

    def __init__(self, clean, offset=lambda lines: 0.0):
        super().__init__()
        self.clean, self.offset, self.asked = clean, offset, []

    def forward(self, noisy, level, lines, present):
        self.asked.append((noisy, level, lines, present))
        return self.clean + self.offset(lines)


def losses(network, film, seed=0):
    loss_of = line_diffusion_loss(SCHEDULE, lambda generator: film, CPU)
    return loss_of(network, torch.Generator().manual_seed(seed))


def test_the_truth_costs_nothing_and_its_lines_pass_through_it():
    film = footage()
    network = Answers(film.clip.points)
    parts = losses(network, film)
    assert parts["reconstruction"] == 0 and parts["line"] < 1e-5 and parts["loss"] < 1e-5
    _, _, lines, _ = network.asked[0]
    assert point_line_distance(film.clip.points, lines).max() < 1e-4


def test_along_its_line_a_point_pays_for_the_distance_alone_and_across_it_twice():
    film = footage()
    sideways = torch.tensor([-1.0, 1.0])
    # eq. 2 is the mean absolute difference of the coordinates, eq. 3 the distance from the line
    along = losses(Answers(film.clip.points, lambda line: 0.1 * line[..., [1, 0]] * sideways), film)
    across = losses(Answers(film.clip.points, lambda line: 0.1 * line[..., :2]), film)
    assert along["line"] < 1e-5 and across["line"] == pytest.approx(0.1, abs=1e-4)
    for parts in (along, across):
        assert 0.05 <= parts["reconstruction"] <= 0.1 / math.sqrt(2) + 1e-5
        assert float(parts["loss"]) == pytest.approx(float(parts["reconstruction"] + parts["line"]), rel=1e-5)


def test_the_lines_of_a_sequence_meet_in_one_epipole():
    film = footage()
    network = Answers(film.clip.points)
    losses(network, film)
    for lines in network.asked[0][2]:
        lines = lines.flatten(0, 1).double()
        meeting = torch.linalg.lstsq(lines[:, :2], -lines[:, 2:]).solution[:, 0]
        assert point_line_distance(meeting, lines).max() < 1e-3


def test_absent_frames_neither_count_nor_reach_the_network():
    film = footage(absent_after=8)
    wrong = torch.zeros_like(film.clip.points)
    wrong[1, 8:] = 5.0
    network = Answers(film.clip.points, lambda lines: wrong)
    parts = losses(network, film)
    assert parts["loss"] < 1e-5
    noisy, _, lines, present = network.asked[0]
    assert noisy[1, 8:].abs().sum() == 0 and lines[1, 8:].abs().sum() == 0
    assert noisy[1, :8].abs().min() > 0 and torch.equal(present, film.present)


def test_noise_is_added_at_levels_from_all_over_the_schedule():
    film = footage()
    network = Answers(film.clip.points)
    for seed in range(40):
        losses(network, film, seed)
    levels = torch.cat([asked[1] for asked in network.asked])
    assert levels.min() < LEVELS / 10 and levels.max() > 0.9 * LEVELS
    for noisy, level, _, _ in network.asked[:5]:
        noise = SCHEDULE.noise_of(noisy, film.clip.points, level)
        assert noise.std() == pytest.approx(1, abs=0.1) and noise.mean() == pytest.approx(0, abs=0.1)


def test_half_of_the_epipoles_are_images_of_an_input_camera_in_a_ring_view():
    points = virtual_epipoles(4000, torch.Generator().manual_seed(0))
    assert points.shape == (4000, 2) and points.isfinite().all() and points.abs().max() <= 50
    radius = points.norm(dim=-1)
    assert (radius > 12.1).float().mean() > 0.005 and (radius < 1).float().mean() > 0.05
    assert (radius < 0.1).float().mean() < 0.1
    quadrants = torch.atan2(points[:, 1], points[:, 0]).histc(4, -torch.pi, torch.pi) / 4000
    assert quadrants.min() > 0.12  # the other half lies on all sides
    again = virtual_epipoles(4000, torch.Generator().manual_seed(0))
    assert torch.equal(points, again)
    # the images of real input cameras at 60 and 120 degrees: the random ones come close to each
    clip = make_scene().clip
    for azimuth in (60, 120, 240, 300):
        camera = input_camera(clip, torch.zeros(2), torch.zeros(2))
        image = epipole(camera, view_cameras(torch.tensor(math.radians(azimuth))))
        image = image[:, :2] / image[:, 2:]
        nearest = (points - image[:, None]).norm(dim=-1).amin(1)
        assert (nearest < 0.05 * image.norm(dim=-1) + 0.05).all()
