# SPDX-License-Identifier: GPL-3.0-or-later
"""One video in, the clips of its people out."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..keypoints.camera_track import CameraTrack
from ..keypoints.clip import KeypointClip
from ..keypoints.detections import Detections
from ..keypoints.layouts import get_layout
from ..keypoints.lens import Lens
from ..keypoints.people import follow
from ..keypoints.reading import long_enough
from ..progress import Progress, silent
from .camera_motion import CameraTracker
from .cuts import CutFinder
from .errors import VideoError
from .fitness import doubts
from .pose import Detector, Pose
from .swaps import unswapped
from .timing import DETECTIONS_PER_SECOND, evenly_timed, looks_at, stride
from .video_file import Frame, VideoFile

STAGE = "Detecting"
FOUND = "found by how the camera turns"
#: Told every frame that was looked at and what was found in it.
Watch = Callable[[Frame, list[Pose]], None]


@dataclass(frozen=True, eq=False)
class Detected:
    """clips: a person of one shot each, most seen first. cuts: the frames at which another shot begins. frames: how
    many the video has, of those asked for."""

    clips: tuple[KeypointClip, ...]
    cuts: tuple[int, ...]
    frames: int
    warnings: tuple[str, ...]

    def person(self, number: int) -> KeypointClip:
        """One person's clip. Raises VideoError if there is no such person."""
        if not 0 <= number < len(self.clips):
            name = Path(self.clips[0].source).name
            raise VideoError(f"there is no person number {number} in {name}: {len(self.clips)} found, numbered from 0")
        return self.clips[number]


class _Track:
    """The looks at one person."""

    def __init__(self, shot: int):
        self.shot = shot
        self.seconds: list[float] = []
        self.poses: list[Pose] = []

    def add(self, seconds: float, pose: Pose) -> None:
        self.seconds.append(seconds)
        self.poses.append(pose)

    def clip(
        self, video: VideoFile, layout: str, camera: CameraTrack | None, focal: float | None
    ) -> tuple[KeypointClip | None, int]:
        """The clip, None if there is nothing in it, and how many looks had left and right exchanged."""
        points = np.stack([pose.points for pose in self.poses])
        confidence = np.stack([pose.confidence for pose in self.poses])
        if not (confidence > 0).any():
            return None, 0
        points, confidence, exchanged = self._unswapped(points, confidence, video, layout)
        points, confidence, first = evenly_timed(np.array(self.seconds), points, confidence, video.fps)
        if not (confidence > 0).any() or first < 0:
            return None, 0
        clip = KeypointClip(
            points, confidence, video.fps, video.image_size, layout, first, str(video.path),
            camera=camera and camera.part(first, len(points)),
            focal=camera.focal if camera and camera.focal else focal or video.focal,
            focal_source=_told(focal, video, camera),
        )  # fmt: skip
        return clip, exchanged

    def _unswapped(
        self, points: np.ndarray, confidence: np.ndarray, video: VideoFile, layout: str
    ) -> tuple[np.ndarray, np.ndarray, int]:
        """The looks with left and right as they were, before they are evenly timed: half way between a look and an
        exchanged one there is neither."""
        at = looks_at(np.array(self.seconds), video.fps)
        every = np.full((at[-1] + 1, *points.shape[1:]), np.nan)
        sure = np.zeros(every.shape[:2])
        every[at], sure[at] = points, confidence
        looks, exchanged = unswapped(KeypointClip(every, sure, DETECTIONS_PER_SECOND, video.image_size, layout))
        return np.nan_to_num(looks.points[at]), looks.confidence[at], exchanged


def _told(focal: float | None, video: VideoFile, camera: CameraTrack | None) -> str:
    """Where a focal length is from that the user did not give; "" for one that he gave, and for none."""
    if focal is not None:
        return ""
    return "metadata" if video.focal else FOUND if camera and camera.focal else ""


def detect(
    video: VideoFile, detector: Detector, first: int = 0, last: int | None = None, progress: Progress = silent,
    watch: Watch | None = None, moving: bool = True, focal: float | None = None,
    lens: Lens | None = None,
) -> Detected:  # fmt: skip
    """Find and follow everybody from frame ``first`` to ``last`` (both included). Raises VideoError where nobody is.

    moving: find out how the camera turns, too; focal: its focal length in pixels, None: as the video's metadata say,
    else as its turns tell; lens: whose distortion is in the pictures. Frames pass one by one: only poses are kept.
    ``progress`` may raise Cancelled.
    """
    get_layout(detector.layout)
    known = focal or video.focal
    shots = [CameraTracker(video.image_size, known, lens)]
    tracks: dict[int, _Track] = {}
    finder, cuts, every, seen = CutFinder(), [], stride(video.fps), 0
    expected = max((video.expected if last is None else min(last + 1, video.expected or last + 1)) - first, 1)
    origin = None
    for frame in video.frames(first, last):
        # Clips count frames by the rate from the video's first time on, which need not be zero.
        origin = frame.seconds - frame.number / video.fps if origin is None else origin
        progress(STAGE, min(seen, expected - 1), expected)
        seen += 1
        if finder.is_cut(frame.image):
            cuts.append(frame.number)
            shots.append(CameraTracker(video.image_size, known, lens))
            detector.reset()
        elif (frame.number - first) % every:
            continue
        poses = detector.look(frame.image)
        for pose in poses:
            tracks.setdefault(pose.person, _Track(len(cuts))).add(frame.seconds - origin, pose)
        if moving:
            shots[-1].add(frame.seconds - origin, frame.image, [pose.box for pose in poses if pose.box is not None])
        if watch is not None:
            watch(frame, poses)
    if not seen:
        raise VideoError(f"{video.path.name} has no frame {first}: it is shorter")
    progress(STAGE, expected, expected)
    cameras = [shot.track(video.fps) for shot in shots]
    return _finished(video, detector.layout, tracks, cameras, cuts, seen, last, focal)


def _joined(tracks: list[_Track], layout: str, fps: float) -> list[_Track]:
    """Tracks of one shot that are one person, who was lost from sight for a while, made one."""
    whole = []
    for shot in sorted({track.shot for track in tracks}):
        looks = [
            (seconds, number, pose)
            for number, track in enumerate(tracks) if track.shot == shot
            for seconds, pose in zip(track.seconds, track.poses, strict=True) if (pose.confidence > 0).any()
        ]  # fmt: skip
        if not looks:
            continue
        looks.sort(key=lambda look: look[:2])
        seconds, numbers, poses = zip(*looks, strict=True)
        detections = Detections(
            "video", layout, looks_at(np.array(seconds), fps, together=True), np.array(numbers),
            np.stack([np.where(pose.confidence[:, None] > 0, pose.points, np.nan) for pose in poses]),
            np.stack([pose.confidence for pose in poses]),
        )  # fmt: skip
        for person in follow(detections):
            track = _Track(shot)
            for row in person.rows:
                track.add(seconds[row], poses[row])
            whole.append(track)
    return whole


def _finished(
    video: VideoFile, layout: str, tracks: dict[int, _Track], cameras: list[CameraTrack | None], cuts: list[int],
    seen: int, last: int | None, focal: float | None,
) -> Detected:  # fmt: skip
    found, clips, warnings = [], [], []
    for track in _joined(list(tracks.values()), layout, video.fps):
        clip, exchanged = track.clip(video, layout, cameras[track.shot], focal)
        if clip is not None and long_enough(len(clip), clip.fps):
            found.append((clip, exchanged))
    if not found:
        raise VideoError(f"nobody was found in {video.path.name} for long enough to be lifted")
    found.sort(key=lambda each: -int(each[0].present.any(1).sum()))
    for number, (clip, exchanged) in enumerate(found):
        clips.append(replace(clip, person=number))
        if exchanged:
            frames = exchanged * stride(video.fps)
            warnings.append(f"Left and right of person {number} were exchanged in {frames} frames, and put back.")
        warnings += doubts(clips[-1])
    if any(clip.camera for clip in clips):
        widest = max(clip.camera.turned for clip in clips if clip.camera)
        known = next((clip for clip in clips if clip.focal_source == FOUND), None)
        if known is not None:
            warnings.append(f"The focal length, {known.focal:.0f} pixels, was {FOUND}.")
        warnings.append(f"The camera turns, by up to {widest:.0f} degrees from its mean direction: taken into account.")
    if cuts:
        shots = ", ".join(map(str, cuts[:8])) + (" ..." if len(cuts) > 8 else "")
        warnings.append(f"The video cuts to another shot at frame {shots}: people are numbered anew in each.")
    if last is None and video.expected and seen < 0.95 * video.expected:
        warnings.append(f"The video breaks off after {seen} of {video.expected} frames.")
    return Detected(tuple(clips), tuple(cuts), seen, tuple(warnings))
