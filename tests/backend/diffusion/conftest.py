# SPDX-License-Identifier: GPL-3.0-or-later
"""The scene that both optimisations are tried on."""

import pytest

from backend.diffusion.line_sampling import make_ring

from .scene import make_scene


@pytest.fixture(scope="module")
def scene():
    return make_scene(frames=8)


@pytest.fixture(scope="module")
def ring(scene):
    return make_ring(scene.clip, scene.weight, scene.present, scene.tilt[:, 0], scene.tilt[:, 1])
