# SPDX-License-Identifier: GPL-3.0-or-later
"""The official VPoser V02_05, which its licence keeps out of this repository: its network and its checkpoint's reader.

V02_05 differs from the class in human_body_prior 0.8.5: other layer names, a third linear layer in the encoder, and
the default slope of the leaky rectifiers.
"""

import pickle
import types
from pathlib import Path

import torch
from torch import Tensor, nn

from ..diffusion.checkpoint import CheckpointError
from ..geometry.rotations import sixd_to_matrix


class _Normal(nn.Module):
    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.mu = nn.Linear(inputs, outputs)
        self.logvar = nn.Linear(inputs, outputs)

    def forward(self, x: Tensor) -> torch.distributions.Normal:
        return torch.distributions.Normal(self.mu(x), nn.functional.softplus(self.logvar(x)))


class OfficialVPoser(nn.Module):
    """Encoder 63 -> 32 and decoder 32 -> 21 matrices with the layer names of the V02_05 checkpoint."""

    def __init__(self, neurons: int = 512, latent: int = 32, joints: int = 21):
        super().__init__()
        self.joints = joints
        self.encoder_net = nn.Sequential(
            nn.Flatten(), nn.BatchNorm1d(joints * 3), nn.Linear(joints * 3, neurons), nn.LeakyReLU(),
            nn.BatchNorm1d(neurons), nn.Dropout(0.1), nn.Linear(neurons, neurons), nn.Linear(neurons, neurons),
            _Normal(neurons, latent),
        )  # fmt: skip
        self.decoder_net = nn.Sequential(
            nn.Linear(latent, neurons), nn.LeakyReLU(), nn.Dropout(0.1), nn.Linear(neurons, neurons), nn.LeakyReLU(),
            nn.Linear(neurons, joints * 6),
        )  # fmt: skip

    def encode(self, axis_angle: Tensor) -> torch.distributions.Normal:
        """Axis-angles (N, 63) to the normal distribution of the latent (N, 32)."""
        return self.encoder_net(axis_angle)

    def decode(self, latent: Tensor, output_type: str = "matrot") -> Tensor:
        """Latents (N, 32) to rotation matrices (N, 1, 21, 9), the shape of the older class."""
        if output_type != "matrot":
            raise ValueError(f"only matrices come out of this decoder, not {output_type}")
        return sixd_to_matrix(self.decoder_net(latent).unflatten(-1, (self.joints, 6))).reshape(-1, 1, self.joints, 9)


def official_checkpoint(path: Path) -> Path | None:
    """The newest snapshots/*.ckpt of an official folder (or of its only V* folder), a .ckpt itself, or None."""
    if path.is_file():
        return path if path.suffix == ".ckpt" else None
    found = sorted([*path.glob("snapshots/*.ckpt"), *path.glob("*/snapshots/*.ckpt")], key=lambda p: p.stat().st_mtime)
    return found[-1] if found else None


def read_official(path: Path) -> dict[str, Tensor]:
    """The weights of a Lightning checkpoint whose names begin with vp_model., without that beginning.

    Raises CheckpointError when the file cannot be read or holds no such weights. torch's own weights-only reader comes
    first; it refuses any checkpoint that also pickled its trainer's settings, and then a reader that turns every class
    but torch's tensors into an inert stand-in is used: nothing the file names is imported or called.
    """
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception:  # a broken pickle raises nearly anything
        try:
            content = torch.load(path, map_location="cpu", weights_only=False, pickle_module=_INERT)
        except Exception as error:
            raise CheckpointError(f"{path}: expected an official VPoser checkpoint, cannot read it: {error}") from error
    state = content.get("state_dict") if isinstance(content, dict) else None
    prefix = "vp_model."
    weights = {
        name[len(prefix):]: tensor.float() if tensor.is_floating_point() else tensor
        for name, tensor in (state.items() if isinstance(state, dict) else ())
        if isinstance(name, str) and name.startswith(prefix) and isinstance(tensor, Tensor)
    }  # fmt: skip
    weights = {n: t for n, t in weights.items() if n.startswith(("encoder_net.", "decoder_net."))}
    if not weights:
        raise CheckpointError(f"{path}: expected weights named vp_model.* (VPoser V02_05); none are in it.")
    return weights


class _StandIn(dict):
    """An object of a class that is not loaded: takes whatever the pickle gives it and does nothing."""

    def __new__(cls, *args, **kwargs):
        return super().__new__(cls)

    def __init__(self, *args, **kwargs):
        super().__init__()

    def __setstate__(self, state):
        pass

    def __hash__(self):
        return id(self)

    def append(self, item):
        pass

    def extend(self, items):
        pass

    def add(self, item):
        pass


class _InertUnpickler(pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return torch._utils._rebuild_tensor_v2
        if (module, name) == ("torch._utils", "_rebuild_parameter"):
            return lambda data, *rest: data
        if (module, name) == ("collections", "OrderedDict"):
            return dict
        return _StandIn


def _refuse(*args, **kwargs):
    raise pickle.UnpicklingError("a checkpoint older than torch 1.6")


_INERT = types.SimpleNamespace(Unpickler=_InertUnpickler, load=_refuse, loads=_refuse, __name__="inert")
