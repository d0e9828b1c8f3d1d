# SPDX-License-Identifier: GPL-3.0-or-later
"""An animal that runs on the spot, since the camera followed it, runs on by its paws."""

import torch

from backend.geometry.cameras import Camera
from backend.lifting.body_fit import BodyFit
from backend.lifting.going_along import camera_moves, go_along

FRAMES, SPEED = 120, 0.08  # metres a frame
LEVEL = torch.tensor([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])
CAMERA = Camera(torch.eye(3), LEVEL, torch.tensor([0.0, 0.5, 5.0]))


def trot_on_the_spot(climb: float) -> tuple[BodyFit, torch.Tensor]:
    """Two pairs of paws that take turns of eight frames beside a root that stays; the floor rises by ``climb``."""
    time = torch.arange(FRAMES)
    soles = torch.zeros(1, FRAMES, 4, 3)
    for paw in range(4):
        phase = (time + 8 * (paw % 2)) % 16
        stands = phase < 8
        back, forth = 0.3 - SPEED * phase, -0.34 + SPEED * (phase - 8)
        soles[0, :, paw, 0] = torch.where(stands, back, forth)
        soles[0, :, paw, 2] = torch.where(stands, 0.0, 0.3 * torch.sin((phase - 8) / 8 * torch.pi))
    soles[..., 2] += (climb * time / FRAMES)[:, None]
    root = torch.zeros(1, FRAMES, 3)
    root[..., 2] = 1 + climb * time / FRAMES
    nothing = torch.zeros(1)
    turns = torch.eye(3).expand(1, FRAMES, 35, 3, 3)
    fit = BodyFit(
        turns, root, torch.zeros(1, 4), root[:, :, None], soles.clone(), nothing, nothing, torch.zeros(1, FRAMES, 4)
    )
    return fit, soles


def test_paws_that_stand_carry_the_body_on_and_the_picture_stays():
    fit, soles = trot_on_the_spot(climb=0.4)
    gone, camera = go_along(fit, CAMERA, soles)
    path = gone.translation[0]
    torch.testing.assert_close(path[:, 0], SPEED * torch.arange(FRAMES), atol=0.5, rtol=0.05)
    assert path[:, 1].abs().max() < 1e-3
    lowest = gone.keypoints[0, :, :, 2].amin(1)
    assert lowest.abs().max() < 0.05 < 0.3 < float(fit.keypoints[0, :, :, 2].amin(1).max())
    steps = gone.keypoints[0].diff(dim=0)[10:-10, :, 0]
    stands = (soles[0].diff(dim=0)[10:-10, :, 0] < 0) & (soles[0, 10:-11, :, 2] < 0.35)
    assert steps[stands].abs().median() < 0.1 * SPEED
    assert camera.translation.shape == (FRAMES, 3)
    torch.testing.assert_close(camera.project(gone.keypoints[0]), CAMERA.project(fit.keypoints[0]), atol=1e-4, rtol=0)


def test_the_camera_moves_where_no_paw_stands_for_long():
    contacts = torch.zeros(FRAMES, 4)
    contacts[:20, 1] = 1
    assert camera_moves(contacts)
    contacts[::12, 2] = 1  # a stance in every stride, and all in the air between
    assert not camera_moves(contacts)
