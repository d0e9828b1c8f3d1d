# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the keypoints of the chosen video before anything is lifted, cancel that, or go back to the video."""

import bpy

from .. import preferences, session
from ..core.detector_options import detector_options
from ..jobs import JobError
from ..session import detecting
from ..session.runs import CANCELLING
from ..settings import chosen_clip
from .refusal import refused


def why_not(context: bpy.types.Context) -> str:
    """Why no keypoints can be looked for now, as one sentence; "" when they can."""
    settings = context.scene.lift3d
    facts = chosen_clip.clip_facts(settings)
    if not preferences.backend_ready():
        return "The backend that finds keypoints is not set up: see Set Up Backend in this panel"
    if detecting.running():
        return "Keypoints are being found: wait for that or cancel it"
    if session.lift is not None and session.lift.under_way:
        return "A lift is running: wait for it or cancel it"
    if facts is None or not facts.is_video:
        return "Choose a video as the clip first"
    if facts.reason:
        return f"This video cannot be lifted: {facts.reason}"
    lacks = chosen_clip.lacking_detector(settings)
    return lacks[:1].upper() + lacks[1:]


class LIFT3D_OT_detect(bpy.types.Operator):
    """Find the keypoints in the video and write them to a file beside it, to look at before they are lifted"""

    bl_idname = "lift3d.detect"
    bl_label = "Detect Keypoints"

    @classmethod
    def poll(cls, context):
        reason = why_not(context)
        if reason:
            cls.poll_message_set(reason)
        return not reason

    def execute(self, context):
        scene = context.scene
        settings, how = scene.lift3d, scene.lift3d_detection
        options = {**detector_options(how, bpy.path.abspath), "people": how.people}
        if settings.use_range:
            options |= {"first_frame": settings.first_frame, "last_frame": settings.last_frame}
        if settings.know_focal:
            options["focal"] = settings.focal
        try:
            detecting.start(scene, chosen_clip.clip_path(settings), options)
        except JobError as error:
            return refused(self, error)
        return {"FINISHED"}


class LIFT3D_OT_cancel_detection(bpy.types.Operator):
    """Stop to look for keypoints. No file is written"""

    bl_idname = "lift3d.cancel_detection"
    bl_label = "Cancel"

    @classmethod
    def poll(cls, context):
        fit = detecting.running() and detecting.detection.state != CANCELLING
        if not fit:
            cls.poll_message_set("It is being cancelled" if detecting.running() else "No keypoints are being found")
        return fit

    def execute(self, context):
        detecting.cancel()
        return {"FINISHED"}


class LIFT3D_OT_detect_again(bpy.types.Operator):
    """Choose the video again in the place of its keypoints, to find these in another way"""

    bl_idname = "lift3d.detect_again"
    bl_label = "Back to the Video"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        settings = context.scene.lift3d
        film = chosen_clip.film(settings)
        if not film or film == chosen_clip.clip_path(settings):
            cls.poll_message_set("The chosen clip has no video")
            return False
        return True

    def execute(self, context):
        settings = context.scene.lift3d
        settings.clip = chosen_clip.film(settings)
        return {"FINISHED"}


CLASSES = (LIFT3D_OT_detect, LIFT3D_OT_cancel_detection, LIFT3D_OT_detect_again)
