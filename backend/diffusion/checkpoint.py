# SPDX-License-Identifier: GPL-3.0-or-later
"""Checkpoints: safetensors with a JSON card in the metadata. Never pickle."""

import json
import os
import re
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from .. import __version__
from ..errors import UserError


class CheckpointError(UserError):
    """A checkpoint that is missing, truncated or of another kind."""


def save_tensors(path: Path, tensors: dict[str, Tensor], card: dict) -> None:
    """Write tensors and their card in one atomic step. Raises OSError when the disk does not take them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    contiguous = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    try:
        save_file(contiguous, temporary, {"card": json.dumps(card)})
        temporary.chmod(0o644)  # safetensors keeps it from other users of the machine
        os.replace(temporary, path)
    except SafetensorError as error:
        raise _system_error(error, path) or error from None
    finally:
        temporary.unlink(missing_ok=True)


def _system_error(error: SafetensorError, path: Path) -> OSError | None:
    """The system's own error, such as a full disk, which safetensors tells in words alone."""
    found = re.search(r"([^:]*) \(os error (\d+)\)", str(error))
    if not found:
        return None
    words, number = found[1].strip(), int(found[2])
    return OSError(0, words, str(path), number) if os.name == "nt" else OSError(number, words, str(path))


def load_tensors(path: Path) -> tuple[dict[str, Tensor], dict]:
    """Tensors on the CPU and the card. Raises CheckpointError."""
    path = Path(path)
    if not path.is_file():
        raise CheckpointError(f"expected a checkpoint at {path}, found none: train one or give another folder")
    try:
        with safe_open(path, "pt") as file:
            card = json.loads((file.metadata() or {}).get("card", "{}"))
            if not isinstance(card, dict):
                raise ValueError("its card is no JSON object")
            return {name: file.get_tensor(name) for name in file.keys()}, card
    except (SafetensorError, OSError, ValueError) as error:
        raise CheckpointError(f"{path.name} is no checkpoint of this program ({str(error)[:80]})") from None


SCALE = ".scale"  # of the rows of the tensor before it


def save_network(path: Path, network: nn.Module, card: dict, bits: int = 16) -> None:
    """Write a network with its configuration beside the card's own facts: in float16, or its matrices as 8-bit numbers
    with one scale a row."""
    tensors = {}
    for name, tensor in network.state_dict().items():
        if bits == 8 and tensor.dim() == 2:
            scale = (tensor.abs().amax(1, keepdim=True) / 127).clamp_min(1e-6).half()
            tensors[name] = (tensor / scale.float()).round().clamp(-127, 127).to(torch.int8)
            tensors[name + SCALE] = scale
        else:
            tensors[name] = tensor.half()
    save_tensors(path, tensors, {"config": network.config.as_dict(), "version": __version__, **card})


def _unpacked(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The float32 tensors of a network's file."""
    return {
        name: tensor.float() * tensors[name + SCALE].float() if tensor.dtype == torch.int8 else tensor.float()
        for name, tensor in tensors.items()
        if not name.endswith(SCALE)
    }


def load_network(path: Path, make: type[nn.Module], config: type) -> tuple[nn.Module, dict]:
    """Build ``make(config(**card["config"]))`` and fill it, in float32, ready to infer. Raises CheckpointError."""
    tensors, card = load_tensors(path)
    try:
        network = make(config(**card["config"]))
        network.load_state_dict(_unpacked(tensors))
    except (KeyError, TypeError, RuntimeError) as error:
        raise CheckpointError(f"{Path(path).name} does not fit {make.__name__}: {str(error).splitlines()[0]}") from None
    return network.eval().requires_grad_(False), card


def clone(network: nn.Module) -> nn.Module:
    """A frozen copy, for the moving average."""
    copy = type(network)(network.config)
    copy.load_state_dict(network.state_dict())
    return copy.eval().requires_grad_(False)


@torch.no_grad()
def blend(average: nn.Module, network: nn.Module, decay: float) -> None:
    """Exponential moving average of parameters: ``average = decay * average + (1 - decay) * network``."""
    torch._foreach_lerp_(list(average.parameters()), list(network.parameters()), 1 - decay)
