# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom a command lifts: told by its words, else by each clip, and which model that takes."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .. import places
from ..core.body_family import HUMAN, SUBJECTS, family_of_subject
from ..core.clip_facts import ClipFacts
from ..core.models import NETWORKS, problem, subject_of
from ..core.motion_file import read_motion
from ..core.subject_words import mismatch, no_model
from .arguments import CommandError

_OF_VIDEOS = ("detector", "boxes", "box")


def add_subject(parser: argparse.ArgumentParser, default: str | None, shown: str) -> None:
    """The argument --subject. shown: what is taken where nobody says it."""
    parser.add_argument("--subject", choices=SUBJECTS, default=default, help=f"who is in the clips ({shown})")


def told_subject(args: argparse.Namespace) -> str | None:
    """The subject that a lift's words tell: --subject, the model's and that of the body to keep; None if they tell of
    none. Raises CommandError where they differ or there is no such model, CoreError for a motion that is none."""
    told: dict[str, str] = {}
    if args.subject:
        told["--subject"] = args.subject
    if args.model and not problem(Path(args.model)):
        told["--model"] = subject_of(Path(args.model))
    if args.shape:
        family = read_motion(args.shape).family
        if not any(family_of_subject(subject).body == family.body for subject in told.values()):
            told["--shape"] = family.subject
    names = list(told)
    for other in names[1:]:
        if told[other] != told[names[0]]:
            raise CommandError(f"{names[0]} says {told[names[0]]} and {other} is for {told[other]}; choose what agrees")
    found = told[names[0]] if names else None
    if found and not args.model:
        bundled_model(found)
    return found


def bundled_model(subject: str) -> Path:
    """The folder of the model that comes with the extension for a subject. Raises CommandError if there is none."""
    folder = places.find(f"assets/checkpoints/{subject}")
    if not (folder / NETWORKS[-1]).is_file():
        raise CommandError(f"{no_model(subject)}; or name one with --model")
    return folder


def options_for(clip: Path, told: Mapping[str, Any], wanted: str | None, options: Mapping[str, Any]) -> dict[str, Any]:
    """A clip's options of the lift, its subject's model among them. told: what `inspect` says of the clip; nothing of
    one that cannot be read, which is the lift's to say. wanted: of `told_subject`. Raises CommandError if the clip does
    not show that, in one line."""
    facts = ClipFacts.of(told or {"subject": ""})
    subject = wanted or facts.subject or HUMAN
    # A model of the user's finds whom it is said to find.
    shown = subject if facts.is_video and "detector" in options else facts.subject
    if reason := mismatch(shown, subject, facts.is_video):
        raise CommandError(f"{clip.name} cannot be lifted: {reason}")
    found = {name: value for name, value in options.items() if facts.is_video or name not in _OF_VIDEOS}
    if facts.is_video and "detector" in options:
        found["subject"] = subject
    if "model" not in found and subject != HUMAN:  # which the backend takes by itself
        found["model"] = str(bundled_model(subject))
    return found


def inspect_fields(options: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an `inspect` request that follow from a lift's options."""
    return {name: options[name] for name in ("fps", "image_size", "keypoint_map") if name in options}
