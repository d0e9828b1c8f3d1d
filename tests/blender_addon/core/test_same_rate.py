# SPDX-License-Identifier: GPL-3.0-or-later
"""Rates are one but for rounding; television's and film's are two."""

import numpy as np
import pytest

from blender_addon.core.same_rate import same_rate


@pytest.mark.parametrize("written, exact", [(29.97, 30000 / 1001), (23.976, 24000 / 1001), (59.94, 60000 / 1001)])
def test_a_rounded_rate_is_the_exact_one_as_blender_keeps_it(written, exact):
    whole = round(exact)
    kept = whole / float(np.float32(whole / exact))
    assert same_rate(written, exact) and same_rate(written, kept) and same_rate(kept, written)


@pytest.mark.parametrize("one, other", [(29.97, 30.0), (23.976, 24.0), (24.0, 25.0), (59.94, 60.0)])
def test_rates_that_drift_apart_are_two(one, other):
    assert not same_rate(one, other) and not same_rate(other, one)
