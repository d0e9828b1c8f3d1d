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
from typing import Any

import torch
from torch import Tensor, nn

from ..diffusion.checkpoint import blend, clone, load_tensors, save_tensors
from ..diffusion.device import half_precision
from ..errors import Cancelled
from ..progress import Progress
from .curves import plot_losses
from .history import Losses, unheard, write_history
from .mocap import TrainingError

LossOf = Callable[[Callable[..., Any], torch.Generator], dict[str, Tensor]]

SAVE_SECONDS = 120.0  # where steps take long, the state is also saved between two of the config's saves


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
    device: torch.device, resume: bool, progress: Progress, hear: Losses = unheard,
) -> nn.Module:  # fmt: skip
    """Train ``network`` and return its moving average.

    ``loss_of(network, generator)`` draws a batch, asks the network and returns named losses, the one to minimise under
    ``loss``. State is kept in ``folder/name.state.safetensors`` and, once complete, reused when ``resume`` is set.
    ``progress(stage, i, n)`` may raise Cancelled to stop, and so may Ctrl-C: the state is then saved at that step.
    ``hear(stage, step, losses)`` is told every row of the history. Raises TrainingError when the loss runs away.
    """
    path = folder / f"{name}.state.safetensors"
    state = _State(network.to(device).train(), config)
    if resume and path.exists():
        state.restore(path)
        write_history(folder, name, state.history)
    quick = in_half_precision(network, device)
    saved, when = state.step, time.monotonic()
    try:
        for step in range(state.step, config.steps):
            progress(name, step, config.steps)
            losses = loss_of(quick, torch.Generator().manual_seed(seed * 1_000_003 + step))
            row = state.learn(losses, name)
            if row:
                write_history(folder, name, state.history)
                hear(name, state.step, {key: value for key, value in row.items() if key != "step"})
            due = state.step % config.save_every == 0 or state.step == config.steps
            if due or time.monotonic() - when > SAVE_SECONDS:
                state.save(path)
                saved, when = state.step, time.monotonic()
            if due:
                plot_losses(state.history, folder / f"{name}.png", name)
    except (Cancelled, KeyboardInterrupt):
        if state.whole and state.step > saved:
            state.save(path)
        raise
    progress(name, config.steps, config.steps)
    return state.average


def in_half_precision(network: nn.Module, device: torch.device) -> Callable[..., Any]:
    """The network alone computes in half precision: what films its windows has cameras ten metres away, for which
    bfloat16's three digits are a centimetre and a half."""

    def answer(*question: Tensor) -> Any:
        with half_precision(device):
            return network(*question)

    return answer


class _State:
    """All that a step changes, and that a run resumed needs to be as if it had not been stopped."""

    def __init__(self, network: nn.Module, config: LoopConfig):
        self.network, self.config = network, config
        self.average = clone(network).to(next(network.parameters()).device)
        self.optimiser = torch.optim.AdamW(
            network.parameters(), lr=config.learning_rate, weight_decay=0.01, betas=(0.9, 0.99), fused=True
        )
        self.history: list[dict] = []
        self.running: dict[str, float] = {}  # sums since the last row of history
        self.step = 0
        self.whole = True  # everything here belongs to one step

    def learn(self, losses: dict[str, Tensor], name: str) -> dict | None:
        """One step; the row of history that it completes, if it does."""
        config, step = self.config, self.step
        for group in self.optimiser.param_groups:
            group["lr"] = config.learning_rate * _rate(step, config)
        self.optimiser.zero_grad(set_to_none=True)
        losses["loss"].backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        values = {key: float(value.detach()) for key, value in losses.items()}
        if not math.isfinite(values["loss"]):
            raise TrainingError(f"the loss of {name} ran away at step {step + 1}: train with another seed")
        self.whole = False
        self.optimiser.step()
        blend(self.average, self.network, min(config.average, (1 + step) / (10 + step)))
        for key, value in values.items():
            self.running[key] = self.running.get(key, 0.0) + value
        self.step = done = step + 1
        row = None
        if done % config.log_every == 0 or done == config.steps:
            count = done % config.log_every or config.log_every
            row = {"step": done, **{key: round(value / count, 5) for key, value in self.running.items()}}
            self.history.append(row)
            self.running = {}
        self.whole = True
        return row

    def save(self, path: Path) -> None:
        tensors = {f"network.{k}": v for k, v in self.network.state_dict().items()}
        tensors |= {f"average.{k}": v for k, v in self.average.state_dict().items()}
        for index, parameter in enumerate(self.network.parameters()):
            for key, value in self.optimiser.state[parameter].items():
                tensors[f"optimiser.{index}.{key}"] = value
        save_tensors(path, tensors, {"step": self.step, "history": self.history, "running": self.running})

    def restore(self, path: Path) -> None:
        tensors, card = load_tensors(path)

        def part(prefix: str) -> dict[str, Tensor]:
            return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}

        self.network.load_state_dict(part("network."))
        self.average.load_state_dict(part("average."))
        for index, parameter in enumerate(self.network.parameters()):
            state = part(f"optimiser.{index}.")
            self.optimiser.state[parameter] = {key: value.to(parameter.device) for key, value in state.items()}
        self.history, self.running = card["history"], card.get("running", {})
        self.step = int(card["step"])


def _rate(step: int, config: LoopConfig) -> float:
    """Linear warm-up, then a half cosine to 2 per cent of the peak."""
    if step < config.warm_up:
        return (step + 1) / config.warm_up
    done = (step - config.warm_up) / max(config.steps - config.warm_up, 1)
    return 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done))
