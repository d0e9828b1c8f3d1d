# SPDX-License-Identifier: GPL-3.0-or-later
"""Tracks of a Movie Clip that are named after keypoints: made for the user to place, and read when they are tracked."""

import bpy

from ..core.keypoint_tracks import POINTS, point_of

_FIGURE = 0.7  # of the picture's height


def open_film(context: bpy.types.Context) -> bpy.types.MovieClip | None:
    """The Movie Clip of the Movie Clip Editor that is asked; None elsewhere, and where none is open."""
    space = context.space_data
    return space.clip if space is not None and space.type == "CLIP_EDITOR" else None


def named_tracks(clip: bpy.types.MovieClip) -> dict[str, bpy.types.MovieTrackingTrack]:
    """The track of each keypoint that there is one of; the first, if there are several."""
    found: dict[str, bpy.types.MovieTrackingTrack] = {}
    for track in clip.tracking.tracks:
        if point := point_of(track.name):
            found.setdefault(point, track)
    return found


def add_tracks(clip: bpy.types.MovieClip, frame: int) -> list[str]:
    """Make a track for every keypoint that has none, on an upright figure in the middle of the picture at a frame of
    the clip; their names."""
    there, made = named_tracks(clip), []
    width, height = clip.size
    for point, (across, down) in POINTS.items():
        if point not in there:
            track = clip.tracking.tracks.new(name=point, frame=frame)
            track.markers[0].co = (0.5 + across * _FIGURE * height / width, 0.5 + (0.5 - down) * _FIGURE)
            made.append(point)
    return made


def tracked_points(clip: bpy.types.MovieClip) -> dict[str, dict[int, tuple[float, float]]]:
    """For each keypoint the film's frames, from 0, in which its track has a marker that is not disabled, and its place
    as fractions of the picture from the bottom left."""
    return {
        point: {
            marker.frame - 1 + clip.frame_offset: (marker.co[0], marker.co[1])
            for marker in track.markers
            if not marker.mute and marker.frame - 1 + clip.frame_offset >= 0
        }
        for point, track in named_tracks(clip).items()
    }
