# SPDX-License-Identifier: GPL-3.0-or-later
"""A detection from file to file."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ..keypoints import KeypointError, write_keypoints
from ..progress import Progress, silent
from .detect import Watch, detect
from .detectors import MEDIAPIPE, DetectorChoice
from .live_picture import LivePicture
from .pose import Pose
from .preview import PreviewVideo
from .video_file import Frame, VideoFile


@dataclass(frozen=True)
class DetectOptions:
    """detector: a name of `detectors`. people: how many to look for; person: the one to write, None: all. first_frame
    and last_frame, both included. boxes: an ONNX object detector; box (left, top, right, bottom): where the subject is
    in the first frame. preview: a video to write with what was found. moving: look how the camera turns; focal: its
    focal length in pixels, where known. subject: who is looked for, human or cat. picture: an .npy file to show now
    and then what is being found, see `live_picture`."""

    detector: str = MEDIAPIPE
    people: int = 1
    person: int | None = None
    first_frame: int = 0
    last_frame: int | None = None
    boxes: Path | None = None
    box: tuple[float, float, float, float] | None = None
    preview: Path | None = None
    moving: bool = True
    focal: float | None = None
    subject: str = "human"
    picture: Path | None = None


@dataclass(frozen=True)
class DetectResult:
    path: str
    people: int
    frames: int
    fps: float
    seconds: float
    warnings: tuple[str, ...]


def detect_file(
    video_path: Path, output: Path, options: DetectOptions, progress: Progress = silent,
    shown: Callable[[int], None] = lambda frame: None,
) -> DetectResult:  # fmt: skip
    """Detect the people of a video into a keypoint file. Raises UserError; Cancelled if ``progress`` does.

    shown: is told the number of the frame that the picture shows, each time. Whatever happens, the output is whole or
    what it was before.
    """
    output = Path(output)
    if output.suffix.lower() != ".json" or not output.absolute().parent.is_dir():
        raise KeypointError(f"expected a file to write keypoints to, .json in a folder that exists, got {output}")
    progress("Opening the video", 0, 1)
    video = VideoFile(video_path)
    began = time.monotonic()
    with ExitStack() as held:
        chosen = DetectorChoice(options.detector, options.boxes, options.box, options.subject)
        detector = chosen.make(options.people)
        held.callback(detector.close)
        watches: list[Watch] = []
        if options.preview is not None:
            watches.append(held.enter_context(PreviewVideo(options.preview, video, detector.layout)).add)
        if options.picture is not None:
            watches.append(LivePicture(options.picture, detector.layout, shown).add)
        found = detect(
            video, detector, options.first_frame, options.last_frame, progress, partial(_tell, watches),
            options.moving, options.focal,
        )  # fmt: skip
    clips = found.clips if options.person is None else [found.person(options.person)]
    write_keypoints(clips, output, video.path, found.cuts)
    return DetectResult(
        str(output), len(clips), found.frames, video.fps, round(time.monotonic() - began, 2), found.warnings
    )


def _tell(watches: list[Watch], frame: Frame, poses: list[Pose]) -> None:
    for watch in watches:
        watch(frame, poses)
