# SPDX-License-Identifier: GPL-3.0-or-later
"""Tracks of a Movie Clip that are named after keypoints: made for the user to place, and read when they are tracked."""

import bpy
import numpy as np

from ..core.keypoint_tracks import Track, joined
from ..core.track_points import TrackedPoints

_FIGURE = 0.7  # of the picture's height and width at most


def open_film(context: bpy.types.Context) -> bpy.types.MovieClip | None:
    """The Movie Clip of the Movie Clip Editor that is asked; None elsewhere, and where none is open."""
    space = context.space_data
    return space.clip if space is not None and space.type == "CLIP_EDITOR" else None


def named_tracks(clip: bpy.types.MovieClip, tracked: TrackedPoints) -> dict[str, list[bpy.types.MovieTrackingTrack]]:
    """The tracks of each keypoint that there is one of, in the film's order."""
    found: dict[str, list[bpy.types.MovieTrackingTrack]] = {}
    for track in clip.tracking.tracks:
        if point := tracked.point_of(track.name):
            found.setdefault(point, []).append(track)
    return found


def add_tracks(clip: bpy.types.MovieClip, tracked: TrackedPoints, frame: int) -> list[str]:
    """Make a track for every keypoint that has none, on a standing figure in the middle of the picture at a frame of
    the clip; their names."""
    there = named_tracks(clip, tracked)
    made = [point for point in tracked.places if point not in there]
    figure, picture = np.array(list(tracked.places.values())), np.array(clip.size, float)
    middle, extent = (figure.max(axis=0) + figure.min(axis=0)) / 2, np.ptp(figure, axis=0)
    pixels = (_FIGURE * picture / extent).min()
    for point in made:
        across, down = (np.array(tracked.places[point]) - middle) * pixels / picture
        clip.tracking.tracks.new(name=point, frame=frame).markers[0].co = (0.5 + across, 0.5 - down)
    return made


def tracked_points(clip: bpy.types.MovieClip, tracked: TrackedPoints) -> dict[str, Track]:
    """For each keypoint the film's frames, from 0, in which a track of it has a marker, and its place as fractions of
    the picture from the bottom left; None where the marker is disabled. A track of a single marker, as it is made, was
    not tracked and is not there."""
    found = {
        point: joined([_markers(clip, track) for track in tracks if len(track.markers) > 1])
        for point, tracks in named_tracks(clip, tracked).items()
    }
    return {point: track for point, track in found.items() if track}


def _markers(clip: bpy.types.MovieClip, track: bpy.types.MovieTrackingTrack) -> Track:
    first = 1 - clip.frame_offset
    return {
        marker.frame - first: None if marker.mute else (marker.co[0], marker.co[1])
        for marker in track.markers
        if marker.frame >= first
    }
