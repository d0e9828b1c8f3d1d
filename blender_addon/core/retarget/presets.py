# SPDX-License-Identifier: GPL-3.0-or-later
"""The bone maps that come along, those that the user has saved, and which of them fits a rig."""

from collections.abc import Sequence
from pathlib import Path

from . import RetargetError
from .bone_map import BoneMap, read_map
from .match_bones import match_bones
from .rig import Rig

BUNDLED = Path(__file__).resolve().parents[2] / "presets"
AUTO = "auto"


def preset_files(folders: Sequence[Path] = ()) -> dict[str, Path]:
    """The maps in the bundled folder and in others, by their files' names without ending; later ones win."""
    return {path.stem: path for folder in (BUNDLED, *folders) for path in sorted(Path(folder).glob("*.json"))}


def choose_map(word: str, rig: Rig, folders: Sequence[Path] = ()) -> BoneMap:
    """The map that a word means: 'auto' to match the bones, a preset's name, or a file. Raises RetargetError."""
    if word == AUTO:
        return fitting_map(rig, folders)
    files = preset_files(folders)
    if word in files:
        return read_map(files[word])
    if not Path(word).is_file():
        raise RetargetError(f"{word} is neither a preset nor a file; presets are {', '.join(files)}")
    return read_map(word)


def fitting_map(rig: Rig, folders: Sequence[Path] = ()) -> BoneMap:
    """The rig's bones matched; where that fails, the preset with the most bones, all of which the rig has.

    Raises RetargetError if nothing fits.
    """
    try:
        return match_bones(rig)
    except RetargetError as error:
        fitting = [bones for path in preset_files(folders).values() if not (bones := read_map(path)).missing(rig.names)]
        if not fitting:
            raise error
        return max(fitting, key=lambda bones: len(bones.bones()))
