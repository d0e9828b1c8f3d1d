# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np

from backend.video.cuts import CutFinder


def room(seed, shift=0.0, light=1.0):
    """A picture of coloured patches, seen from a little to the side, in more or less light."""
    random = np.random.default_rng(seed)
    patches = random.integers(0, 255, (6, 10, 3)).repeat(40, 0).repeat(40, 1)
    return np.clip(np.roll(patches, round(shift), axis=1) * light, 0, 255).astype(np.uint8)


def cuts(images):
    finder = CutFinder()
    return [number for number, image in enumerate(images) if finder.is_cut(image)]


def test_cuts_are_found_where_they_are():
    assert cuts([room(1)] * 20 + [room(2)] * 20 + [room(3)] * 5) == [20, 40]


def test_pans_and_changing_light_are_no_cuts():
    assert cuts([room(1, shift=8 * number) for number in range(40)]) == []
    assert cuts([room(1, light=1 - 0.02 * number) for number in range(30)]) == []


def test_somebody_who_comes_close_is_no_cut():
    images = []
    for number in range(30):
        image = room(1)
        image[:, : 10 * number] = 30
        images.append(image)
    assert cuts(images) == []
