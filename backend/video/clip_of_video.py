# SPDX-License-Identifier: GPL-3.0-or-later
"""A video where a clip of keypoints is expected: its people are detected on the way, once."""

from collections import OrderedDict
from contextlib import closing
from pathlib import Path

from ..keypoints.clip import KeypointClip
from ..keypoints.lens import Lens
from ..progress import Progress, silent
from .detect import Detected, detect
from .detectors import DetectorChoice
from .video_file import VideoFile

_KEPT = 4  # detections: further takes of a clip do not look at its video again
_known: OrderedDict[tuple, Detected] = OrderedDict()


def clip_of_video(
    path: Path, person: int | None = None, first_frame: int | None = None, last_frame: int | None = None,
    focal: float | None = None, progress: Progress = silent, detector: DetectorChoice = DetectorChoice(),  # noqa: B008
    moving: bool = True, lens: Lens | None = None,
) -> KeypointClip:  # fmt: skip
    """The keypoints of one person of a video, or of an animal where the detector looks for such: the one seen most, or
    ``person`` of the ``person + 1`` that are then looked for, numbered from the one seen most. moving: look how the
    camera turns, too. Raises UserError; Cancelled if ``progress`` does."""
    people = 1 if person is None else person + 1
    found = people_of_video(path, people, first_frame, last_frame, focal, progress, detector, moving, lens)
    return found.person(person or 0).with_warnings(*found.warnings)


def people_of_video(
    path: Path, people: int, first_frame: int | None = None, last_frame: int | None = None,
    focal: float | None = None, progress: Progress = silent, detector: DetectorChoice = DetectorChoice(),  # noqa: B008
    moving: bool = True, lens: Lens | None = None,
) -> Detected:  # fmt: skip
    """The keypoints of up to so many people of a video, as `clip_of_video` finds one's."""
    video = VideoFile(path)
    about = video.path.stat()
    told = (first_frame, last_frame, focal, detector, moving, lens)
    key = (str(video.path.resolve()), about.st_size, about.st_mtime_ns, people, *told)
    if key in _known:
        _known.move_to_end(key)
    else:
        with closing(detector.make(people)) as looking:
            _known[key] = detect(
                video, looking, first_frame or 0, last_frame, progress, moving=moving, focal=focal, lens=lens
            )
        while len(_known) > _KEPT:
            _known.popitem(last=False)
    return _known[key]
