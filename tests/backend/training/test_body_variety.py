# SPDX-License-Identifier: GPL-3.0-or-later
import torch

from backend.diffusion.canonical import mid_hip
from backend.keypoints.layouts import LAYOUTS
from backend.training.body_variety import SHOULDER_WIDTH, other_arms, other_bodies, other_outlines

from ..evaluation.figures import walker

LAYOUT = LAYOUTS["openpose18"]
LIMBS = [(LAYOUT.names.index(f"{s}_{a}"), LAYOUT.names.index(f"{s}_{b}")) for s in ("right", "left")
         for a, b in (("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"), ("knee", "ankle"))]  # fmt: skip


def clips(count=24, frames=12):
    return torch.as_tensor(walker(frames), dtype=torch.float32).expand(count, -1, -1, -1).clone()


def bones(motion):
    return torch.stack([motion[:, :, b] - motion[:, :, a] for a, b in LIMBS], 2)


def test_other_bodies_move_alike_with_other_bones():
    motion = clips()
    varied = other_bodies(motion, torch.Generator().manual_seed(0))
    old, new = bones(motion), bones(varied)
    torch.testing.assert_close(torch.cosine_similarity(old, new, dim=-1), torch.ones(24, 12, 8), atol=1e-4, rtol=0)
    factor = new.norm(dim=-1) / old.norm(dim=-1)
    torch.testing.assert_close(factor, factor[:, :1].expand_as(factor), atol=1e-4, rtol=0)  # of one length all the time
    torch.testing.assert_close(factor[:, 0, :4], factor[:, 0, 4:], atol=1e-4, rtol=0)  # right and left alike
    assert 0.85 < factor.min() < 0.98 and 1.02 < factor.max() < 1.15
    assert factor[:, 0, 0].std() > 0.02
    neck = (varied[:, :, 2] + varied[:, :, 5]) / 2
    torch.testing.assert_close(neck, varied[:, :, 1], atol=1e-5, rtol=0)


def test_half_of_narrow_shoulders_become_an_adults():
    motion = clips(count=200, frames=2)
    neck = motion[:, :, [1]]
    motion[:, :, [2, 5]] = neck + 0.5 * (motion[:, :, [2, 5]] - neck)
    varied = other_bodies(motion, torch.Generator().manual_seed(0))
    width = (varied[:, 0, 2] - varied[:, 0, 5]).norm(dim=-1)
    adult = (width > SHOULDER_WIDTH[0] - 1e-4) & (width < SHOULDER_WIDTH[1] + 1e-4)
    assert 0.35 < adult.float().mean() < 0.65


def test_outlines_vary_as_the_images_of_other_bodies():
    """An image without perspective of a body whose bones are longer is the outline whose bones are longer."""
    motion = clips()
    outlines = other_outlines(motion[..., [0, 2]], torch.Generator().manual_seed(0))
    bodies = other_bodies(motion, torch.Generator().manual_seed(0))[..., [0, 2]]
    for a, b in LIMBS:
        torch.testing.assert_close(outlines[:, :, b] - outlines[:, :, a], bodies[:, :, b] - bodies[:, :, a])
    middle = mid_hip(outlines).mean(1)
    torch.testing.assert_close(middle, mid_hip(motion[..., [0, 2]]).mean(1), atol=1e-5, rtol=0)  # stays where it was


def test_the_same_generator_makes_the_same_bodies():
    first, again, other = (other_bodies(clips(), torch.Generator().manual_seed(s)) for s in (1, 1, 2))
    assert torch.equal(first, again) and not torch.equal(first, other)


def test_arms_are_recombined_as_they_point_in_the_trunks_frame():
    turn = torch.tensor([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]])
    still = clips(1, 30)
    raised = still.clone()
    for side in ("left", "right"):
        shoulder, elbow, wrist = (LAYOUT.names.index(f"{side}_{part}") for part in ("shoulder", "elbow", "wrist"))
        up = torch.tensor([0.0, 0, 0.4])
        raised[:, :, elbow], raised[:, :, wrist] = raised[:, :, shoulder] + up, raised[:, :, shoulder] + 1.5 * up
    both = torch.cat([still, raised @ turn.T])  # the second faces elsewhere
    seeds = (torch.Generator().manual_seed(seed) for seed in range(20))
    swapped = next(out for out in (other_arms(both, 1.0, seed) for seed in seeds) if not torch.allclose(out, both))
    old, new = bones(both).norm(dim=-1), bones(swapped).norm(dim=-1)
    torch.testing.assert_close(new, old)  # everyone keeps their lengths
    legs = torch.cat([bones(both)[:, :, i : i + 1] for i in (2, 3, 6, 7)], 2)
    torch.testing.assert_close(torch.cat([bones(swapped)[:, :, i : i + 1] for i in (2, 3, 6, 7)], 2), legs)
    trunk = torch.nn.functional.normalize(both[:, :, 1] - both[:, :, [8, 11]].mean(2), dim=-1)
    along = torch.nn.functional.cosine_similarity(bones(swapped)[:, :, 0], trunk, dim=-1)
    own = torch.nn.functional.cosine_similarity(bones(both)[:, :, 0], trunk, dim=-1)
    torch.testing.assert_close(along, own.flip(0), atol=1e-4, rtol=0)  # at the same angle to another trunk
    assert torch.equal(other_arms(both, 0.0, torch.Generator().manual_seed(1)), both)
