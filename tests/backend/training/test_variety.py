# SPDX-License-Identifier: GPL-3.0-or-later
import torch

from backend.keypoints.layouts import LAYOUTS
from backend.training.variety import mirrored, varied_images, varied_motion

from ..evaluation.figures import walker
from .quadrupeds import trotter

LAYOUT = LAYOUTS["openpose18"]


def clips(count):
    return torch.as_tensor(walker(12), dtype=torch.float32).expand(count, -1, -1, -1).clone()


def test_a_mirror_swaps_sides_for_the_clips_chosen():
    motion = clips(2) + torch.randn(2, 12, 18, 3, generator=torch.Generator().manual_seed(0))
    flipped = mirrored(motion, torch.tensor([True, False]))
    assert torch.equal(flipped[1], motion[1])
    left, right = LAYOUT.names.index("left_wrist"), LAYOUT.names.index("right_wrist")
    torch.testing.assert_close(flipped[0, :, left], motion[0, :, right] * torch.tensor([-1.0, 1, 1]))
    assert torch.equal(mirrored(flipped, torch.tensor([True, False])), motion)
    flat = mirrored(motion[..., :2], torch.tensor([True, True]))
    torch.testing.assert_close(flat[0], flipped[0, ..., :2])


def test_a_quadruped_is_varied_and_stays_on_its_paws():
    motion = torch.as_tensor(trotter(20), dtype=torch.float32).expand(64, -1, -1, -1).clone()
    varied = varied_motion(motion, torch.Generator().manual_seed(0))
    layout = LAYOUTS["ap10k"]
    paws = [layout.names.index(f"{side}_{end}_paw") for side in ("left", "right") for end in ("front", "back")]
    height = varied[:, 0, layout.names.index("neck"), 2]
    assert height.std() > 0.03 * height.mean()
    lowest = varied[:, :, paws, 2].amin((1, 2)).abs()
    assert lowest.max() < 0.12 * height.mean() and lowest.mean() < 0.05 * height.mean()
    images = varied_images(motion[..., [0, 2]], torch.Generator().manual_seed(0))
    assert images.shape == (64, 20, 17, 2) and images.isfinite().all()
