# SPDX-License-Identifier: GPL-3.0-or-later
"""Training of VPoser on rotations of motion capture: no images, no labels.

The losses are those of V02_05 (Ghorbani; Pavlakos et al. 2019) with joints in place of vertices: the geodesic distance
of the rotations, the distance of the joints by forward kinematics, and the divergence from the unit normal.
"""

import contextlib
import math
from collections.abc import Callable
from pathlib import Path

import torch
from human_body_prior.train.vposer_smpl import VPoser
from torch import Tensor

from ..bodies.pose_prior import JOINTS, PosePrior, new_vposer, save_pose_prior
from ..bodies.skeleton import forward_kinematics
from ..bodies.smpl import load_body
from ..geometry.rotations import axis_angle_to_matrix, geodesic, matrix_to_axis_angle
from .mocap import TrainingError
from .mocap_rotations import folder_rotations, mirrored

GEODESIC, JOINT_DISTANCE, DIVERGENCE = 2.0, 2.0, 0.005
LICENCE = "CC BY-SA 3.0 (HDM05); CMU: free for research and commercial use, created with funding from NSF EIA-0196217"
RATE, BATCH = 1e-3, 256
#: Groups of joints that a pose may take from another, how often, and the noise on every joint in radians.
LIMBS = ([1, 2, 4, 5, 7, 8, 10, 11], [13, 16, 18, 20], [14, 17, 19, 21], [12, 15])
RECOMBINED, NOISE = 0.25, 0.03


def train_pose_prior(
    rotations: Tensor,
    steps: int,
    seed: int = 0,
    progress: Callable[[int, int, float], None] | None = None,
    rest_joints: Tensor | None = None,
) -> VPoser:
    """A VPoser trained on body rotations (N, 21, 3, 3) and their mirror images, in evaluation mode.

    rest_joints (24, 3) metres, the bundled body's by default. progress(step, steps, loss) is called every 50 steps and
    may raise to stop. The same seed gives the same weights on the CPU; torch's global generator is left as it was.
    """
    if rotations.ndim != 4 or rotations.shape[1:] != (JOINTS, 3, 3) or len(rotations) < 2:
        raise ValueError(f"expected rotations (N, {JOINTS}, 3, 3) of at least 2 poses, got {tuple(rotations.shape)}")
    if rest_joints is None:
        body = load_body()
        rest_joints = body.rest_joints(torch.zeros(body.num_betas))
    device = rotations.device
    targets = torch.cat([rotations, mirrored(rotations)])
    with _seeded(seed):
        network = new_vposer().to(device).train()
        optimiser = torch.optim.Adam(network.parameters(), lr=RATE, weight_decay=1e-5)
        # A cosine at the end takes the place of the original's plateau rule, which needs a validation set.
        schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step / steps))
        for step in range(steps):
            batch = _vary(targets[torch.randint(len(targets), (BATCH,)).to(device)])
            loss = _loss(network, batch, rest_joints.to(device))
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            schedule.step()
            if progress and (step % 50 == 49 or step == steps - 1):
                progress(step + 1, steps, loss.item())
    return network.eval()


def make_pose_prior(
    clips: str | Path, output: str | Path, steps: int = 4000, seed: int = 0, held_out: str | Path | None = None,
    progress: Callable[[int, int, float], None] | None = None,
) -> dict:
    """Train on every second frame of a folder of motion capture, measure on another, write the file; its card.

    Raises TrainingError where the folder holds no clip with rotations.
    """
    body = load_body()
    rest = body.rest_joints(torch.zeros(body.num_betas))
    rotations = folder_rotations(clips, rest, every=2)
    if len(rotations) < 2:
        raise TrainingError(f"expected motion capture with joint rotations (*.npz) in {clips}, found none")
    network = train_pose_prior(rotations, steps, seed, progress, rest)
    data = f"{len(rotations)} poses of motion capture with rotations (CMU, HDM05) and their mirror images"
    card = {"steps": steps, "seed": seed, "batch": BATCH, "poses": len(rotations), "data": data, "licence": LICENCE}
    if held_out is not None:
        unseen = folder_rotations(held_out, rest, every=2)
        error = reconstruction_error(PosePrior(network), unseen)
        card |= {"held_out_poses": len(unseen), "held_out_degrees": round(error.mean().item(), 2)}
    save_pose_prior(network, output, card)
    return card


def reconstruction_error(prior: PosePrior, rotations: Tensor) -> Tensor:
    """Degrees (N, 21) between body rotations (N, 21, 3, 3) and what encoding and decoding makes of them."""
    with torch.no_grad():
        parts = [prior.decode(prior.encode(part)[0]) for part in rotations.split(4096)]
    return torch.rad2deg(geodesic(torch.cat(parts), rotations))


def _vary(poses: Tensor) -> Tensor:
    """Poses (N, 21, 3, 3) of which half get arms or legs of another pose, and all a little noise.

    A few subjects do not show every arm with every stance; the original saw hundreds.
    """
    count = len(poses)
    for joints in LIMBS:
        donor = torch.where(torch.rand(count) < RECOMBINED, torch.randperm(count), torch.arange(count))
        poses = poses.clone().index_copy_(1, torch.tensor(joints) - 1, poses[donor][:, torch.tensor(joints) - 1])
    return poses @ axis_angle_to_matrix(NOISE * torch.randn(count, JOINTS, 3)).to(poses)


def _loss(network: VPoser, targets: Tensor, rest: Tensor) -> Tensor:
    posterior = network.encode(matrix_to_axis_angle(targets).flatten(1))
    decoded = network.decode(posterior.rsample(), output_type="matrot").reshape(-1, JOINTS, 3, 3)
    prior = torch.distributions.Normal(torch.zeros_like(posterior.mean), torch.ones_like(posterior.stddev))
    divergence = torch.distributions.kl_divergence(posterior, prior).sum(-1).mean()
    distance = (_joints(decoded, rest) - _joints(targets, rest)).abs().sum(-1).mean()
    return GEODESIC * geodesic(decoded, targets).mean() + JOINT_DISTANCE * distance + DIVERGENCE * divergence


def _joints(rotations: Tensor, rest: Tensor) -> Tensor:
    still = torch.eye(3, device=rotations.device)
    root, hands = still.expand(len(rotations), 1, 3, 3), still.expand(len(rotations), 2, 3, 3)
    return forward_kinematics(torch.cat([root, rotations, hands], 1), rest)[1]


def _rate(part: float) -> float:
    return 1.0 if part < 0.5 else 0.5 * (1 + math.cos(math.pi * (2 * part - 1))) + 1e-3


@contextlib.contextmanager
def _seeded(seed: int):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield
