# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom the tracks of a film show, kept with the Movie Clip: MovieClip.lift3d_tracks."""

import bpy
from bpy.props import EnumProperty, PointerProperty, StringProperty

from ..core.track_points import TRACKED, TrackedPoints, subject_of

_ITEMS = tuple(
    (subject.upper(), each.title, f"Tracks are named after {len(each.places)} points: {', '.join(each.places)}")
    for subject, each in TRACKED.items()
)


def tracked_of(clip: bpy.types.MovieClip) -> TrackedPoints:
    """The keypoints that the film's tracks are named after: of whom the user has chosen, else of whom they are."""
    return TRACKED[clip.lift3d_tracks.subject.lower()]


def _get_subject(settings: "Lift3DTracks") -> int:
    subject = settings.chosen
    if subject not in TRACKED:
        subject = subject_of(track.name for track in settings.id_data.tracking.tracks)
    return list(TRACKED).index(subject)


def _set_subject(settings: "Lift3DTracks", number: int) -> None:
    settings.chosen = list(TRACKED)[number]


class Lift3DTracks(bpy.types.PropertyGroup):
    """What the user says of a film's tracks."""

    subject: EnumProperty(
        name="Subject",
        description="Whom the tracks show, and so what they are named after. It is told by the tracks that there are "
        "until you choose",
        items=_ITEMS,
        get=_get_subject,
        set=_set_subject,
    )
    chosen: StringProperty(
        options={"HIDDEN"},
        name="Chosen Subject",
        description="Whom the user chose; empty takes the tracks'",
    )


CLASSES = (Lift3DTracks,)


def register() -> None:
    """Give every Movie Clip its settings."""
    bpy.types.MovieClip.lift3d_tracks = PointerProperty(
        name="Lift to 3D", description="What the tracks of this film are named after", type=Lift3DTracks
    )


def unregister() -> None:
    """Take them away."""
    del bpy.types.MovieClip.lift3d_tracks
