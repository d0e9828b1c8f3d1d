# SPDX-License-Identifier: GPL-3.0-or-later
"""A video where a clip of keypoints is expected: its people are detected on the way, once."""

from collections import OrderedDict
from contextlib import closing
from pathlib import Path

from ..keypoints.clip import KeypointClip
from ..keypoints.lens import Lens
from ..progress import Progress, silent
from .detect import Detected, detect
from .detectors import MEDIAPIPE, choose_detector
from .video_file import VideoFile

_KEPT = 4  # detections: further takes of a clip do not look at its video again
_known: OrderedDict[tuple, Detected] = OrderedDict()


def clip_of_video(
    path: Path, person: int | None = None, first_frame: int | None = None, last_frame: int | None = None,
    focal: float | None = None, progress: Progress = silent, moving: bool = True,
    lens: Lens | None = None,
) -> KeypointClip:  # fmt: skip
    """The keypoints of one person of a video, by MediaPipe: the one seen most, or ``person`` of the ``person + 1`` that
    are then looked for, numbered from the one seen most. moving: look how the camera turns, too. Raises UserError;
    Cancelled if ``progress`` does."""
    video = VideoFile(path)
    about = video.path.stat()
    people = 1 if person is None else person + 1
    key = (
        str(video.path.resolve()),
        about.st_size,
        about.st_mtime_ns,
        people,
        first_frame,
        last_frame,
        focal,
        moving,
        lens,
    )
    if key in _known:
        _known.move_to_end(key)
    else:
        with closing(choose_detector(MEDIAPIPE, people)) as detector:
            _known[key] = detect(
                video, detector, first_frame or 0, last_frame, progress, moving=moving, focal=focal, lens=lens
            )
        while len(_known) > _KEPT:
            _known.popitem(last=False)
    found = _known[key]
    return found.person(person or 0).with_warnings(*found.warnings)
