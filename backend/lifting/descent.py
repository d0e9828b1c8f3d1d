# SPDX-License-Identifier: GPL-3.0-or-later
"""The descent that fits of either body share."""

from collections.abc import Callable

import torch
from torch import Tensor


def descend(
    variables: dict[str, Tensor], rates: dict[str, float], iterations: int, energy: Callable[[float], Tensor],
    after: Callable[[], None] = lambda: None, progress: Callable[[int, int], None] | None = None,
) -> None:  # fmt: skip
    """Move variables, in place, by Adam at rates of their own down an energy.

    energy(loose) is asked with the factor by which robust distances are widened: wide at first, for a limb that the
    first pose puts elsewhere has to be drawn in before outliers are let go. after() follows every step;
    progress(i, iterations) may raise.
    """
    for value in variables.values():
        value.requires_grad_(True)
    groups = [{"params": [value], "lr": rates[name]} for name, value in variables.items()]
    optimiser = torch.optim.Adam(groups, betas=(0.9, 0.98), fused=True)
    for iteration in range(iterations):
        for group, name in zip(optimiser.param_groups, variables, strict=True):
            group["lr"] = rates[name] * _rate(iteration, iterations)
        optimiser.zero_grad(set_to_none=True)
        energy(max(1.0, 10 * (1 - 2 * iteration / iterations))).backward()
        optimiser.step()
        after()
        if progress:
            progress(iteration + 1, iterations)


def _rate(iteration: int, iterations: int) -> float:
    """A short rise, then a fall to a twentieth."""
    part = iteration / max(iterations - 1, 1)
    return min(1.0, (iteration + 1) / 5) * (1 - 0.95 * part)
