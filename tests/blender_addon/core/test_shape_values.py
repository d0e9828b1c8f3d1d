# SPDX-License-Identifier: GPL-3.0-or-later
"""How far two shapes of a body differ at rest. Which shape a motion has is seen in tests/blender/test_commands.py."""

import numpy as np
import pytest

from blender_addon.core.body_file import read_body
from blender_addon.core.shape_values import rest_difference


def test_the_same_shape_differs_in_nothing_and_a_taller_one_where_it_is_furthest_from_the_root():
    body = read_body()
    betas = np.array([0.5, -0.5])
    assert rest_difference(body, betas, betas) == 0
    tall = np.array([2.0])
    rest, other = body.shaped(np.zeros(0))[1], body.shaped(tall)[1]
    furthest = np.linalg.norm((other - other[0]) - (rest - rest[0]), axis=-1).max()
    assert rest_difference(body, np.zeros(0), tall) == pytest.approx(furthest) and furthest > 0.01
