# SPDX-License-Identifier: GPL-3.0-or-later
"""Paws that stand are told by the picture, whatever a network makes of their depth."""

import torch

from backend.geometry.cameras import Camera
from backend.lifting.fit_losses import View
from backend.lifting.stances import stance_means, stances_seen

LEVEL = torch.tensor([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])
ROWS = [0, 1, 2, 3]


def steps(frames: int = 60) -> tuple[torch.Tensor, torch.Tensor]:
    """Paws (1, T, 4, 3) 5 m before the camera, of which each in turn swings for 15 frames, and who stands (T, 4)."""
    paws, stands = torch.zeros(1, frames, 4, 3), torch.ones(frames, 4, dtype=torch.bool)
    paws[..., 1] = 5
    rise = torch.sin(torch.linspace(0, torch.pi, 15))
    for paw in range(4):
        swing = slice(15 * paw, 15 * paw + 15)
        paws[0, swing, paw, 0] = torch.linspace(0, 0.7, 15)
        paws[0, 15 * paw + 15 :, paw, 0] = 0.7
        paws[0, swing, paw, 2] = 0.3 * rise
        stands[swing, paw] = False
    return paws, stands


def view_of(paws: torch.Tensor, camera: Camera) -> View:
    return View(camera, camera.project(paws), torch.ones(paws.shape[:-1]))


def told(contacts: torch.Tensor, stands: torch.Tensor) -> tuple[float, float]:
    """The shares of standing and of swinging moments, but for two at every end, that are taken for standing."""
    on, inner = contacts[0] > 0.5, torch.ones_like(stands)
    for shift in (1, 2):
        inner[shift:] &= stands[shift:] == stands[:-shift]
        inner[:-shift] &= stands[shift:] == stands[:-shift]
    return float(on[stands & inner].float().mean()), float(on[~stands & inner].float().mean())


def test_depth_that_trembles_hides_no_stance():
    paws, stands = steps()
    view = view_of(paws, Camera(torch.eye(3), LEVEL, torch.zeros(3)))
    guessed = paws.clone()
    guessed[..., 1] += 0.5 * torch.sin(torch.arange(60) / 3)[None, :, None]
    standing, swinging = told(stances_seen(guessed, view, ROWS, 30.0), stands)
    assert standing > 0.95 and swinging < 0.1
    assert told(stances_seen(guessed, None, ROWS, 30.0), stands)[0] < 0.5


def test_a_camera_that_walks_along_moves_no_paw():
    paws, stands = steps()
    path = torch.zeros(1, 60, 3)
    path[..., 0] = torch.linspace(0, 3, 60)
    camera = Camera(torch.eye(3).expand(1, 60, 3, 3), LEVEL.expand(1, 60, 3, 3), -(path @ LEVEL.T))
    standing, swinging = told(stances_seen(paws, view_of(paws, camera), ROWS, 30.0), stands)
    assert standing > 0.95 and swinging < 0.1


def test_paws_that_are_not_seen_are_told_by_their_places():
    paws, stands = steps()
    view = view_of(paws, Camera(torch.eye(3), LEVEL, torch.zeros(3)))
    view.weights[:] = 0
    hidden = View(view.camera, torch.zeros_like(view.points), view.weights)
    standing, swinging = told(stances_seen(paws, hidden, ROWS, 30.0), stands)
    assert standing > 0.95 and swinging < 0.1


def test_a_held_raised_paw_does_not_stand():
    paws, _ = steps()
    paws[:] = paws[:, :1]
    paws[0, :, 0, 2] = 0.3
    contacts = stances_seen(paws, view_of(paws, Camera(torch.eye(3), LEVEL, torch.zeros(3))), ROWS, 30.0)
    assert contacts[..., 0].max() < 0.1 and contacts[..., 1:].min() > 0.9
    assert stances_seen(paws[:, :2], None, ROWS, 30.0).abs().max() == 0


def test_a_stance_has_one_place():
    contacts = torch.zeros(1, 8, 4)
    contacts[0, 1:4, 0] = contacts[0, 5:8, 0] = 1
    values = torch.arange(8.0)
    means = stance_means(contacts)[0, 0] @ values
    torch.testing.assert_close(means, torch.tensor([0.0, 2, 2, 2, 4, 6, 6, 6]))
    torch.testing.assert_close(stance_means(contacts)[0, 1] @ values, values)
