# SPDX-License-Identifier: GPL-3.0-or-later
import math

import pytest
import torch

from backend.diffusion.canonical import (
    LIMB_IMAGE,
    LIMB_METRES,
    VIEW_DISTANCE,
    apparent_size,
    canonicalise,
    input_camera,
    join_cameras,
    limb_lengths,
    limb_sum,
    mid_hip,
    tilt,
    turn_towards,
    view_cameras,
)
from backend.geometry.cameras import Camera, intrinsics, look_at
from backend.keypoints.layouts import LAYOUTS

from .scene import make_scene

NAMES = LAYOUTS["openpose18"].names


def skeleton():
    """(18, 2): trunk 0.5, right thigh and shin 0.4 and 0.3, left ones 0.5 and 0.4."""
    points = torch.zeros(18, 2)
    places = {
        "neck": (0, -0.5), "right_hip": (-0.1, 0), "left_hip": (0.1, 0), "right_knee": (-0.1, 0.4),
        "left_knee": (0.4, 0.4), "right_ankle": (-0.4, 0.4), "left_ankle": (0.4, 0.8),
    }  # fmt: skip
    for name, place in places.items():
        points[NAMES.index(name)] = torch.tensor(place)
    return points


def test_the_limb_sum_of_a_made_skeleton():
    lengths = limb_lengths(skeleton())
    torch.testing.assert_close(lengths, torch.tensor([0.5, 0.4, 0.3, 0.5, 0.4]))
    assert float(limb_sum(lengths)) == pytest.approx(0.5 + 0.45 + 0.35)
    torch.testing.assert_close(mid_hip(skeleton() + 1), torch.ones(2))


def test_the_apparent_size_sees_through_foreshortening_and_absent_frames():
    clip = skeleton().expand(1, 90, 18, 2).clone()
    present = torch.ones(1, 90, dtype=torch.bool)
    assert float(apparent_size(clip, present)) == pytest.approx(1.3)
    # a leg that points at the camera in every other frame
    clip[:, ::2, NAMES.index("right_knee")] = clip[:, ::2, NAMES.index("right_hip")]
    clip[:, ::2, NAMES.index("right_ankle")] = clip[:, ::2, NAMES.index("right_hip")]
    clip[:, 40:50] *= 0.5  # somebody bends over for a third of a second
    clip[:, 60:], present[:, 60:] = 50.0, False
    assert float(apparent_size(clip, present)) == pytest.approx(1.3, rel=1e-5)
    torch.testing.assert_close(apparent_size(3 * clip, present), 3 * apparent_size(clip, present))


def test_a_canonical_clip_is_centred_and_of_one_size():
    scene = make_scene()
    points = scene.clip.points
    assert mid_hip(points).mean(1).abs().max() < 0.02  # the mean point of rays, so only nearly its image
    torch.testing.assert_close(apparent_size(points, scene.present), torch.full((2,), LIMB_IMAGE))
    still = scene.rays[:, :1].expand(-1, 20, -1, -1)
    assert mid_hip(canonicalise(still, scene.present).points).abs().max() < 1e-3


def test_absent_frames_have_no_say_and_are_blank():
    scene = make_scene()
    rays, present = scene.rays.clone(), scene.present.clone()
    rays[:, 12:], present[:, 12:] = 3.0, False
    short, cut = canonicalise(rays[:, :12], present[:, :12]), canonicalise(rays, present)
    for field in ("focal", "distance", "rotation"):
        torch.testing.assert_close(getattr(cut, field), getattr(short, field))
    torch.testing.assert_close(cut.points[:, :12], short.points)
    assert (cut.points[:, 12:] == 0).all()


def test_a_longer_lens_straight_ahead_only_moves_the_camera_back():
    """A subject on the axis: rays half as wide are the same canonical picture, from twice as far."""
    rays = make_scene().clip.points * 0.2
    rays = rays - mid_hip(rays).mean(1)[:, None, None]
    present = torch.ones(rays.shape[:2], dtype=torch.bool)
    near, far = canonicalise(rays, present), canonicalise(rays / 2, present)
    torch.testing.assert_close(far.points, near.points)
    torch.testing.assert_close(far.distance, 2 * near.distance)
    torch.testing.assert_close(far.focal, 2 * near.focal)
    torch.testing.assert_close(near.nearness, 1 / near.distance)


def test_canonical_points_give_the_original_rays_back():
    scene = make_scene()
    ones = torch.ones_like(scene.clip.points[..., :1])
    turned = torch.cat([scene.clip.points / scene.clip.focal[:, None, None, None], ones], -1)
    rays = turned.flatten(1, 2) @ scene.clip.rotation
    torch.testing.assert_close((rays[..., :2] / rays[..., 2:]).view_as(scene.rays), scene.rays, atol=2e-6, rtol=0)


def test_the_input_camera_sees_the_canonical_world_as_the_source_saw_its_own():
    scene = make_scene()
    images = scene.input.project(scene.truth.flatten(1, 2)).view_as(scene.clip.points)
    torch.testing.assert_close(images, scene.clip.points, atol=1e-5, rtol=0)
    depth = scene.input.to_camera(mid_hip(scene.truth))[..., 2].mean(1)
    torch.testing.assert_close(depth, scene.clip.distance)


def test_with_the_true_tilt_the_canonical_world_is_the_source_world_turned_about_the_vertical_and_scaled():
    scene = make_scene()
    for motion, truth in zip(scene.motion.flatten(1, 2).double(), scene.truth.flatten(1, 2).double(), strict=True):
        a, b = motion - motion.mean(0), truth - truth.mean(0)
        ratio = b[:, 2] / a[:, 2]
        torch.testing.assert_close(ratio, ratio.mean().expand_as(ratio), atol=1e-3, rtol=0)  # heights stay heights
        u, _, v = torch.linalg.svd(b[:, :2].T @ a[:, :2])
        turn = u @ v
        assert torch.det(turn) > 0
        torch.testing.assert_close(b[:, :2], ratio.mean() * a[:, :2] @ turn.T, atol=1e-3, rtol=0)


def test_the_size_in_the_canonical_world_is_nearly_the_nominal_one():
    size = limb_sum(limb_lengths(make_scene().truth)).mean(1)
    torch.testing.assert_close(size, torch.full((2,), LIMB_METRES), atol=0.15, rtol=0)


def test_a_level_source_camera_gives_its_turned_one_the_tilt_of_its_look():
    """Somebody a metre below and to the side of a level camera: to look at them it would pitch down, without a roll."""
    down = math.atan2(1.0, math.hypot(4.0, 3.0))
    hip = torch.tensor([[3.0 / 4.0, 1.0 / 4.0]])
    rays = (0.05 * skeleton() + hip[0]).expand(1, 20, 18, 2)
    clip = canonicalise(rays, torch.ones(1, 20, dtype=torch.bool))
    elevation, roll = clip.level_tilt()
    assert float(elevation) == pytest.approx(down, abs=1e-5) and float(roll) == pytest.approx(0, abs=1e-6)
    scene = make_scene(elevation=(0.0, 0.0), roll=0.0)
    torch.testing.assert_close(torch.stack(scene.clip.level_tilt(), -1), scene.tilt, atol=1e-5, rtol=0)


def test_tilt_reads_elevation_and_roll_off_the_way_up():
    elevation, roll = torch.tensor([0.0, 0.3, -0.4]), torch.tensor([0.1, -0.2, 0.0])
    centre = 5 * torch.stack([elevation.cos() * 0.6, -elevation.cos() * 0.8, elevation.sin()], -1)
    rotation, _ = look_at(centre, torch.zeros(3), roll)
    found = tilt(rotation[..., 2])
    torch.testing.assert_close(torch.stack(found), torch.stack([elevation, roll]), atol=1e-5, rtol=0)


def test_turning_towards_a_ray_puts_it_on_the_axis_and_keeps_the_horizon():
    rays = torch.tensor([[0.0, 0.0], [0.5, -0.2], [-1.2, 0.7]])
    rotation = turn_towards(rays)
    torch.testing.assert_close(rotation @ rotation.transpose(1, 2), torch.eye(3).expand(3, 3, 3), atol=1e-5, rtol=0)
    assert (torch.det(rotation) > 0).all() and rotation[:, 0, 1].abs().max() < 1e-6
    turned = (rotation @ torch.cat([rays, torch.ones(3, 1)], -1)[..., None])[..., 0]
    assert turned[:, :2].abs().max() < 1e-5 and (turned[:, 2] > 0).all()
    torch.testing.assert_close(rotation[0], torch.eye(3))


def test_views_stand_on_a_level_ring_anticlockwise_from_the_front():
    cameras = view_cameras(torch.tensor([0.0, math.pi / 2]))
    expected = VIEW_DISTANCE * torch.tensor([[0.0, -1, 0], [1, 0, 0]])
    torch.testing.assert_close(cameras.centre, expected, atol=1e-4, rtol=0)
    # right of the front camera is +X, right of the one at +X is +Y; both see up as up and a limb sum as 0.8
    upright = torch.tensor([[0.1, 0.1, 0.0], [0.0, 0.0, LIMB_METRES / 2], [0.0, 0.0, -LIMB_METRES / 2]])
    images = cameras.project(upright.expand(2, 3, 3))
    assert (images[:, 0, 0] > 0.05).all()
    torch.testing.assert_close(images[:, 2] - images[:, 1], torch.tensor([[0.0, LIMB_IMAGE]] * 2), atol=1e-3, rtol=0)


def test_the_input_camera_looks_at_the_origin_from_the_front():
    clip = make_scene().clip
    elevation, roll = torch.tensor([0.0, 0.4]), torch.tensor([0.0, 0.1])
    camera = input_camera(clip, elevation, roll)
    away = torch.stack([torch.zeros(2), -elevation.cos(), elevation.sin()], -1)
    torch.testing.assert_close(camera.centre, clip.distance[:, None] * away, atol=1e-4, rtol=0)
    torch.testing.assert_close(camera.project(torch.zeros(2, 1, 3)), torch.zeros(2, 1, 2), atol=1e-5, rtol=0)
    torch.testing.assert_close(torch.stack(tilt(camera.rotation[..., 2])), torch.stack([elevation, roll]))


def test_joined_cameras_keep_their_order():
    scene = make_scene()
    several = Camera(intrinsics(torch.ones(2, 3), torch.zeros(2, 3, 2)), torch.eye(3).expand(2, 3, 3, 3),
                     torch.arange(18.0).view(2, 3, 3))  # fmt: skip
    for others, expected in ((several, several), (several[1], Camera(*(x[1:].expand(2, *x.shape[1:]) for x in (
            several.matrix, several.rotation, several.translation))))):  # fmt: skip
        joined = join_cameras(scene.input, others)
        assert joined.translation.shape == (2, 4, 3)
        torch.testing.assert_close(joined[:, 0].translation, scene.input.translation)
        torch.testing.assert_close(joined[:, 1:].translation, expected.translation)
