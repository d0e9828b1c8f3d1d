# SPDX-License-Identifier: GPL-3.0-or-later
import math

import pytest
import torch
from torch import nn

from backend.evaluation.baselines.elepose_flow import FlowConfig, PoseFlow

SMALL = FlowConfig(components=6, blocks=3, width=16)


@pytest.fixture
def flow():
    torch.manual_seed(0)
    flow = PoseFlow(SMALL).double()
    for parameter in flow.parameters():
        nn.init.normal_(parameter, std=0.4)
    return flow


def drawn(count, seed=0):
    return torch.randn(count, SMALL.components, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def test_the_inverse_undoes_the_flow(flow):
    x = drawn(20)
    normal, _ = flow(x)
    assert (normal - x).abs().max() > 0.5
    torch.testing.assert_close(flow.inverse(normal), x)


def test_the_determinant_is_the_jacobians(flow):
    x = drawn(4)
    _, determinant = flow(x)
    for row, value in zip(x, determinant, strict=True):
        jacobian = torch.autograd.functional.jacobian(lambda one: flow(one[None])[0][0], row)
        torch.testing.assert_close(torch.linalg.slogdet(jacobian).logabsdet, value)


def test_a_new_flow_is_the_normal_distribution_of_the_components():
    flow = PoseFlow(SMALL).double()
    x = drawn(5)
    poses = torch.zeros(5, 36, dtype=torch.float64)
    poses[:, :6] = x
    expected = 0.5 * x.square().sum(1) + 3 * math.log(2 * math.pi)
    torch.testing.assert_close(flow.surprise(poses.view(5, 18, 2)), expected)


def test_the_components_hold_what_varies_in_unit_variance():
    generator = torch.Generator().manual_seed(1)
    ways = torch.randn(6, 36, generator=generator)
    poses = (torch.randn(500, 6, generator=generator) @ ways + 3).view(500, 18, 2)
    flow = PoseFlow(SMALL)
    flow.learn_components(poses)
    components = flow.components(poses)
    torch.testing.assert_close(components.T @ components / 500, torch.eye(6), atol=1e-3, rtol=0)
    restored = (components * flow.spread) @ flow.basis.T + flow.mean
    torch.testing.assert_close(restored.view_as(poses), poses, atol=1e-3, rtol=0)


def test_training_makes_the_data_likelier_than_what_differs():
    torch.manual_seed(0)
    flow, generator = PoseFlow(FlowConfig(components=6, blocks=4, width=32)), torch.Generator().manual_seed(2)

    def poses(count):
        bent = torch.randn(count, 36, generator=generator)
        bent[:, 1] = bent[:, 0] ** 2 / 2  # a dependence that no principal component shows
        return bent.view(count, 18, 2)

    optimiser = torch.optim.Adam(flow.parameters(), 1e-2)
    with torch.no_grad():
        before = float(flow.surprise(poses(500)).mean())
    for _ in range(150):
        optimiser.zero_grad()
        flow.surprise(poses(200)).mean().backward()
        optimiser.step()
    other = poses(500)
    other[:, 0, 1] = -other[:, 0, 1]
    with torch.no_grad():
        after, others = float(flow.surprise(poses(500)).mean()), float(flow.surprise(other).mean())
    assert after < before - 0.5 and others > after + 1
