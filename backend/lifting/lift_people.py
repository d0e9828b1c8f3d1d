# SPDX-License-Identifier: GPL-3.0-or-later
"""Everybody in a file, lifted together, to a motion file each."""

from dataclasses import replace
from pathlib import Path

from ..keypoints import KeypointClip
from ..keypoints.camera_file import FilmCamera, read_camera
from ..keypoints.description import MOST_MISSING
from ..keypoints.point_map import read_map
from ..keypoints.reading import read_people
from ..progress import Progress, silent
from ..subjects import subject_of_layout
from ..video.endings import is_video
from ..whole_file import disk_full
from .lift_file import how_to_look, on_a_device, told_of, write_with_body
from .models import LiftModels
from .motion_file import Motion, MotionError, claim, unwritable
from .options import MOST_PEOPLE, LiftOptions, LiftResult, check_options
from .together import lift_together


def lift_people(clip_path: Path, output: Path, options: LiftOptions, progress: Progress = silent) -> list[LiftResult]:
    """Lift everybody in a keypoint file, or in a video, into one motion file a person; in the order of their numbers.

    output: OUT.npz, for OUT_0.npz, OUT_1.npz and so on, by the numbers of the people; or a folder, in which they are
    named after the clip. People of one shot share world, camera and floor. Raises UserError; Cancelled if ``progress``
    does. Whatever happens, no output is half a motion.
    """
    progress("Reading keypoints", 0, 1)
    check_options(options)
    path, output = Path(clip_path), Path(output)
    if output.is_dir():
        output = output / f"{path.stem or path.name}.npz"
    claim(output)
    try:
        clips, cuts = _read(path, options, progress)
        clips, notes = _those_to_lift(clips)
        outputs = [output.with_name(f"{output.stem}_{clip.person}.npz") for clip in clips]
        for each in outputs:
            claim(each)
        progress("Loading models", 0, 1)
        made, models, seconds, note = on_a_device(
            options, subject_of_layout(clips[0].layout).name,
            lambda models: _lifted(clips, cuts, options, models, progress), progress,
        )  # fmt: skip
        made = [replace(motion, warnings=(*motion.warnings, *notes, *note)) for motion in made]
        for motion, each in zip(made, outputs, strict=True):
            write_with_body(motion, models, each)
    except OSError as error:
        if not disk_full(error):
            raise
        raise unwritable(output, error) from None
    share = seconds / len(made)
    return [told_of(motion, models, each, share, clip) for motion, each, clip in zip(made, outputs, clips, strict=True)]


def _read(path: Path, options: LiftOptions, progress: Progress) -> tuple[list[KeypointClip], tuple[int, ...]]:
    """The clips of everybody, as the camera that the user gives has filmed them, and the frames at which another shot
    begins."""
    camera = read_camera(options.camera) if options.camera else None
    clips, cuts = _as_they_are(path, options, camera, progress)
    if camera is not None:
        clips = [camera.of(clip) for clip in clips]
    if any(clip.camera and clip.camera.path for clip in clips):
        raise MotionError("people are put into a solved scene one by one: choose one, or leave out the scene's floor")
    return clips, cuts


def _as_they_are(
    path: Path, options: LiftOptions, camera: FilmCamera | None, progress: Progress
) -> tuple[list[KeypointClip], tuple[int, ...]]:
    if is_video(path):
        from ..video.clip_of_video import people_of_video  # most lifts need no OpenCV

        found = people_of_video(path, options.people, progress=progress, **how_to_look(options, camera))
        return [found.clips[0].with_warnings(*found.warnings), *found.clips[1:]], found.cuts
    mapping = read_map(options.keypoint_map) if options.keypoint_map else None
    return read_people(
        path, options.fps, options.image_size, options.first_frame, options.last_frame, mapping
    )  # fmt: skip


def _those_to_lift(clips: list[KeypointClip]) -> tuple[list[KeypointClip], tuple[str, ...]]:
    """Those of the people who are seen enough, at most `MOST_PEOPLE`, and what to say of the others."""
    seen = [clip for clip in clips if 1 - clip.present.mean() <= MOST_MISSING]
    if not seen:
        raise MotionError(f"{len(clips)} people are in the clip, and too little of any of them to be lifted")
    seen.sort(key=lambda clip: -int(clip.present.any(1).sum()))
    kept = sorted(seen[:MOST_PEOPLE], key=lambda clip: clip.person)
    numbers = {clip.person for clip in kept}
    left = [clip.person for clip in clips if clip.person not in numbers]
    if not left:
        return kept, ()
    words = ", ".join(map(str, left[:6])) + (" ..." if len(left) > 6 else "")
    return kept, (f"not lifted, since others are seen more or too little of them is: person {words}",)


def _lifted(
    clips: list[KeypointClip], cuts: tuple[int, ...], options: LiftOptions, models: LiftModels, progress: Progress
) -> list[Motion]:
    """Everybody's motion, those of each shot together."""
    motions: dict[int, Motion] = {}
    for shot in shots(clips, cuts):
        heights = options.height
        if isinstance(heights, tuple):
            given = dict(enumerate(heights))
            heights = tuple(given.get(clip.person) for clip in shot)
        for motion in lift_together(shot, replace(options, height=heights), models, progress=progress):
            motions[motion.person] = motion
    return [motions[clip.person] for clip in clips]


def shots(clips: list[KeypointClip], cuts: tuple[int, ...]) -> list[list[KeypointClip]]:
    """The people of each shot. cuts: the frames at which another begins."""
    found: dict[int, list[KeypointClip]] = {}
    for clip in clips:
        found.setdefault(sum(cut <= clip.frame_start for cut in cuts), []).append(clip)
    return [found[number] for number in sorted(found)]
