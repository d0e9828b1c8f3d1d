# SPDX-License-Identifier: GPL-3.0-or-later
import pytest
import torch

from backend.diffusion.canonical import limb_lengths, limb_sum
from backend.lifting.input_view import prepare
from backend.lifting.space import SpacePoints, lift_points, to_source, upright

from ..diffusion.scene import make_scene
from .clips import KnowingModels, filmed_walk, walk


def silent(*args):
    pass


@pytest.fixture(scope="module")
def truth():
    """The walk's keypoints (T, 18, 3) in its camera's frame, and the way up there."""
    shot = walk(30)
    return shot.camera.to_camera(shot.keypoints), shot.camera.rotation[:, 2]


def lifted(method, samples=1, limbs=None):
    shot = walk(30)
    limbs = float(limb_sum(limb_lengths(shot.keypoints).median(0).values)) if limbs is None else limbs
    return lift_points(prepare(filmed_walk(30), 1000.0), KnowingModels(shot), method, limbs, None, samples, 0, silent)


def test_canonical_points_come_back_into_the_source_cameras_frame():
    scene = make_scene()
    local = scene.camera.to_camera(scene.motion.flatten(1, 2)).view_as(scene.motion)
    # people of one limb sum, as the networks see them; each comes back at its own size
    for row in range(2):
        limbs = float(limb_sum(limb_lengths(scene.motion[row]).median(0).values))
        points, up = to_source(scene.truth, scene.clip, scene.input, limbs)
        torch.testing.assert_close(points[row], local[row], atol=3e-3, rtol=0)
        torch.testing.assert_close(up[row], scene.camera.rotation[row, :, 2], atol=1e-4, rtol=0)


def test_upright_is_a_rotation_that_puts_up_up_and_looks_along_y():
    torch.testing.assert_close(upright(torch.tensor([0.0, -1, 0])), torch.tensor([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]]))
    for up in ([0.2, -0.9, 0.3], [-0.4, -0.8, -0.5]):
        up = torch.nn.functional.normalize(torch.tensor(up), dim=0)
        rotation = upright(up)
        torch.testing.assert_close(rotation @ rotation.T, torch.eye(3), atol=1e-6, rtol=0)
        assert torch.det(rotation) > 0
        torch.testing.assert_close(rotation @ up, torch.tensor([0.0, 0, 1]), atol=1e-6, rtol=0)
        forward = rotation @ torch.tensor([0.0, 0, 1])
        assert forward[1] > 0.5 and abs(rotation[2] @ torch.tensor([1.0, 0, 0]) - up[0]) < 1e-6
        # the horizon: the camera's right stays in the plane of X and Z
        assert abs((rotation @ torch.tensor([1.0, 0, 0]))[1]) < 1e-6


@pytest.mark.parametrize("method", ["full", "stage4", "stage2", "stage1"])
def test_networks_that_know_the_truth_yield_the_true_points(truth, method):
    space = lifted(method)
    assert isinstance(space, SpacePoints) and space.points.shape == (30, 18, 3)
    torch.testing.assert_close(space.points, truth[0], atol=5e-3, rtol=0)
    torch.testing.assert_close(space.up, truth[1], atol=1e-3, rtol=0)


@pytest.mark.parametrize("method", ["sds3d", "sds3d_without_lines"])
def test_points_in_space_are_drawn_from_the_plane_towards_the_truth_on_their_rays(truth, method):
    plane, space = lifted("plane").points, lifted(method).points
    far, near = ((points - truth[0]).norm(dim=-1).mean() for points in (plane, space))
    assert near < 0.5 * far
    images, expected = (points[..., :2] / points[..., 2:] for points in (space, truth[0]))
    assert (images - expected).norm(dim=-1).mean() * 1000 < 10  # px
    assert torch.equal(space, lifted(method).points)


def test_the_limb_sum_sets_the_size(truth):
    torch.testing.assert_close(lifted("stage4", limbs=2.6).points, 2 * lifted("stage4", limbs=1.3).points)


def test_the_plane_keeps_everybody_at_one_depth_and_on_their_rays(truth):
    points = lifted("plane").points
    images = points[..., :2] / points[..., 2:]
    expected = truth[0][..., :2] / truth[0][..., 2:]
    assert (images - expected).norm(dim=-1).max() * 1000 < 1
    # one depth for all along the axis of the camera that was turned towards the subject
    centred = points.flatten(0, 1) - points.flatten(0, 1).mean(0)
    assert torch.linalg.svdvals(centred)[2] < 1e-3 < torch.linalg.svdvals(centred)[1]
