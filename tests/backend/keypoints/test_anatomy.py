# SPDX-License-Identifier: GPL-3.0-or-later
import pytest
import torch

from backend.diffusion.canonical import limb_lengths, limb_sum, mid_hip
from backend.keypoints.anatomy import HUMAN, QUADRUPED, anatomy_of


@pytest.mark.parametrize("anatomy", [HUMAN, QUADRUPED])
def test_an_array_says_by_its_shape_which_figure_it_shows(anatomy):
    assert anatomy_of(len(anatomy)) is anatomy
    points = torch.randn(5, len(anatomy), 3, generator=torch.Generator().manual_seed(0))
    hips = [anatomy.layout.names.index(f"{side}_hip") for side in ("left", "right")]
    torch.testing.assert_close(mid_hip(points), points[:, hips].mean(1))
    flipped = points[:, list(anatomy.mirror)]
    torch.testing.assert_close(limb_sum(limb_lengths(flipped)), limb_sum(limb_lengths(points)))
    torch.testing.assert_close(limb_sum(limb_lengths(2 * points)), 2 * limb_sum(limb_lengths(points)))


def test_the_limb_sum_is_a_trunk_and_a_leg():
    upright = torch.as_tensor(QUADRUPED.layout.upright)
    trunk = (upright[QUADRUPED.trunk] - mid_hip(upright)).norm()
    legs = [(upright[a] - upright[b]).norm() for a, b in QUADRUPED.leg_bones]
    assert len(legs) == 8
    torch.testing.assert_close(limb_sum(limb_lengths(upright)), trunk + sum(legs) / 4)


def test_no_figure_has_so_many_points():
    with pytest.raises(ValueError, match="18 or 17 or 23 points, got 12"):
        anatomy_of(12)
