# SPDX-License-Identifier: GPL-3.0-or-later
"""How ElePose is trained on 2D poses alone: first the flow that knows them, then the lifter that the flow judges.

A lifted pose is turned about the vertical by a random angle and seen anew. The flow says how likely that image is; and
lifted once more and turned back, it must give the image it came from (Wandt et al., CVPR 2022, section 3). The losses
are in ElePose's own units: a body's length from hips to head is 1 in space, and 0.1 in an image.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from ...bodies.smpl import load_body
from ...keypoints.layouts import LAYOUTS
from ...progress import Progress
from ...training.data import TrainingSet
from ...training.filming import uniform
from ...training.history import Losses
from ...training.loop import LoopConfig
from ...training.loop import train as run_loop
from .elepose_flow import FlowConfig, PoseFlow
from .elepose_network import DISTANCE, HIP_TO_HEAD, EleposeConfig, EleposeNetwork, image_poses, lift, project, turn
from .training_folder import run_folder, save_weights

FLOW = "elepose_flow"
FRAMES = 16  # of a drawn window: neighbours are alike
COMPONENT_WINDOWS = 256  # that the flow's principal components are taken from
_PARENTS = LAYOUTS["openpose18"].parents
_BONES = tuple((point, int(parent)) for point, parent in enumerate(_PARENTS) if parent >= 0)


@dataclass(frozen=True)
class Form:
    """A way to train the lifter: its name among the baselines, the weight of bones' relative lengths."""

    name: str
    bones: float


SOURCE = Form("elepose", 50.0)
#: Chosen on subjects held out of the training set (docs/training.md, 20). Trained as its source weighs bones, it lifts
#: hardly better than the plane, whatever proportions it is told: poses settle that the flow finds unlikely.
LOOSE = Form("elepose_loose", 10.0)

#: The lifter and its loop, the flow and its loop; batches are windows of ``FRAMES`` poses.
PRESETS = {
    "tiny": (
        EleposeConfig(width=64), LoopConfig(120, 4, warm_up=20, log_every=20, save_every=40),
        FlowConfig(width=32), LoopConfig(120, 4, warm_up=20, log_every=20, save_every=40),
    ),
    "cpu": (
        EleposeConfig(width=512), LoopConfig(3000, 8, learning_rate=1e-3, average=0.995),
        FlowConfig(), LoopConfig(2500, 16, learning_rate=1e-3, average=0.995),
    ),
    "gpu": (
        EleposeConfig(), LoopConfig(40_000, 64, learning_rate=2e-4, warm_up=1000, save_every=2000),
        FlowConfig(width=512), LoopConfig(30_000, 64, learning_rate=2e-4, warm_up=1000, save_every=2000),
    ),
}  # fmt: skip


def train_form(
    form: Form, data: TrainingSet, folder: Path, preset: str, seed: int, device: torch.device, resume: bool,
    progress: Progress, hear: Losses,
) -> Path:  # fmt: skip
    """Train the flow, then the lifter, and return the lifter's weights. Raises TrainingError."""
    with run_folder(folder, data, PRESETS, preset, seed) as work:
        lifter_config, lifter_loop, flow_config, flow_loop = PRESETS[preset]
        flow, network = PoseFlow(flow_config), EleposeNetwork(lifter_config)
        flow.learn_components(draw_poses(data, COMPONENT_WINDOWS, torch.Generator().manual_seed(seed)))

        # Both are asked themselves and not as the loop offers, in half precision: a likelihood wants every digit.
        def flow_step(_, generator: torch.Generator) -> dict[str, Tensor]:
            poses = draw_poses(data, flow_loop.batch, generator).to(device)
            return {"loss": flow.surprise(poses).mean()}

        prior = run_loop(flow, flow_step, flow_loop, work, FLOW, seed, device, resume, progress, hear)
        bones = relative_bones(rest_pose()[None])[0].to(device)

        def step(_, generator: torch.Generator) -> dict[str, Tensor]:
            poses = draw_poses(data, lifter_loop.batch, generator)
            azimuth = uniform(-math.pi, math.pi, (len(poses),), generator)
            sway = torch.randn(len(poses), generator=generator)
            losses = lifter_losses(network, prior, bones, poses.to(device), azimuth.to(device), sway.to(device))
            return {"loss": sum(losses.values()) + (form.bones - 1) * losses["bones"], **losses}

        trained = run_loop(network, step, lifter_loop, work, form.name, seed, device, resume, progress, hear)
        return save_weights(folder, trained, form.name, data, preset, seed, lifter_loop.steps)


def draw_poses(data: TrainingSet, windows: int, generator: torch.Generator) -> Tensor:
    """2D poses (windows * FRAMES, 18, 2), see `image_poses`, of random present frames of drawn windows."""
    footage = data.footage.draw(windows, generator)
    seen = footage.present[..., None].expand(footage.clip.points.shape[:3])
    poses = image_poses(footage.clip.points, seen)
    frames = torch.multinomial(footage.present.float(), FRAMES, replacement=True, generator=generator)
    return poses[torch.arange(windows)[:, None], frames].flatten(0, 1)


def lifter_losses(
    network: nn.Module, flow: PoseFlow, bones: Tensor, poses: Tensor, azimuth: Tensor, sway: Tensor
) -> dict[str, Tensor]:
    """ElePose's losses of 2D poses (N, K, 2), N even, before they are weighted: the turned image's likelihood (a number
    of the flow's), reprojection (absolute differences, summed), 3D and deformation of pairs (norms over all points of a
    pose), relative bone lengths (squares, summed).

    azimuth (N,) radians; sway (N,) normal numbers: other cameras look down as those of the batch do, by the mean and
    spread of what is predicted for them.
    """
    depth, elevation = network(poses)
    space = lift(poses, depth)
    rotation = turn(elevation, azimuth, elevation.mean() + elevation.std() * sway)
    turned = space @ rotation.transpose(1, 2)
    seen = project(turned)
    again = lift(seen, network(seen)[0])
    turned_back = again @ rotation
    half = len(poses) // 2
    pairs, pairs_again = (each[:half] - each[half:] for each in (space, turned_back))
    return {
        "likelihood": flow.surprise(seen).mean(),
        "image": (project(turned_back) - poses).abs().sum((1, 2)).mean() / DISTANCE,
        "space": _distance(again, turned),
        "deformation": _distance(pairs, pairs_again),
        "bones": (relative_bones(space) - bones).square().sum(1).mean(),
    }


def _distance(one: Tensor, other: Tensor) -> Tensor:
    """Between poses (N, K, 3) as single vectors, lengths from hips to head."""
    return (one - other).flatten(1).norm(dim=1).mean() / HIP_TO_HEAD


def relative_bones(points: Tensor) -> Tensor:
    """Lengths of the bones (N, bones) of poses (N, K, 3) by their mean in each pose."""
    start, end = (list(side) for side in zip(*_BONES, strict=True))
    length = (points[:, start] - points[:, end] + 1e-8).norm(dim=-1)
    return length / length.mean(1, keepdim=True)


def rest_pose() -> Tensor:
    """The keypoints (18, 3) of the open body at rest: the proportions that ElePose takes as known."""
    body = load_body(None)
    rest = torch.eye(3).expand(1, len(body.joint_names), 3, 3)
    return body.keypoints(rest, torch.zeros(body.num_betas), torch.zeros(1, 3))[1][0]
