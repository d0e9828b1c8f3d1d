# SPDX-License-Identifier: GPL-3.0-or-later
"""Say what this installation has: Python, torch, the device and its memory, the models and their licences."""

import argparse
import json
import platform
import re
import sys
from pathlib import Path

HELP = "Say which Python, torch, device and models this installation has."

ASSETS = Path(__file__).resolve().parents[2] / "assets"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of sentences")


def devices() -> list[dict]:
    """Devices that torch can use, best first: name, kind as --device takes it, memory in GiB or None."""
    import torch

    found = []
    if torch.cuda.is_available():
        for index in range(torch.cuda.device_count()):
            free, total = torch.cuda.mem_get_info(index)
            found.append(
                {
                    "device": f"cuda:{index}",
                    "name": torch.cuda.get_device_name(index),
                    "memory_gib": round(total / 2**30, 1),
                    "free_gib": round(free / 2**30, 1),
                }
            )
    if torch.backends.mps.is_available():
        found.append({"device": "mps", "name": "Apple GPU", "memory_gib": None, "free_gib": None})
    name = f"{platform.machine()} processor, {torch.get_num_threads()} threads"
    found.append({"device": "cpu", "name": name, "memory_gib": None, "free_gib": None})
    return found


def models(assets: Path = ASSETS) -> list[dict]:
    """Bundled bodies and trained models: file, megabytes, what it is, licence; the last two from the file's card."""
    paths = sorted([*assets.glob("bodies/*.npz"), *assets.glob("checkpoints/*/*.safetensors")])
    return [
        {
            "file": path.relative_to(assets).as_posix(),
            "megabytes": round(path.stat().st_size / 1e6, 1),
            "licence": licence_on_card(path),
        }
        for path in paths
    ]


def licence_on_card(path: Path) -> str:
    """The licence of a file: what follows `Licence` at the start of a paragraph of its card.

    The card is NAME.md beside the file, or the folder's README.md.
    """
    cards = [card for card in (path.with_suffix(".md"), path.parent / "README.md") if card.is_file()]
    if not cards:
        return "no card beside the file"
    for paragraph in cards[0].read_text(encoding="utf-8").split("\n\n"):
        line = " ".join(paragraph.split()).lstrip("-* ").replace("*", "")
        if found := re.match(r"licence[.:]\s*", line, re.IGNORECASE):
            return line[found.end() :]
    return f"see {cards[0].name} beside the file"


def describe(assets: Path = ASSETS) -> dict:
    """Everything this command knows, as plain JSON data."""
    import torch

    from .. import __version__

    return {
        "version": __version__,
        "python": platform.python_version(),
        "interpreter": sys.executable,
        "torch": torch.__version__,
        "devices": devices(),
        "models": models(assets),
    }


def sentences(facts: dict) -> list[str]:
    """The facts of `describe` in plain words, a line each."""
    lines = [
        f"Lift to 3D {facts['version']} on Python {facts['python']} ({facts['interpreter']}), torch {facts['torch']}"
    ]
    for number, device in enumerate(facts["devices"]):
        memory = f", {device['free_gib']} of {device['memory_gib']} GiB free" if device["memory_gib"] else ""
        chosen = ", used unless --device says otherwise" if number == 0 else ""
        lines.append(f"Device {device['device']}: {device['name']}{memory}{chosen}")
    for model in facts["models"]:
        lines.append(f"Model {model['file']} ({model['megabytes']} MB): {model['licence']}")
    if not any(model["file"].startswith("checkpoints/human/") for model in facts["models"]):
        lines.append(
            "No trained human model in assets/checkpoints/human: train one, see python -m backend train --help"
        )
    return lines


def run(args: argparse.Namespace) -> int:
    facts = describe()
    print(json.dumps(facts, indent=2) if args.json else "\n".join(sentences(facts)))
    return 0
