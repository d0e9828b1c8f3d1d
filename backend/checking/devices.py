# SPDX-License-Identifier: GPL-3.0-or-later
"""What torch can compute on: each GPU with its memory, tried out, and the processor. Needs a torch that loads."""

import platform
import shutil
from typing import Any

from ..memory import machine_memory

NVIDIA_UNUSED = (
    "There is an NVIDIA GPU, but this torch is built for processors alone: set the backend up with CUDA to use it."
)


def devices() -> list[dict[str, Any]]:
    """Devices, best first: device as --device takes it, name, memory_gib and free_gib (None where it is not told),
    problem ("" if it computes)."""
    import torch

    found = []
    if torch.cuda.is_available():
        found += [_cuda(index) for index in range(torch.cuda.device_count())]
    total, free = machine_memory() or (None, None)
    if torch.backends.mps.is_available():
        found.append(_told("mps", "Apple GPU, which shares the machine's memory", total, free, _trial("mps")))
    name = f"{platform.machine()} processor, {torch.get_num_threads()} threads"
    return [*found, _told("cpu", name, total, free, "")]


def advice() -> str:
    """A sentence about a GPU that this torch cannot use; "" if there is none."""
    import torch

    built = torch.version.cuda or getattr(torch.version, "hip", None)
    return NVIDIA_UNUSED if not built and shutil.which("nvidia-smi") else ""


def _cuda(index: int) -> dict[str, Any]:
    import torch

    device, name, total, free = f"cuda:{index}", f"GPU {index}", None, None
    try:
        name = torch.cuda.get_device_name(index)
        free, total = (size / 2**30 for size in torch.cuda.mem_get_info(index))
    except RuntimeError as error:  # a driver that does not fit says so here
        return _told(device, name, total, free, _line(error))
    return _told(device, name, total, free, _trial(device))


def _trial(device: str) -> str:
    """Why a device that is said to be there does not compute; "" if it does."""
    import torch

    try:
        ones = torch.ones(8, 8, device=device)
        return "" if float((ones @ ones).sum()) == 512 else "it computes wrongly"
    except Exception as error:  # noqa: BLE001 drivers raise anything
        return _line(error)


def _line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


def _told(device: str, name: str, total: float | None, free: float | None, problem: str) -> dict[str, Any]:
    rounded = [None if size is None else round(size, 1) for size in (total, free)]
    return {"device": device, "name": name, "memory_gib": rounded[0], "free_gib": rounded[1], "problem": problem}
