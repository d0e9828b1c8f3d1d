# SPDX-License-Identifier: GPL-3.0-or-later
"""Points lose the distortion that Blender itself takes out of the picture, whatever its model."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from backend.keypoints.lens import Lens
from tests.blender.blenders import blenders, run_script, workplace

INSIDE = Path(__file__).with_name("inside_lens.py")
SIZE, FOCAL, CENTRE = (320, 180), 300.0, (170.0, 80.0)  # the centre from the bottom left, as Blender counts
LENSES = {
    "POLYNOMIAL": {"k1": -0.2, "k2": 0.05, "k3": 0.01},
    "DIVISION": {"k1": -0.15, "k2": 0.03},
    "NUKE": {"k1": -0.1, "k2": 0.02},
    "BROWN": {"k1": -0.2, "k2": 0.05, "k3": 0.01, "k4": -0.01, "p1": 0.01, "p2": -0.02},
}


@pytest.fixture(scope="module", params=blenders())
def places(request):
    with workplace("test-lens-") as folder:
        film, lenses, answer = (Path(folder) / name for name in ("film.png", "lenses.json", "answer.npz"))
        cv2.imwrite(str(film), np.zeros((SIZE[1], SIZE[0], 3), np.uint8))
        lenses.write_text(
            json.dumps([{"model": m, "focal": FOCAL, "centre": CENTRE, "coefficients": k} for m, k in LENSES.items()])
        )
        done = run_script(request.param, INSIDE, film, lenses, answer)
        assert done.returncode == 0 and answer.exists(), done.stdout + done.stderr
        with np.load(answer) as found:
            if not found.files:
                pytest.skip("this Blender's compositor is wired otherwise")
            yield {name: found[name] for name in found.files}


@pytest.mark.parametrize("model", LENSES)
def test_points_go_where_blender_puts_them(places, model):
    lens = Lens(model, FOCAL, (CENTRE[0], SIZE[1] - CENTRE[1]), tuple(LENSES[model].values()), SIZE)
    found = np.stack([places[model][..., 0], SIZE[1] - places[model][..., 1]], -1)[::-1]  # rows from the top
    pixels = np.stack(np.meshgrid(np.arange(SIZE[0]) + 0.5, np.arange(SIZE[1]) + 0.5), -1)
    inside = (found > 4).all(-1) & (found < np.array(SIZE) - 4).all(-1)
    places_of = lens.undistorted if model == "NUKE" else lens.distorted
    pixels, found = pixels[inside], found[inside]

    def away(shift, some):
        return np.abs(places_of(pixels[::some] + shift) - found[::some]).max(-1)

    # The compositor cuts off by whole pixels what has grown.
    shifts = [(right, down) for right in range(-10, 11) for down in range(-10, 11)]
    shift = min(shifts, key=lambda shift: np.median(away(shift, 2500)))
    assert inside.mean() > 0.5 and np.quantile(away(shift, 40), 0.98) < 1e-3
