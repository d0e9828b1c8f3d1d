# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user sets for a training: WindowManager.lift3d_training, since it belongs to no file."""

import bpy
from bpy.props import BoolProperty, EnumProperty, IntProperty, PointerProperty, StringProperty

from ..core.clip_folder import ClipFolder, look_at
from ..core.lift_options import LARGEST_SEED
from ..session import training
from .lift_settings import SUBJECTS

PRESETS = (
    ("tiny", "Try-out", "All stages in a minute or two, to see that training works here. Its model is of no use"),
    ("cpu", "Processor", "Some 85 minutes on two processor cores: how the bundled model was trained"),
    ("gpu", "Graphics Card", "A much larger model, for a graphics card. It has not been timed on one; on a processor "
     "it would take more than a week"),
)  # fmt: skip
FILMS = (
    ("many", "New Cameras", "Every draw films the moment with a new virtual camera: more variety"),
    ("single", "One Camera", "Each moment is filmed once and for good, as in the paper"),
)

# Blender keeps no reference to the strings of a dynamic enum: what was shown last has to stay alive here.
_shown: list[tuple[str, str, str, int]] = []
_looked: tuple[str, ClipFolder] | None = None


def made_up(settings: "Lift3DTraining") -> bool:
    """Whether the motion to learn from is made up by the backend, and no folder is needed."""
    return settings.subject == "CAT" and settings.procedural


def clips(settings: "Lift3DTraining") -> str:
    """The chosen folder's absolute path; "" when none is chosen or needed."""
    if made_up(settings):
        return ""
    return bpy.path.abspath(settings.clips) if settings.clips else ""


def found(settings: "Lift3DTraining") -> ClipFolder:
    """What the chosen folder holds; it is looked into when it is chosen, not at every drawing."""
    global _looked
    path = clips(settings)
    if _looked is None or _looked[0] != path:
        _looked = (path, look_at(path))
    return _looked[1]


def _forget(settings: "Lift3DTraining | None" = None, context: bpy.types.Context | None = None) -> None:
    global _looked
    _looked = None


def _run_items(settings: "Lift3DTraining", context: bpy.types.Context) -> list[tuple[str, str, str, int]]:
    _shown[:] = [
        (run.name, run.name, f"Training run on {run.source or 'made-up motion'}", number)
        for number, run in enumerate(training.runs())
    ] or [("NONE", "None", "No training was begun yet", 0)]
    return _shown


def _get_run(settings: "Lift3DTraining") -> int:
    run = training.find(settings.run_name)
    return training.runs().index(run) if run else 0


def _set_run(settings: "Lift3DTraining", number: int) -> None:
    runs = training.runs()
    settings.run_name = runs[number].name if 0 <= number < len(runs) else ""


class Lift3DTraining(bpy.types.PropertyGroup):
    """What the user sets for a training."""

    subject: EnumProperty(name="Subject", description="Whom the model is to lift", items=SUBJECTS)
    procedural: BoolProperty(
        name="Made-up Motion",
        description="Learn from motion that the backend makes up by the rules of gaits, in place of a folder of clips",
    )
    clips: StringProperty(
        name="Clips",
        description="Folder of clips to learn from: files of 2D keypoints or OpenPose folders, one for each clip, or "
        "motion capture (.npz), which virtual cameras film into 2D. It is told by content",
        subtype="DIR_PATH",
        update=_forget,
    )
    preset: EnumProperty(name="Size", description="How large the model is and how long it learns", items=PRESETS,
                         default="cpu")  # fmt: skip
    name: StringProperty(
        name="Name", description="Name of the model in the list of models; empty takes the name of the clips' folder"
    )
    film: EnumProperty(name="Cameras", description="How motion capture is filmed into 2D clips", items=FILMS)
    seed: IntProperty(
        name="Seed",
        description="Of all that is drawn by chance. The same clips, size and seed give the same model",
        default=0,
        min=0,
        max=LARGEST_SEED,
    )
    run_name: StringProperty(name="Run Name", description="The run that is shown; empty is the one begun last")
    run: EnumProperty(
        name="Run",
        description="The training run that is shown",
        items=_run_items,
        get=_get_run,
        set=_set_run,
    )


CLASSES = (Lift3DTraining,)


def register() -> None:
    """Give the window manager its settings."""
    bpy.types.WindowManager.lift3d_training = PointerProperty(
        name="Lift to 3D Training", description="What the training panel is set to", type=Lift3DTraining
    )


def unregister() -> None:
    """Take them away."""
    del bpy.types.WindowManager.lift3d_training
    _shown.clear()
    _forget()
