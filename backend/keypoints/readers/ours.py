# SPDX-License-Identifier: GPL-3.0-or-later
"""Our own keypoint JSON, read and written.

{"format": "lift3d-keypoints", "version": 1, "layout": "coco17", "fps": 30, "image_size": [1920, 1080],
 "frame_start": 0, "video": "walk.mp4", "focal": 1400, "focal_source": "metadata", "cuts": [120],
 "camera": {"focal": 1400, "rotations": [[w, x, y, z] | null, ...], "zoom": [1, ...]},
 "people": [{"id": 0, "keypoints": [[[x, y, confidence] | null, ...] | null, ...]}]}
All but format, version, layout and people may be left out; video is the footage, named from the file's own folder;
focal is in pixels, of the reference view if there is a camera, and focal_source says who told it; camera is there where
it turned or zoomed: quaternions from the reference view's camera frame to that of each frame, and the focal length over
the reference's (focal, in pixels, or null); cuts are the frames at which another shot begins.
A null is a missing point or a frame in which the person is missing; every person has the same number of frames.
"""

import json
import math
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..camera_track import CameraTrack, matrices_to_quaternions, quaternions_to_matrices
from ..clip import MAXIMUM_FRAMES, KeypointClip, checked_focal, checked_fps, checked_image_size
from ..detections import DetectionList, Detections, number_array, whole_number
from ..errors import KeypointError
from ..layouts import get_layout

FORMAT = "lift3d-keypoints"
VERSION = 1


def recognises(document) -> bool:
    return isinstance(document, dict) and document.get("format") == FORMAT


def read(document: dict) -> Detections:
    version = whole_number(document.get("version"), f"version of a {FORMAT} file")
    if version > VERSION:
        raise KeypointError(f"This {FORMAT} file has version {version}; this program reads up to {VERSION}: update it.")
    layout = get_layout(document.get("layout"))
    people = document.get("people")
    if not isinstance(people, list) or not all(isinstance(person, dict) for person in people):
        raise KeypointError(f'A {FORMAT} file has a list "people" of objects with "keypoints".')
    start = whole_number(document.get("frame_start", 0), "frame_start")
    fps = None if document.get("fps") is None else checked_fps(document["fps"])
    detections = DetectionList(FORMAT)
    lengths = set()
    for number, person in enumerate(people):
        frames = person.get("keypoints")
        if not isinstance(frames, list):
            raise KeypointError(f'Person {number} of this {FORMAT} file has no list "keypoints".')
        lengths.add(len(frames))
        if len(lengths) > 1 or len(frames) > MAXIMUM_FRAMES:
            raise KeypointError(f"All people of a {FORMAT} file have one number of frames, at most {MAXIMUM_FRAMES:,}.")
        for index, frame in enumerate(frames):
            if frame is not None:
                detections.add(start + index, _pose(frame, len(layout), start + index), number)
    video, focal, told = (document.get(name) for name in ("video", "focal", "focal_source"))
    return detections.finish(
        layout.name, fps=fps, image_size=checked_image_size(document.get("image_size")), settled=True,
        video=video if isinstance(video, str) else "", camera=_camera(document.get("camera"), start, lengths),
        focal=None if focal is None else checked_focal(focal),
        focal_source=told[:80] if isinstance(told, str) else "", cuts=_cuts(document.get("cuts", [])),
    )  # fmt: skip


def _cuts(cuts) -> tuple[int, ...]:
    if not isinstance(cuts, list):
        raise KeypointError(f"The cuts of a {FORMAT} file are a list of frame numbers.")
    return tuple(sorted(whole_number(cut, "frame of a cut") for cut in cuts))


def _camera(camera, start: int, lengths: set[int]) -> CameraTrack | None:
    if camera is None:
        return None
    rows, zoom = (camera.get(name) if isinstance(camera, dict) else None for name in ("rotations", "zoom"))
    if not (isinstance(rows, list) and isinstance(zoom, list) and {len(rows), len(zoom)} == lengths):
        raise KeypointError(f"The camera of a {FORMAT} file has rotations and zoom, one for each frame of its people.")
    still = [1.0, 0.0, 0.0, 0.0]
    quaternions = number_array([still if row is None else row for row in rows], "rotations of the camera")
    zoom = number_array([1.0 if each is None else each for each in zoom], "zoom of the camera")
    if quaternions.shape != (len(rows), 4):
        raise KeypointError("The rotations of a camera are quaternions w, x, y, z.")
    focal = camera.get("focal")
    if focal is not None and not isinstance(focal, int | float):
        raise KeypointError(f"A camera's focal length is in pixels; this one is {str(focal)[:40]!r}.")
    return CameraTrack(quaternions_to_matrices(quaternions), zoom, focal, start)


def _pose(frame, count: int, number: int) -> np.ndarray:
    if isinstance(frame, list) and None in frame:
        frame = [[math.nan, math.nan, 0.0] if point is None else point for point in frame]
    pose = number_array(frame, f"keypoints of frame {number}")
    if pose.shape != (count, 3):
        raise KeypointError(f"Frame {number} has keypoints {pose.shape}: expected {count} times x, y, confidence.")
    return pose


def write_keypoints(
    clips: KeypointClip | Sequence[KeypointClip], path: str | os.PathLike, video: str | os.PathLike | None = None,
    cuts: Sequence[int] = (),
) -> None:  # fmt: skip
    """Write one person's clip, or several people's of one video, as our own JSON; replaced only when complete.

    video: the footage, named in the file from the file's own folder where both lie on one drive. cuts: the frames at
    which another shot begins.
    The clips must agree in layout, fps and image size; each keeps its frames. KeypointError otherwise.
    """
    clips = [clips] if isinstance(clips, KeypointClip) else list(clips)
    if not clips:
        raise KeypointError("There is no clip to write.")
    first = clips[0]
    if any((c.layout, c.fps, c.image_size) != (first.layout, first.fps, first.image_size) for c in clips):
        raise KeypointError("People in one file share one layout, frame rate and image size; these do not.")
    start = min(clip.frame_start for clip in clips)
    stop = max(clip.frame_start + len(clip) for clip in clips)
    document = {
        "format": FORMAT,
        "version": VERSION,
        "layout": first.layout,
        "fps": first.fps,
        "image_size": None if first.image_size is None else list(first.image_size),
        "frame_start": start,
        "people": [{"id": number, "keypoints": _frames(clip, start, stop)} for number, clip in enumerate(clips)],
    }
    known = next((clip for clip in clips if clip.focal is not None), None)
    if known is not None:
        document |= {"focal": known.focal, "focal_source": known.focal_source}
    if any(clip.camera for clip in clips):
        document["camera"] = _camera_of(clips, start, stop)
    if cuts:
        document["cuts"] = [int(cut) for cut in cuts]
    path = Path(path)
    if video is not None:
        document["video"] = _named_from(path.absolute().parent, Path(video).absolute())
    unfinished = path.with_name(path.name + ".part")
    try:
        unfinished.write_text(json.dumps(document, allow_nan=False, separators=(",", ":")), encoding="utf-8")
        os.replace(unfinished, path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise KeypointError(f"Cannot write {path}: {error.strerror or error}.") from None


def _camera_of(clips: Sequence[KeypointClip], start: int, stop: int) -> dict:
    """One camera for all: people of one shot share it, and shots do not overlap."""
    rotations, zoom, focal = [None] * (stop - start), [1.0] * (stop - start), None
    for camera in (clip.camera for clip in clips if clip.camera is not None):
        first = camera.frame_start - start
        rotations[first : first + len(camera)] = np.round(matrices_to_quaternions(camera.rotations), 9).tolist()
        zoom[first : first + len(camera)] = np.round(camera.zoom, 9).tolist()
        focal = camera.focal or focal
    return {"focal": focal, "rotations": rotations, "zoom": zoom}


def _named_from(folder: Path, video: Path) -> str:
    try:
        return Path(os.path.relpath(video, folder)).as_posix()
    except ValueError:  # another drive
        return video.as_posix()


def _frames(clip: KeypointClip, start: int, stop: int) -> list:
    rows = np.concatenate([np.round(clip.points, 3), np.round(clip.confidence, 6)[..., None]], axis=-1).tolist()
    frames = [
        [point if there else None for point, there in zip(row, present, strict=True)] if any(present) else None
        for row, present in zip(rows, clip.present.tolist(), strict=True)
    ]
    before = clip.frame_start - start
    return [None] * before + frames + [None] * (stop - start - before - len(frames))
