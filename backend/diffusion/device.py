# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the networks run: the best device there is, and half precision where it pays."""

import contextlib

import torch

from ..errors import UserError

CHOICES = ("auto", "cpu", "cuda", "mps")


class DeviceError(UserError):
    """A device that was asked for and is not there."""

    remedy = "use_cpu"


def choose_device(wanted: str = "auto") -> torch.device:
    """``auto`` takes CUDA, then Apple's MPS, then the CPU. Raises DeviceError for one that is not there."""
    available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if wanted == "auto":
        return torch.device("cuda" if available["cuda"] else "mps" if available["mps"] else "cpu")
    kind = wanted.split(":")[0]
    if kind not in available:
        raise DeviceError(f"expected the device to be one of {', '.join(CHOICES)}, got {wanted!r}")
    if not available[kind]:
        raise DeviceError(f"this PyTorch has no device {wanted!r}: take auto or cpu, or a PyTorch that is made for it")
    return torch.device(wanted)


def half_precision(device: torch.device) -> contextlib.AbstractContextManager:
    """bfloat16 autocast on CUDA and on the CPU (twice the speed there where the CPU has the instructions)."""
    return torch.autocast(device.type, torch.bfloat16) if device.type in ("cpu", "cuda") else contextlib.nullcontext()
