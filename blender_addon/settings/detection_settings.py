# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user sets for finding the keypoints of a video, kept in the scene: Scene.lift3d_detection."""

import bpy
from bpy.props import EnumProperty, IntProperty, IntVectorProperty, PointerProperty, StringProperty

from ..core.detector_options import ANIMAL, MEDIAPIPE, PERSON, box
from ..session import previewing
from . import chosen_clip

DETECTORS = (
    (MEDIAPIPE, "MediaPipe", "Comes with the backend, and finds people without any model file"),
    (PERSON, "Person Pose Model", "Your own model file for people: ONNX, RTMPose or ViTPose"),
    (ANIMAL, "Animal Pose Model", "Your own model file for quadrupeds: ONNX, with AP-10K's points"),
)  # fmt: skip
_PATHS = {"PATH_SUPPORTS_BLEND_RELATIVE"} if bpy.app.version >= (4, 5, 0) else set()


def _frame_changed(settings: "Lift3DDetection", context: bpy.types.Context) -> None:
    look(settings.id_data)


def _box_changed(settings: "Lift3DDetection", context: bpy.types.Context) -> None:
    """Show the box over the video's first frame, or over the first that is to be looked at."""
    lift = settings.id_data.lift3d
    video = chosen_clip.film(lift)
    if video and video == chosen_clip.clip_path(lift) and settings.box[2] > 0 and settings.box[3] > 0:
        previewing.look_at_box(video, lift.first_frame if lift.use_range else 0, box(settings.box))


def look(scene: bpy.types.Scene) -> None:
    """Have the frame shown that is set, if the scene's clip has a film; once what is being shown is there."""
    settings = scene.lift3d
    clip, film = chosen_clip.clip_path(settings), chosen_clip.film(settings)
    facts = chosen_clip.clip_facts(settings)
    if clip and film and facts and not facts.is_video:
        people = [] if settings.person < 0 else [settings.person]
        previewing.look(clip, film, scene.lift3d_detection.frame, people)


class Lift3DDetection(bpy.types.PropertyGroup):
    """What the user sets for finding the keypoints of a video."""

    detector: EnumProperty(
        name="Detector", description="What finds the keypoints in the video", items=DETECTORS, default=MEDIAPIPE
    )
    pose_model: StringProperty(
        name="Pose Model",
        description="The .onnx file of a top-down pose model: RTMPose, ViTPose, or one of animals",
        subtype="FILE_PATH",
        options=_PATHS,
    )
    box_model: StringProperty(
        name="Object Detector",
        description="The .onnx file of an object detector, which tells the pose model where to look: RTMDet, YOLOX or "
        "YOLOv8. Without one the subject is followed from a box in the first frame",
        subtype="FILE_PATH",
        options=_PATHS,
    )
    box: IntVectorProperty(
        name="Box",
        description="Where the subject is in the first frame, in pixels of the video: left, top, width and height",
        size=4,
        default=(0, 0, 0, 0),
        min=0,
        max=65_536,
        update=_box_changed,
    )
    people: IntProperty(
        name="People", description="How many to look for; each keeps a number, by which it is lifted", default=1, min=1,
        max=8,
    )  # fmt: skip
    frame: IntProperty(
        name="Frame",
        description="The frame that is shown with its keypoints, by the number that it has in the clip",
        default=0,
        min=0,
        max=1_000_000,
        update=_frame_changed,
    )


CLASSES = (Lift3DDetection,)


def register() -> None:
    """Give every scene its settings."""
    bpy.types.Scene.lift3d_detection = PointerProperty(
        name="Lift to 3D Detection", description="How keypoints are found in this scene's video", type=Lift3DDetection
    )


def unregister() -> None:
    """Take them away."""
    del bpy.types.Scene.lift3d_detection
