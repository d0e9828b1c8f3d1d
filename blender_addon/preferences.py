# SPDX-License-Identifier: GPL-3.0-or-later
"""The extension's preferences, and what follows from them: which Python runs the backend, on what, where motions go.

The functions ask no process. Panels take what `standing` has seen, which looks at the disk once a second.
"""

import functools
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import bpy
from bpy.props import EnumProperty, StringProperty

from . import folders
from .jobs import JobError, backend_folder, requirements
from .jobs.backend_folder import ABSENT, BROKEN, Contents
from .jobs.environment import VARIABLE
from .jobs.problem import CHOOSE_PYTHON, REPAIR, SET_UP

_BUILDS = (
    ("CPU", "Processor", "For any computer; also for a Mac's graphics. The smaller download"),
    ("CUDA", "NVIDIA Graphics Card", "For NVIDIA cards since the GeForce 16 and 20 series, with driver 580 or newer"),
)
_DEVICES = (
    ("AUTO", "Best There Is", "The graphics card if the backend can use it, else the processor"),
    ("CPU", "Processor", "Slower, and needs no graphics card's memory"),
    ("CUDA", "NVIDIA Graphics Card", "Needs torch for NVIDIA cards in the backend"),
    ("MPS", "Apple Graphics", "The graphics of Apple's own processors"),
)
LOOK_EVERY = 1.0  # seconds between two looks at what there is on disk

watchers: list[Callable[[], None]] = []  # called when the user has chosen another backend
_stands: tuple[float, "Standing"] | None = None  # when it was looked at, and what was seen


@dataclass(frozen=True)
class Standing:
    """What there is of the backend. chosen: the existing Python that the user named, or "". state: of the environment
    set up here. python: the one to run the backend with; "" where there is none, and then `error` says why."""

    chosen: str
    state: str
    python: str
    error: JobError | None


def look_again() -> None:
    """Something has changed what the backend is: look at the disk again when next asked."""
    global _stands
    _stands = None


def _changed(found: "Lift3DPreferences", context: bpy.types.Context) -> None:
    look_again()
    for tell in watchers:
        tell()


class Lift3DPreferences(bpy.types.AddonPreferences):
    """Where the backend is and what it runs on; the panel Backend in the sidebar sets it up too."""

    bl_idname = folders.ROOT

    python: StringProperty(
        name="Existing Python",
        description="Interpreter, or folder, of an environment that has the backend's packages already. "
        "Empty: the environment that is set up here",
        subtype="FILE_PATH",
        update=_changed,
    )
    base_python: StringProperty(
        name="Python to Set Up With",
        description="A Python 3.11 that the backend's environment is made with. "
        "Empty: Blender's own, or the system's where Blender has another version",
        subtype="FILE_PATH",
    )
    torch_build: EnumProperty(
        name="PyTorch for",
        description="What the backend that is set up here can compute on",
        items=_BUILDS,
        update=_changed,
    )
    package_index: StringProperty(
        name="PyTorch's Index",
        description="Address of a package index to take PyTorch from in place of its own, for instance "
        f"{requirements.TORCH_INDEX}cu126 for older NVIDIA cards. Empty: PyTorch's own",
        update=_changed,
    )
    device: EnumProperty(name="Device", description="What lifting and training run on", items=_DEVICES)
    motions_folder: StringProperty(
        name="Motions Folder",
        description="Folder for the motion files of lifts. Empty: among the user's files of this extension",
        subtype="DIR_PATH",
    )

    catalogue: StringProperty(
        name="Model Catalogue",
        description="A JSON file that lists models which find keypoints: your studio's, say. Empty: the built-in list",
        subtype="FILE_PATH",
    )

    def draw(self, context):
        from .panels.backend import draw_backend

        layout = self.layout
        draw_backend(layout.box())
        column = layout.column()
        column.use_property_split = True
        for name in ("python", "base_python", "torch_build", "package_index", "device", "motions_folder", "catalogue"):
            column.prop(self, name)


def get() -> Lift3DPreferences | None:
    """The preferences; None when this is not enabled as an add-on."""
    addon = bpy.context.preferences.addons.get(folders.ROOT)
    return addon.preferences if addon else None


def chosen_python() -> str:
    """The existing Python that the user named, "" for none; it need not be there."""
    found = get()
    if found is None or not found.python:
        return ""
    path = Path(bpy.path.abspath(found.python))
    return str(backend_folder.python_of(path) if path.is_dir() else path)


def backend_python() -> str:
    """Path of the Python that runs the backend: the one named, else that of the environment set up here, else the one
    in $LIFT3D_PYTHON. Raises JobError, with what mends it, when there is none."""
    if chosen := chosen_python():
        if not os.access(chosen, os.X_OK):
            raise JobError(
                f"the preferences name {chosen} as the backend's Python, which is no program: choose another, or none",
                remedy=CHOOSE_PYTHON,
            )
        return chosen
    state = environment_state()
    if state not in (ABSENT, BROKEN):
        return str(backend_folder.python_of(environment()))
    named = os.environ.get(VARIABLE)
    if named and (found := shutil.which(os.path.expanduser(named))):
        return os.path.abspath(found)
    if state == BROKEN and backend_folder.contents(environment()):
        raise JobError("the Python that the backend was made with is gone: repair it", remedy=REPAIR)
    if state == BROKEN:
        raise JobError("the backend's set-up was not finished: repair it", remedy=REPAIR)
    raise JobError("no backend is set up yet", remedy=SET_UP)


def standing() -> Standing:
    """What there is of the backend, as it was at some moment of the last second: for panels, which ask often."""
    global _stands
    now = time.monotonic()
    if _stands is None or now - _stands[0] > LOOK_EVERY:
        try:
            python, error = backend_python(), None
        except JobError as found:
            python, error = "", found
        _stands = now, Standing(chosen_python(), environment_state(), python, error)
    return _stands[1]


def backend_ready() -> bool:
    """Whether there is a Python to run the backend with; whether it works shows when it runs."""
    return standing().error is None


def environment() -> Path:
    """Folder of the environment that is set up here, there or not. Raises OSError if there is no place for it."""
    return folders.user_path(folders.BACKEND)


def environment_state() -> str:
    """What has become of it, as `jobs.backend_folder` names the states."""
    try:
        return backend_folder.state(environment(), wanted())
    except OSError:
        return ABSENT


def wanted() -> Contents:
    """What it is to be made of."""
    found = get()
    build = found.torch_build.lower() if found else requirements.CPU
    return Contents(packages().digest, build, found.package_index.strip() if found else "")


@functools.cache
def packages() -> requirements.Requirements:
    """The packages that the backend of this version needs."""
    return requirements.read()


def device() -> str:
    """What the backend is to run on, in its words: auto, cpu, cuda, mps."""
    found = get()
    return found.device.lower() if found else "auto"


def motions_folder() -> Path:
    """Where motion files go. Raises OSError if the usual one cannot be made."""
    found = get()
    if found and found.motions_folder:
        return Path(bpy.path.abspath(found.motions_folder))
    return folders.user_folder(folders.MOTIONS)


def catalogue() -> str:
    """The user's own catalogue of models that find keypoints; "" for the built-in one."""
    found = get()
    return bpy.path.abspath(found.catalogue) if found and found.catalogue else ""


def detectors_folder() -> Path:
    """Where the models go that find keypoints, there or not. Raises OSError if there is no place for it."""
    return folders.user_path(folders.DETECTORS)


CLASSES = (Lift3DPreferences,)
unregister = look_again
