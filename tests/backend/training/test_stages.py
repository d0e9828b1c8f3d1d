# SPDX-License-Identifier: GPL-3.0-or-later
import pytest

from backend.training.presets import PRESETS
from backend.training.stages import LINE, MULTIVIEW, READING, SHARES, SYNTHESIS, TITLES, later


def test_what_comes_after_a_stage_is_told_in_parts_of_its_time():
    assert later("cpu", LINE) == pytest.approx((12 + 37) / 37)
    assert later("cpu", SYNTHESIS) == pytest.approx(37 / 12)
    assert later("cpu", MULTIVIEW) == later("gpu", MULTIVIEW) == 0
    assert later("gpu", LINE) is None and later("cpu", READING) is None
    assert set(SHARES) < set(PRESETS) and all(len(times) == len(TITLES) for times in SHARES.values())
