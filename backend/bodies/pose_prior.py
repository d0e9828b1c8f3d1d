# SPDX-License-Identifier: GPL-3.0-or-later
"""VPoser, the prior over body poses: the bundled one, trained here, or a user's official VPoser folder.

Pavlakos et al., Expressive Body Capture, CVPR 2019. Both see rotations of SMPL's joints 1 to 21 and a latent of 32
numbers whose prior is the unit normal.
"""

from pathlib import Path

from human_body_prior.train.vposer_smpl import VPoser
from torch import Tensor, nn

from .. import __version__
from ..diffusion.checkpoint import CheckpointError, load_tensors, save_tensors
from ..geometry.rotations import matrix_to_axis_angle
from .official_vposer import OfficialVPoser, official_checkpoint, read_official

BUNDLED = Path(__file__).parents[2] / "assets" / "checkpoints" / "human" / "pose_prior.safetensors"
LATENT, NEURONS, JOINTS = 32, 512, 21
KIND, FORMAT_VERSION = "pose_prior", 1


def new_vposer() -> VPoser:
    """human_body_prior's own class, 0.8.5, untrained: 63 axis-angle numbers in, 21 rotation matrices out."""
    return VPoser(NEURONS, LATENT, [1, JOINTS, 3])


class PosePrior:
    """A frozen VPoser in evaluation mode; gradients flow to what is decoded or encoded, never to its weights."""

    def __init__(self, network: nn.Module, card: dict | None = None):
        self.network = network.eval().requires_grad_(False)
        self.card = card or {}
        self.latent_size = LATENT

    def decode(self, latent: Tensor) -> Tensor:
        """Latents (N, 32) to local rotations (N, 21, 3, 3) of SMPL's joints 1 to 21."""
        # Its axis-angle output goes through torchgeometry, which today's torch breaks; the matrices do not.
        return self.network.decode(latent, output_type="matrot").reshape(len(latent), JOINTS, 3, 3)

    def encode(self, rotations: Tensor) -> tuple[Tensor, Tensor]:
        """Rotations (N, 21, 3, 3) to the latent's mean and standard deviation, (N, 32) each."""
        normal = self.network.encode(matrix_to_axis_angle(rotations).reshape(len(rotations), JOINTS * 3))
        return normal.mean, normal.stddev

    def to(self, device) -> "PosePrior":
        """The same prior with its weights on another device."""
        self.network.to(device)
        return self


def load_pose_prior(path: str | Path | None = None, device="cpu") -> PosePrior:
    """The bundled prior (None), one of this project's files (.safetensors), or an official V02_05 folder or .ckpt.

    Raises CheckpointError, in one line, for anything else. Nothing in a file is ever executed.
    """
    path = BUNDLED if path is None else Path(path)
    official = official_checkpoint(path)
    if official is not None:
        network, card = OfficialVPoser(), {"source": str(official)}
        tensors = read_official(official)
    else:
        network = new_vposer()
        tensors, card = _read(path)
    try:
        network.load_state_dict(tensors)
    except RuntimeError as error:
        reason = str(error).splitlines()[-1].strip()
        raise CheckpointError(f"{path}: expected a VPoser of 32 latents and 512 neurons; {reason}") from error
    if not all(bool(tensor.isfinite().all()) for tensor in network.state_dict().values()):
        raise CheckpointError(f"{path}: expected finite weights, found NaN or infinity; train or download it again.")
    return PosePrior(network, card).to(device)


def _read(path: Path) -> tuple[dict[str, Tensor], dict]:
    if path.is_dir():
        raise CheckpointError(
            f"{path}: expected a pose prior (.safetensors) or an official VPoser folder, found a folder without "
            "snapshots/*.ckpt; give another path, or none for the bundled prior."
        )
    tensors, card = load_tensors(path)
    if card.get("kind") != KIND or card.get("format_version") != FORMAT_VERSION:
        raise CheckpointError(f"{path}: expected a pose prior, version {FORMAT_VERSION}; its metadata says otherwise.")
    return {n: t.float() if t.is_floating_point() else t for n, t in tensors.items()}, card


def save_pose_prior(network: VPoser, path: str | Path, card: dict) -> None:
    """Write float16 weights and the card (data, licence, steps, figures) as safetensors, atomically."""
    tensors = {n: t.half() if t.is_floating_point() else t for n, t in network.state_dict().items()}
    config = {"neurons": NEURONS, "latent": LATENT, "data_shape": [1, JOINTS, 3]}
    layout = "SMPL local rotations of joints 1 to 21"
    facts = {"kind": KIND, "format_version": FORMAT_VERSION, "version": __version__, "config": config, "layout": layout}
    save_tensors(Path(path), tensors, {**facts, **card})
