# SPDX-License-Identifier: GPL-3.0-or-later
"""A lift from file to file, and what can go wrong around it: a GPU that fails, a disk without room."""

import gc
import re
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import torch

from ..keypoints import KeypointClip, read_keypoints
from ..keypoints.camera_file import FilmCamera, read_camera
from ..keypoints.point_map import read_map
from ..memory import out_of_memory
from ..progress import Progress, silent
from ..subjects import subject_of_layout
from ..video.endings import is_video
from ..whole_file import disk_full
from .lift import lift_keypoints
from .models import LiftModels, load_models
from .motion_file import Motion, claim, unwritable, write_motion
from .options import LiftOptions, LiftResult, check_options

Lifted = TypeVar("Lifted")
_GPU_WORDS = re.compile(r"(?<![a-z])(cuda|cudnn|cublas|cusolver|hip error|mps|metal)(?![a-z])", re.IGNORECASE)


def lift_file(clip_path: Path, output: Path, options: LiftOptions, progress: Progress = silent) -> LiftResult:
    """Lift a keypoint file, or a video, into a motion file. Raises UserError; Cancelled if ``progress`` does.

    Where a GPU fails or has too little memory the processor does the work, with a warning. Whatever happens, the
    output is the whole motion or what it was before.
    """
    progress("Reading keypoints", 0, 1)
    check_options(options)
    output = Path(output)
    claim(output)
    try:
        clip = _read(Path(clip_path), options, progress)
        progress("Loading models", 0, 1)
        subject = subject_of_layout(clip.layout).name
        motion, models, seconds, note = on_a_device(
            options, subject, lambda models: lift_keypoints(clip, options, models, progress=progress), progress
        )
        motion = replace(motion, warnings=(*motion.warnings, *note))
        write_with_body(motion, models, output)
    except OSError as error:
        if not disk_full(error):
            raise
        raise unwritable(output, error) from None
    return told_of(motion, models, output, seconds, clip)


def told_of(motion: Motion, models: LiftModels, output: Path, seconds: float, clip: KeypointClip) -> LiftResult:
    """What is told of a motion that was made of a clip."""
    stature = models.body.stature(torch.as_tensor(motion.betas, device=models.device))
    return LiftResult(
        str(output), len(motion.poses), motion.fps, round(seconds, 2), round(motion.reprojection_error(), 2),
        round(float(clip.confidence.mean()), 3), motion.focal_source, motion.warnings, motion.frame_start,
        motion.person, motion.seed, round(float((motion.confidence == 0).mean()), 4), round(float(stature), 3),
        str(models.device), motion.model,
    )  # fmt: skip


def _read(path: Path, options: LiftOptions, progress: Progress) -> KeypointClip:
    """The clip to lift, out of a keypoint file or found in a video, as the camera that the user gives has filmed it."""
    camera = read_camera(options.camera) if options.camera else None
    clip = _as_it_is(path, options, camera, progress)
    return camera.of(clip) if camera else clip


def how_to_look(options: LiftOptions, camera: FilmCamera | None) -> dict[str, Any]:
    """What `clip_of_video` and `people_of_video` are told beside whom to look for: frames, lens, detector."""
    from ..video.detectors import DetectorChoice  # most lifts need no OpenCV

    boxes = Path(options.boxes) if options.boxes else None
    return {
        "first_frame": options.first_frame, "last_frame": options.last_frame,
        "focal": options.focal or (camera and camera.usual_focal),
        "detector": DetectorChoice(options.detector, boxes, options.box, options.subject or "human"),
        "moving": not (camera and camera.tells_motion), "lens": camera and camera.lens,
    }  # fmt: skip


def _as_it_is(path: Path, options: LiftOptions, camera: FilmCamera | None, progress: Progress) -> KeypointClip:
    if is_video(path):
        from ..video.clip_of_video import clip_of_video  # most lifts need no OpenCV

        return clip_of_video(path, options.person, progress=progress, **how_to_look(options, camera))
    return read_keypoints(
        path, person=options.person, fps=options.fps, image_size=options.image_size,
        first_frame=options.first_frame, last_frame=options.last_frame,
        mapping=read_map(options.keypoint_map) if options.keypoint_map else None,
    )  # fmt: skip


def on_a_device(
    options: LiftOptions, subject: str, lift: Callable[[LiftModels], Lifted], progress: Progress
) -> tuple[Lifted, LiftModels, float, tuple[str, ...]]:
    """What ``lift`` makes, the models that it was given, the seconds it took and what to say of the device: on the CPU
    where a GPU is not up to it."""
    models = load_models(options, subject)
    try:
        began = time.monotonic()
        made = lift(models.load())
        return made, models, time.monotonic() - began, ()
    except Exception as error:
        reason = _why_not_there(error, models.device)
        if not reason:
            raise
        print("".join(traceback.format_exception(error)), file=sys.stderr)
    finally:
        _give_back(models.device)
    # Not inside the except clause: the error would hold what was on the GPU. The GPU's models stay there for the next.
    progress("Loading models", 0, 1)
    models = load_models(replace(options, device="cpu"), subject).load()
    began = time.monotonic()
    made = lift(models)
    return made, models, time.monotonic() - began, (f"{reason}: this was lifted on the processor instead",)


def _why_not_there(error: Exception, device: torch.device) -> str:
    """Why a device cannot do a lift that the processor can; "" for an error that is not the device's."""
    if device.type == "cpu":
        return ""
    if out_of_memory(error):
        return f"the memory of the GPU ({device}) did not suffice"
    words = (str(error).strip().splitlines() or [""])[0]
    # A build without this GPU's code, a driver that does not fit, an operation or number type that Apple's GPU lacks.
    if isinstance(error, RuntimeError | TypeError) and _GPU_WORDS.search(words):
        return f"the GPU ({device}) failed ({words[:120]})"
    return ""


def _give_back(device: torch.device) -> None:
    """Hand the GPU memory that torch keeps for later back to the system: Blender draws and renders with it."""
    if device.type == "cpu":
        return
    gc.collect()
    try:
        torch.cuda.empty_cache() if device.type == "cuda" else torch.mps.empty_cache()
    except RuntimeError:
        pass  # it has failed for good, and says so again


def write_with_body(motion: Motion, models: LiftModels, output: Path) -> None:
    """Write the motion and, for a body that the user has, that body beside it."""
    if models.body_path is None:
        write_motion(motion, output)
        return
    body_file = output.with_suffix(".body.npz")  # the add-on reads no pickles: it gets the body in the clean form
    new = not body_file.exists()
    try:
        models.body.write_npz(body_file)
        write_motion(replace(motion, body_file=body_file.name), output)
    except BaseException:
        if new:
            body_file.unlink(missing_ok=True)
        raise
