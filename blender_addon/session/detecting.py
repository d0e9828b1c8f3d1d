# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the keypoints of a video, by itself: the clip file that comes of it is then the one to look at and to lift."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy

from .. import folders, session
from ..jobs import JobError
from ..jobs import problem as problems
from ..jobs.job import DONE, FAILED, RUNNING, Job
from . import previewing, pulse, workers
from .runs import CANCELLING

_ENDING = "_lift3d"


@dataclass
class Detection:
    """One under way, or the last one. scene, file_generation: whom it is for, as in runs.LiftRun."""

    job: Job
    video: str
    clip: Path
    picture: Path
    scene: int
    file_generation: int
    state: str = RUNNING

    @property
    def under_way(self) -> bool:
        return self.state in (RUNNING, CANCELLING)


detection: Detection | None = None


def running() -> bool:
    return detection is not None and detection.under_way


def start(scene: bpy.types.Scene, video: str, options: dict[str, Any]) -> None:
    """Find the keypoints of a video with these options of the backend's. Raises JobError."""
    global detection
    if running():
        raise JobError("keypoints are being found: wait for that or cancel it")
    clip, picture = _new_clip(Path(video)), previewing.picture_path("detection")
    session.dismiss()
    options = {**options, "picture": str(picture)}
    job = workers.supervisor().request("detect", _ended, _heard, video=video, output=str(clip), options=options)
    detection = Detection(job, video, clip, picture, scene.session_uid, session.file_generation)
    pulse.tag_redraw()


def cancel() -> None:
    """Begin to cancel the one under way; once is enough."""
    if detection is not None and detection.state == RUNNING:
        detection.state = CANCELLING
        workers.supervisor().cancel(detection.job)
        pulse.tag_redraw()


def forget() -> None:
    global detection
    detection = None


def _new_clip(video: Path) -> Path:
    """A file of no name that is taken: beside the video or, where nothing can be written, among the user's files.
    Raises JobError."""
    for place in (lambda: video.parent, lambda: folders.user_folder(folders.CLIPS)):
        try:
            folder, count = place(), 1
            path = folder / f"{video.stem}{_ENDING}.json"
            while path.exists():
                count += 1
                path = folder / f"{video.stem}{_ENDING}_{count}.json"
            path.touch(exist_ok=False)  # whether it can be written, told before the work
            path.unlink()
            return path
        except OSError as error:
            problem = error
    raise JobError(f"no keypoint file can be written for {video.name}: {problem.strerror or problem}")


def _heard(job: Job, event: dict[str, Any]) -> None:
    if detection is not None and detection.job is job and event.get("event") == "picture":
        previewing.show(detection.picture, detection.video, int(event.get("frame", 0)))


def _ended(job: Job) -> None:
    run = detection
    if run is None or run.job is not job:
        return
    late = job.state == DONE and run.state == CANCELLING
    run.state = "cancelled" if late else job.state
    if late:
        run.clip.unlink(missing_ok=True)
    elif job.state == FAILED:
        session.show_problem(problems.of_job(job))
    elif job.state == DONE:
        _take(run)
    pulse.tag_redraw()


def _take(run: Detection) -> None:
    """Let the clip be the one that is chosen, where the video still is; its settings see to the rest."""
    scene = next((each for each in bpy.data.scenes if each.session_uid == run.scene), None)
    if scene is None or run.file_generation != session.file_generation:
        return
    settings = scene.lift3d
    if settings.clip and bpy.path.abspath(settings.clip) == run.video:
        settings.clip = str(run.clip)
        settings.footage = run.video
