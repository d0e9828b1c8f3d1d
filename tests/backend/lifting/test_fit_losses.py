# SPDX-License-Identifier: GPL-3.0-or-later
from dataclasses import replace

import pytest
import torch

from backend.bodies.skeleton import joint
from backend.geometry.cameras import Camera, intrinsics, look_at
from backend.geometry.rotations import axis_angle_to_matrix
from backend.lifting.fit_losses import FitWeights, Stances, View, energy, image_error, robust
from backend.lifting.stances import stance_means

NONE = FitWeights(**{name: 0.0 for name in ("latent", "departure", "betas", "acceleration", "turn", "slide", "ground",
                                            "plant", "hinge")})  # fmt: skip


def standing(contacts: torch.Tensor) -> Stances:
    return Stances(contacts, stance_means(contacts))


def still(moments: int = 5) -> dict:
    """The arguments of `energy` for a body that stands still where its keypoints are."""
    keypoints = torch.randn(1, 1, 18, 3, generator=torch.Generator().manual_seed(0)).expand(1, moments, 18, 3).clone()
    rotations = torch.eye(3).repeat(1, moments, 22, 1, 1)
    posed = (rotations, torch.zeros(1, moments, 24, 3), keypoints, torch.zeros(1, moments, 6, 3))
    variables = {"latents": torch.zeros(1, moments, 32), "departures": torch.zeros(1, moments, 21, 3, 2),
                 "betas": torch.zeros(1, 10)}  # fmt: skip
    return {
        "posed": posed, "variables": variables, "target": keypoints.clone(), "weights": torch.ones(1, moments, 18),
        "error": torch.tensor([0.05]), "view": None, "feet": standing(torch.ones(1, moments, 2)), "spacing": 1.0,
        "settings": FitWeights(),
    }  # fmt: skip


def test_a_perfect_fit_costs_nothing():
    assert energy(**still()).item() == 0


def test_robust_distance_is_quadratic_near_and_level_far():
    squares = torch.tensor([1e-4, 1e4])
    near, far = robust(squares, 0.3)
    assert near == pytest.approx(1e-4, rel=2e-3) and far == pytest.approx(0.09, rel=1e-3)


def test_a_missing_point_and_a_window_elsewhere_cost_nothing():
    case = still()
    case["target"][0, 2, 4] += 1.0
    assert energy(**case) > 0
    case["weights"][0, 2, 4] = 0
    assert energy(**case).item() == 0


@pytest.mark.parametrize(
    ("name", "turn", "costs"),
    [
        ("left_knee", (1.0, 0.0, 0.0), False), ("left_knee", (-0.3, 0.0, 0.0), True),
        ("right_knee", (0.0, 0.0, 0.6), True), ("left_elbow", (0.0, -1.0, 0.0), False),
        ("left_elbow", (0.0, 0.3, 0.0), True), ("right_elbow", (0.0, 1.0, 0.0), False),
        ("right_elbow", (0.0, -0.3, 0.0), True),
    ],
)  # fmt: skip
def test_knees_and_elbows_bend_one_way(name, turn, costs):
    case = still()
    case["posed"][0][:, :, joint(name)] = axis_angle_to_matrix(torch.tensor(turn))
    assert bool(energy(**{**case, "settings": replace(NONE, hinge=1.0)}) > 1e-4) == costs


def test_sliding_costs_only_while_the_foot_stands():
    case = still()
    case["posed"][3][0, :, :3, 0] = torch.linspace(0, 0.2, 5)[:, None]
    case["settings"] = replace(NONE, slide=1.0)
    assert energy(**case) > 1e-4
    case["feet"] = standing(torch.tensor([0.0, 1.0]).expand(1, 5, 2))
    assert energy(**case).item() == 0


@pytest.mark.parametrize("name", ["slide", "plant"])
def test_a_foot_that_steps_between_two_stances_costs_nothing(name):
    case = still(9)
    case["posed"][3][0, 5:, :3, 0] = 0.2
    case["settings"] = replace(NONE, **{name: 1.0})
    assert energy(**case) > 1e-3
    contacts = torch.ones(1, 9, 2)
    contacts[0, 4:6, 0] = 0
    case["feet"] = standing(contacts)
    assert energy(**case).item() < 1e-12


def test_no_foot_goes_under_the_floor_and_a_step_of_a_stair_is_none():
    case = still(9)
    contacts = torch.ones(1, 9, 2)
    contacts[0, 3:6, 0] = 0
    case |= {"settings": replace(NONE, ground=1.0), "feet": standing(contacts)}
    case["posed"][3][0, 4, :3, 2] = 0.3
    assert energy(**case).item() == 0
    case["posed"][3][0, 4, :3, 2] = -0.02
    assert energy(**case).item() == pytest.approx(3 * 0.02**2 / 9, rel=0.1)
    costs = []
    for height in (0.02, 0.3, 0.6):
        case["posed"][3][0, :, :, 2] = 0
        case["posed"][3][0, 6:, :3, 2] = height
        costs.append(energy(**case).item())
    assert costs[0] < costs[1] < costs[2] < 2 * costs[1]  # where squares would be four times as much


def test_steady_motion_is_free_and_jitter_is_not():
    case = still()
    case["settings"] = replace(NONE, acceleration=1.0)
    case["posed"][1][0, :, :, 1] = torch.linspace(0, 1, 5)[:, None]
    assert energy(**case) < 1e-9
    case["posed"][1][0, 2] += 0.1
    assert energy(**case) > 1e-2


def test_image_error_is_in_metres_at_the_points_depth():
    rotation, translation = look_at(torch.tensor([0.0, -4.0, 0.0]), torch.zeros(3))
    camera = Camera(intrinsics(torch.tensor(800.0), torch.tensor([320.0, 240.0])), rotation, translation)
    keypoints = torch.zeros(1, 2, 18, 3)
    seen = camera.project(keypoints + torch.tensor([0.05, 0.0, 0.0]))
    view = View(camera, seen, torch.ones(1, 2, 18))
    assert torch.allclose(image_error(view, keypoints).norm(dim=-1), torch.full((1, 2, 18), 0.05), atol=1e-5)
