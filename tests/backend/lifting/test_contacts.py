# SPDX-License-Identifier: GPL-3.0-or-later
import torch

from backend.lifting.contacts import foot_contacts


def test_a_standing_foot_touches_and_a_swinging_or_raised_one_does_not():
    frames = 60
    ankles = torch.zeros(1, frames, 2, 3)
    ankles[..., 2] = 0.08
    ankles[0, 30:, 0, 0] = torch.linspace(0, 1.5, 30)  # the left foot slides forward at 1.5 m/s
    ankles[0, 20:40, 1, 2] = 0.45  # the right one is raised and held
    contacts = foot_contacts(ankles, fps=30.0)
    assert contacts.shape == (1, frames, 2)
    assert contacts[0, 5:28, 0].min() > 0.9 and contacts[0, 33:, 0].max() < 0.1
    assert contacts[0, 22:38, 1].max() < 0.1 and contacts[0, :18, 1].min() > 0.9


def test_one_deep_outlier_does_not_lift_everybody():
    ankles = torch.zeros(60, 2, 3)
    ankles[10, 0, 2] = -0.6
    contacts = foot_contacts(ankles, fps=30.0)
    assert contacts[20:].min() > 0.9


def test_one_frame_has_no_contacts():
    assert foot_contacts(torch.zeros(3, 1, 2, 3), 30.0).abs().max() == 0
