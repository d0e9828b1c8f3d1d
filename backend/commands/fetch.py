# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetch a model that finds keypoints, by its name in a catalogue; without a name, tell what there is."""

import argparse
from pathlib import Path

from ..status_line import show_stage

HELP = "Fetch a model that finds keypoints in videos, by name; without a name: which there are."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", help="of a model in the catalogue (none: list them, fetch nothing)")
    parser.add_argument("--catalogue", type=Path, metavar="FILE.json", help="your own, in place of the built-in one")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="where it goes ($LIFT3D_DETECTORS, or your cache)")


def run(args: argparse.Namespace) -> int:
    from ..video.detectors import detector_folder
    from ..video.fetch_model import fetch_model
    from ..video.model_catalogue import read_catalogue

    catalogue, folder = read_catalogue(args.catalogue), args.folder or detector_folder()
    if args.name is None:
        for entry in catalogue.entries:
            there = " (there)" if (folder / entry.file).is_file() else ""
            print(f"{entry.name}: {entry.about}; {entry.megabytes:g} MB, {entry.licence}{there}")
        for purpose, about in catalogue.elsewhere:
            print(f"not by name ({purpose}): {about}")
        print(f"models go into {folder}")
        return 0
    entry = catalogue.find(args.name)
    print(f"{entry.name}: {entry.megabytes:g} MB, licence {entry.licence}, from {entry.address}", flush=True)
    print(fetch_model(entry, folder, show_stage))
    return 0
