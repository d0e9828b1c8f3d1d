# SPDX-License-Identifier: GPL-3.0-or-later
"""Asking in several ways: each answer comes back to the clip's own frames, and the mean is taken."""

from types import SimpleNamespace

import pytest
import torch

from backend.lifting import ways
from backend.lifting.input_view import InputView
from backend.lifting.space import SpacePoints
from backend.lifting.ways import WAYS, Way, in_several_ways

UP = torch.tensor([0.0, -1, 0])


def view_of(frames: int) -> InputView:
    rays = torch.arange(frames, dtype=torch.float32)[:, None, None].expand(frames, 23, 2)
    return InputView(rays, torch.ones(frames, 23), 1000.0, "given", (960.0, 540.0), ())


def in_space(view: InputView) -> SpacePoints:
    return SpacePoints(torch.cat([view.rays, view.weight[..., None]], -1), UP)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("frames", [1, 2, 7, 120])
def test_what_is_asked_comes_back_to_its_own_frames(way, frames):
    given = torch.arange(frames, dtype=torch.float32)
    asked = way.ask(given)
    assert (asked.diff().abs() <= 1).all()  # nothing jumps
    assert len(asked) == frames + 2 * min(way.lead, frames - 1)
    torch.testing.assert_close(way.answer(asked, frames), given)


def test_backwards_begins_with_the_last_frames():
    assert Way(2, True).ask(torch.arange(5)).tolist() == [2, 3, 4, 3, 2, 1, 0, 1, 2]


def test_an_honest_answer_is_the_view_itself():
    view = view_of(30)
    space = in_several_ways(view, in_space)
    torch.testing.assert_close(space.points[..., :2], view.rays)
    torch.testing.assert_close(space.up, UP)


def test_what_depends_on_the_way_is_averaged(monkeypatch):
    monkeypatch.setattr(ways, "WAYS", (Way(0, False), Way(0, True)))
    counted = SimpleNamespace(calls=0)

    def by_place(view: InputView) -> SpacePoints:
        counted.calls += 1
        place = torch.arange(len(view.rays), dtype=torch.float32)[:, None, None].expand(-1, 23, 3)
        return SpacePoints(place, UP)

    space = in_several_ways(view_of(11), by_place)
    assert counted.calls == 2
    torch.testing.assert_close(space.points, torch.full((11, 23, 3), 5.0))
