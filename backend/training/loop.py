# SPDX-License-Identifier: GPL-3.0-or-later
"""The training loop of both denoisers: AdamW, warm-up and cosine, moving average, checkpoints that resume exactly.

Every step draws from a generator seeded by (seed, step), so a run that was killed and resumed goes on as if it had
not been, and the same seed gives the same result on the CPU.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from ..diffusion.checkpoint import blend, clone, load_tensors, save_tensors
from ..diffusion.device import half_precision
from ..progress import Progress
from .curves import plot_losses

LossOf = Callable[[nn.Module, torch.Generator], dict[str, Tensor]]


@dataclass(frozen=True)
class LoopConfig:
    """steps and batch size; AdamW's peak learning rate; moving average; how often to log and to save (steps)."""

    steps: int
    batch: int = 64
    learning_rate: float = 5e-4
    warm_up: int = 100
    average: float = 0.999
    log_every: int = 50
    save_every: int = 500


def train(
    network: nn.Module, loss_of: LossOf, config: LoopConfig, folder: Path, name: str, seed: int,
    device: torch.device, resume: bool, progress: Progress,
) -> nn.Module:  # fmt: skip
    """Train ``network`` and return its moving average.

    ``loss_of(network, generator)`` draws a batch and returns named losses, the one to minimise under ``loss``. State is
    kept in ``folder/name.state.safetensors`` and, once complete, reused when ``resume`` is set.
    ``progress(stage, i, n)`` may raise to stop; the state of the last save then stays.
    """
    state_path = folder / f"{name}.state.safetensors"
    network.to(device).train()
    average = clone(network).to(device)
    optimiser = torch.optim.AdamW(
        network.parameters(), lr=config.learning_rate, weight_decay=0.01, betas=(0.9, 0.99), fused=True
    )
    history: list[dict] = []
    running: dict[str, float] = {}  # sums since the last row of history
    start = 0
    if resume and state_path.exists():
        start = _restore(state_path, network, average, optimiser, history, running)
    began = time.monotonic()
    for step in range(start, config.steps):
        progress(name, step, config.steps)
        generator = torch.Generator().manual_seed(seed * 1_000_003 + step)
        for group in optimiser.param_groups:
            group["lr"] = config.learning_rate * _rate(step, config)
        with half_precision(device):
            losses = loss_of(network, generator)
        optimiser.zero_grad(set_to_none=True)
        losses["loss"].backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        blend(average, network, min(config.average, (1 + step) / (10 + step)))
        for key, value in losses.items():
            running[key] = running.get(key, 0.0) + float(value.detach())
        done = step + 1
        if done % config.log_every == 0 or done == config.steps:
            count = done % config.log_every or config.log_every
            history.append({"step": done, **{k: round(v / count, 5) for k, v in running.items()}})
            running = {}
            left = (time.monotonic() - began) / (done - start) * (config.steps - done)
            print(f"{name} {done}/{config.steps} {history[-1]} {left:.0f} s left", flush=True)
        if done % config.save_every == 0 or done == config.steps:
            _save(state_path, network, average, optimiser, history, running, done)
            plot_losses(history, folder / f"{name}.png", name)
    progress(name, config.steps, config.steps)
    return average


def _rate(step: int, config: LoopConfig) -> float:
    """Linear warm-up, then a half cosine to 2 per cent of the peak."""
    if step < config.warm_up:
        return (step + 1) / config.warm_up
    done = (step - config.warm_up) / max(config.steps - config.warm_up, 1)
    return 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done))


def _save(path: Path, network, average, optimiser, history: list[dict], running: dict, step: int) -> None:
    tensors = {f"network.{k}": v for k, v in network.state_dict().items()}
    tensors |= {f"average.{k}": v for k, v in average.state_dict().items()}
    for index, parameter in enumerate(network.parameters()):
        for key, value in optimiser.state[parameter].items():
            tensors[f"optimiser.{index}.{key}"] = value
    save_tensors(path, tensors, {"step": step, "history": history, "running": running})


def _restore(path: Path, network, average, optimiser, history: list[dict], running: dict) -> int:
    tensors, card = load_tensors(path)

    def part(prefix: str) -> dict[str, Tensor]:
        return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}

    network.load_state_dict(part("network."))
    average.load_state_dict(part("average."))
    for index, parameter in enumerate(network.parameters()):
        state = part(f"optimiser.{index}.")
        on_cpu = {"step"}
        optimiser.state[parameter] = {k: v if k in on_cpu else v.to(parameter.device) for k, v in state.items()}
    history.extend(card["history"])
    running.update(card.get("running", {}))
    return int(card["step"])
