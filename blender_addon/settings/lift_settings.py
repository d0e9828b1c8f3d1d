# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user sets for a lift, kept in the scene: Scene.lift3d."""

from typing import Any

import bpy
from bpy.props import (
    BoolProperty,
    EnumProperty,
    FloatProperty,
    FloatVectorProperty,
    IntProperty,
    IntVectorProperty,
    PointerProperty,
    StringProperty,
)

from ..core import lift_options as options_of
from ..core.box import LARGEST, SMALLEST
from ..core.detector_options import detector_options
from ..core.models import Model
from ..core.subject_words import no_model
from ..session import film_camera, models_at_hand
from .chosen_clip import clip_facts, forget, read_clip, subject

SUBJECTS = (
    ("HUMAN", "Human", "A person: the body is SMPL's skeleton of 24 joints with an open body on it"),
    (
        "CAT",
        "Cat",
        "A cat or an animal built like one: the body is SMAL's skeleton of 35 joints with an open body on it",
    ),
    (
        "HUMAN_BOX",
        "Human with a Box",
        "A person who handles a box whose corners are marked: a person's body, and a box with a bone of its own",
    ),
)
QUALITIES = (
    (options_of.DRAFT, "Draft", "One quick guess: to see whether clip and settings are right"),
    (options_of.NORMAL, "Normal", "What suits most clips"),
    (options_of.BEST, "Best", "The average of more guesses, each made in more steps: closer, at three times the work"),
)
CAMERA_MOTIONS = (
    (film_camera.FOUND, "Found in the Clip", "At rest, or as the background of a video shows it to turn and zoom"),
    (film_camera.SOLVE, "Solved", "As the Movie Clip's solve has it, and the camera that follows that in the scene"),
    (film_camera.SCENE, "Scene Camera", "As the scene's camera stands or moves: matched, tracked or keyed to the film"),
)
# Paths relative to the .blend: Blender 4.5 and later want to be told that we understand them.
_RELATIVE = {"PATH_SUPPORTS_BLEND_RELATIVE"} if bpy.app.version >= (4, 5, 0) else set()

# Blender keeps no reference to the strings of a dynamic enum: what was shown last has to stay alive here.
_shown: dict[str, list[tuple[str, str, str, int]]] = {}


def lift_options(settings: "Lift3DSettings") -> dict[str, Any]:
    """The options of a lift request (core.lift_options) with the chosen model and, for a video, the detector; the
    device is added by the session."""
    options = options_of.lift_options(settings, models_at_hand.option(settings.model_name, subject(settings)))
    facts = clip_facts(settings)
    if facts is not None and facts.is_video:
        options |= detector_options(settings.id_data.lift3d_detection, bpy.path.abspath)
    return options


def _clip_changed(settings: "Lift3DSettings", context: bpy.types.Context) -> None:
    """Another clip: what was said of the last one's people, frames, file and camera does not hold for it."""
    of_person = ("chosen_subject", "person", "all_people", "use_range")
    for name in (*of_person, "know_fps", "know_image_size", "movie_clip", "camera_motion"):
        settings.property_unset(name)
    if settings.is_sample:
        for name in ("is_sample", "know_focal", "focal"):
            settings.property_unset(name)
    read_clip(settings)


def _told_changed(settings: "Lift3DSettings", context: bpy.types.Context) -> None:
    read_clip(settings)


def _get_subject(settings: "Lift3DSettings") -> int:
    return next((n for n, item in enumerate(SUBJECTS) if item[0].lower() == subject(settings)), 0)


def _set_subject(settings: "Lift3DSettings", number: int) -> None:
    settings.chosen_subject = SUBJECTS[number][0].lower()


def _person_items(settings: "Lift3DSettings", context: bpy.types.Context) -> list[tuple[str, str, str, int]]:
    facts = clip_facts(settings)
    what = facts.what if facts else "person"
    most = f"Seen most: {what} {facts.chosen}" if facts else "The one seen most"
    items = [("MOST_SEEN", most, f"The {what} that the clip shows in most frames", 0)]
    for person in facts.people if facts else ():
        items.append((str(person.index), person.label, person.reason or person.gaps, person.index + 1))
    _shown["person"] = items
    return items


def _get_person(settings: "Lift3DSettings") -> int:
    facts = clip_facts(settings)
    known = {person.index for person in facts.people} if facts else set()
    return settings.person + 1 if settings.person in known else 0


def _set_person(settings: "Lift3DSettings", number: int) -> None:
    settings.person = number - 1


def _model_items(settings: "Lift3DSettings", context: bpy.types.Context) -> list[tuple[str, str, str, int]]:
    found, whom = models_at_hand.models(subject(settings)), no_model(subject(settings))
    items = [(model.name, model.name, _tooltip(model), number) for number, model in enumerate(found)]
    _shown["model"] = items or [("NONE", "No model", whom[0].upper() + whom[1:], 0)]
    return _shown["model"]


def _tooltip(model: Model) -> str:
    text = f"{model.megabytes:g} MB. {model.description}"
    return text if len(text) <= 300 else text[:300].rsplit(" ", 1)[0] + " …"


def _get_model(settings: "Lift3DSettings") -> int:
    names = [model.name for model in models_at_hand.models(subject(settings))]
    return names.index(settings.model_name) if settings.model_name in names else 0


def _set_model(settings: "Lift3DSettings", number: int) -> None:
    found = models_at_hand.models(subject(settings))
    settings.model_name = found[number].name if 0 <= number < len(found) else ""


def _use_range_changed(settings: "Lift3DSettings", context: bpy.types.Context) -> None:
    facts = clip_facts(settings)
    if not (settings.use_range and facts):
        return
    if not facts.first_frame <= settings.first_frame < settings.last_frame <= facts.last_frame:
        settings.last_frame = facts.last_frame
        settings.first_frame = facts.first_frame


def _first_changed(settings: "Lift3DSettings", context: bpy.types.Context) -> None:
    if settings.last_frame < settings.first_frame:
        settings.last_frame = settings.first_frame


def _last_changed(settings: "Lift3DSettings", context: bpy.types.Context) -> None:
    if settings.first_frame > settings.last_frame:
        settings.first_frame = settings.last_frame


class Lift3DSettings(bpy.types.PropertyGroup):
    """What the user sets for a lift."""

    clip: StringProperty(
        name="Clip",
        description="The clip to lift: a video, a file of 2D keypoints (.json or .npz) or a folder of OpenPose files, "
        "one for each frame. Formats of keypoints are recognised by their content",
        options=_RELATIVE,
        update=_clip_changed,
    )
    footage: StringProperty(
        name="Footage",
        description="The film that the keypoints were made from, a video file or the first picture of a sequence. It "
        "is shown behind the character in the camera view; the lift itself does not need it",
        subtype="FILE_PATH",
        options=_RELATIVE,
    )
    subject: EnumProperty(
        name="Subject",
        description="What moves in the clip, and so which body it gets and which models can lift it. It is taken from "
        "the clip until you choose",
        items=SUBJECTS,
        get=_get_subject,
        set=_set_subject,
    )
    chosen_subject: StringProperty(
        options={"HIDDEN"}, name="Chosen Subject", description="The subject that the user chose; empty takes the clip's"
    )
    person: IntProperty(
        name="Person Number",
        description="Number of the person to lift as the clip counts them; -1 is the one seen most",
        default=options_of.MOST_SEEN,
        min=options_of.MOST_SEEN,
    )
    person_choice: EnumProperty(
        name="Person",
        description="Which of the people in the clip is lifted. Lift the clip again for another one",
        items=_person_items,
        get=_get_person,
        set=_set_person,
    )
    all_people: BoolProperty(
        name="All People",
        description="Lift everybody in the clip together: one world, one floor and the one camera that filmed them, "
        "and a character for each",
    )
    people: IntProperty(
        name="People to Look For",
        description="How many people are looked for in the video, at most",
        default=2,
        min=1,
        max=8,
    )
    use_range: BoolProperty(
        name="Part of the Clip",
        description="Lift only some of the clip's frames, to leave out a beginning or end that is of no use",
        update=_use_range_changed,
    )
    first_frame: IntProperty(
        name="First Frame",
        description="First frame to lift, by the number that it has in the clip",
        default=1,
        min=0,
        max=1_000_000,
        update=_first_changed,
    )
    last_frame: IntProperty(
        name="Last Frame",
        description="Last frame to lift, by the number that it has in the clip. At least 15 frames are needed",
        default=120,
        min=0,
        max=1_000_000,
        update=_last_changed,
    )
    know_fps: BoolProperty(
        name="Frame Rate Known",
        description="Use this frame rate in place of what the clip's file says. Needed where the file does not say it: "
        "the motion is too fast or too slow otherwise",
        update=_told_changed,
    )
    fps: FloatProperty(
        name="Frame Rate",
        description="Frames a second of the film that the keypoints were made from",
        default=30.0,
        min=1.0,
        max=1000.0,
        soft_min=10.0,
        soft_max=240.0,
        step=100,
        precision=3,
        update=_told_changed,
    )
    know_image_size: BoolProperty(
        name="Image Size Known",
        description="Use this image size in place of what the clip's file says. Where the file does not say it, the "
        "size is guessed from the keypoints, and the camera with it",
        update=_told_changed,
    )
    image_size: IntVectorProperty(
        name="Image Size",
        description="Width and height in pixels of the film that the keypoints were made from",
        size=2,
        default=(1920, 1080),
        min=16,
        max=65_536,
        update=_told_changed,
    )
    is_sample: BoolProperty(
        options={"HIDDEN"}, name="Sample Clip", description="The focal length is the sample clip's own"
    )
    know_focal: BoolProperty(
        name="Focal Length Known",
        description="Use the focal length of the camera that filmed the clip. A usual field of view is assumed "
        "otherwise, and the depth of the motion suffers if the camera was far from usual",
    )
    focal: FloatProperty(
        name="Focal Length",
        description="The camera's focal length in pixels of the film: width in pixels times the lens in mm, divided "
        "by the width of the sensor in mm",
        default=1400.0,
        min=10.0,
        max=100_000.0,
        soft_min=200.0,
        soft_max=10_000.0,
        step=1000,
        precision=0,
        subtype="PIXEL",
    )
    movie_clip: PointerProperty(
        name="Movie Clip",
        description="Blender's own clip of the film: its lens (focal length, centre and distortion, as its tracking "
        "camera has them) is that of the lift, and it stands behind the character without its distortion",
        type=bpy.types.MovieClip,
    )
    camera_motion: EnumProperty(
        name="Camera Motion",
        description="How the camera that filmed the clip moved",
        items=CAMERA_MOTIONS,
        default=film_camera.FOUND,
    )
    in_scene: BoolProperty(
        name="Stand in This Scene",
        description="The scene's floor is at height 0 and its unit is the metre, as Set Floor and Set Scale leave it: "
        "the character stands on that floor, where this camera sees it, at the size that fits unless a height is "
        "given. Else only how the camera turns and zooms is taken, and the motion has a floor of its own",
        default=True,
    )
    know_height: BoolProperty(
        name="Height Known",
        description="Use the person's standing height. One camera cannot see how large somebody is: without it an "
        "average adult is assumed, and the whole motion has that scale",
    )
    height: FloatProperty(
        name="Height",
        description="Standing height, from the floor to the top of the head. It sets the scale of the motion",
        default=1.7,
        min=0.4,
        max=2.6,
        soft_min=1.2,
        soft_max=2.1,
        step=1,
        precision=2,
        unit="LENGTH",
    )
    know_box_size: BoolProperty(
        name="Box Size Known",
        description="Use the size of the box. Without it the size is estimated beside the person's, and the "
        "character's facts say so",
    )
    box_size: FloatVectorProperty(
        name="Box Size",
        description="Edges of the box: X from its marked corner 1 to 2, Y from 1 to 4, Z from 1 to 5",
        size=3,
        default=(0.4, 0.3, 0.3),
        min=SMALLEST,
        max=LARGEST,
        soft_max=2.0,
        step=1,
        precision=2,
        subtype="XYZ_LENGTH",
        unit="LENGTH",
    )
    know_withers: BoolProperty(
        name="Withers Height Known",
        description="Use the animal's height. One camera cannot see how large it is: without this it is taken to be "
        "as large as the body, and the whole motion has that scale",
    )
    withers: FloatProperty(
        name="Withers Height",
        description="Height of the withers, the back over the shoulder blades, from the floor when the animal stands. "
        "It sets the scale of the motion",
        default=0.26,
        min=0.05,
        max=2.5,
        soft_min=0.15,
        soft_max=1.0,
        step=1,
        precision=2,
        unit="LENGTH",
    )
    model_name: StringProperty(
        name="Model Name", description="Name of the chosen model; empty is the one that comes with the extension"
    )
    model: EnumProperty(
        name="Model",
        description="The trained network that turns the keypoints into a motion. Models that you train appear here",
        items=_model_items,
        get=_get_model,
        set=_set_model,
    )
    quality: EnumProperty(
        name="Quality",
        description="How much work goes into the lift",
        items=QUALITIES,
        default=options_of.NORMAL,
    )
    seed: IntProperty(
        name="Seed",
        description="What is hidden from the camera has to be guessed: another seed guesses differently and gives "
        "another take. The same seed gives the same motion again",
        default=0,
        min=0,
        max=options_of.LARGEST_SEED,
    )
    show_keypoints: BoolProperty(
        name="Keypoints in Camera View",
        description="Draw the clip's 2D keypoints over the picture when looking through the character's camera, to "
        "judge how well the motion fits",
    )


CLASSES = (Lift3DSettings,)


def register() -> None:
    """Give every scene its settings."""
    bpy.types.Scene.lift3d = PointerProperty(
        name="Lift to 3D", description="What the Lift to 3D panel is set to in this scene", type=Lift3DSettings
    )


def unregister() -> None:
    """Take them away, and what was kept for drawing."""
    del bpy.types.Scene.lift3d
    _shown.clear()
    forget()
    models_at_hand.refresh()
