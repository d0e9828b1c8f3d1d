# SPDX-License-Identifier: GPL-3.0-or-later
"""One character as FBX, BVH, GLB or USD: only its objects, only the take it plays, at the clip's rate.

It is exported from a scene of its own, so that the user's selection, frame, mode and the rest of the file play no part.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import bpy
import numpy as np

from ..core import CoreError
from ..core.bvh import BvhSkeleton, bvh_text
from ..core.glb import retime_glb
from ..core.same_rate import same_rate
from .action import play, retime, scene_fps, scene_frame, set_scene_fps
from .blend_file import quiet
from .box import props
from .character import Character
from .character_facts import KEY, character_of
from .find_character import parts
from .workbench import workbench

# Of each exporter: the operator, the add-on that brings it, and what to ask it for.
_EXPORTERS = {
    "fbx": ("export_scene.fbx", "io_scene_fbx", {
        "object_types": {"ARMATURE", "MESH"}, "add_leaf_bones": False, "bake_anim_use_all_actions": False,
        "bake_anim_use_nla_strips": False, "bake_anim_simplify_factor": 0.0,
    }),
    "glb": ("export_scene.gltf", "io_scene_gltf2", {
        "export_format": "GLB", "use_active_scene": True, "export_animation_mode": "ACTIVE_ACTIONS",
        "export_frame_range": True, "export_optimize_animation_size": False,
        "export_anim_single_armature": False,  # or every action of the file that fits the bones goes in, too
    }),
    "usd": ("wm.usd_export", "", {"export_animation": True, "evaluation_mode": "VIEWPORT"}),
}  # fmt: skip

# Where a player starts at 0, whatever the clip calls its first frame.
_FROM_ZERO = ("glb",)

FORMATS = ("fbx", "bvh", "glb", "usd")


class ExportError(CoreError):
    """A character that cannot be exported."""


def export(path: Path, kind: str, character: Character | bpy.types.Object) -> None:
    """Write a character, given as such or by its armature, into a file of a kind of FORMATS: whole or not at all.

    Metres; up and forward as each format has them. Raises ExportError.
    """
    armature = character if isinstance(character, bpy.types.Object) else character.armature
    if kind not in FORMATS:
        raise ExportError(f"there is no export to {kind}; there are {', '.join(FORMATS)}")
    if armature.animation_data is None or armature.animation_data.action is None:
        raise ExportError(f"{armature.name} plays no action; choose a take")
    meshes = [] if kind == "bvh" else _meshes(armature)
    for item in (armature, *meshes):
        if item.mode == "EDIT":
            raise ExportError(f"{item.name} is in Edit Mode, where it does not move: leave that, then export it")
    try:
        with ExitStack() as stack, tempfile.TemporaryDirectory(prefix=".lift3d-", dir=path.parent) as folder:
            scene = stack.enter_context(_stage(armature, [armature, *meshes], kind in _FROM_ZERO))
            draft = Path(folder) / f"{path.stem}.{kind}"
            if kind == "bvh":
                draft.write_text(_bvh(scene, armature), encoding="utf-8")
            elif kind == "glb":
                _run_at_whole_rate(scene, draft)
            else:
                _run(kind, draft, scene.name)
            os.replace(draft, path)
    except OSError as error:
        raise ExportError(f"{path} was not written: {error.strerror or error}") from None
    except ValueError as error:
        raise ExportError(f"{path} was not written: {error}") from None
    except RuntimeError as error:  # what an exporter of Blender's reports
        lines = [line for line in str(error).splitlines() if line.strip() and not line.startswith("Location:")]
        reason = lines[-1].removeprefix("Error: ") if lines else "Blender's exporter failed"
        raise ExportError(f"{path} was not written: {reason}") from None


def _meshes(armature: bpy.types.Object) -> list[bpy.types.Object]:
    """The skin, and what is in the place of the box."""
    skin = parts(armature).get("skin")
    return [*([skin] if skin else []), *(item for item in props(armature) if item.type == "MESH")]


@contextmanager
def _stage(armature: bpy.types.Object, items: list[bpy.types.Object], from_zero: bool) -> Iterator[bpy.types.Scene]:
    """A scene with the character alone, running at its clip's rate, its take keyed at whole frames there."""
    user_scene, layer = bpy.context.scene, bpy.context.view_layer
    data = armature.animation_data
    action, slot = data.action, getattr(data, "action_slot", None)
    hidden = [(item, item.hide_viewport, item.hide_render) for item in items]
    posed, armature.data.pose_position = armature.data.pose_position, "POSE"
    copy = None
    try:
        fps = scene_fps(user_scene)
        if character_of(action) and "fps" in action[KEY]:
            facts = action[KEY]
            copy, fps = action.copy(), facts["fps"]
            start = (scene_frame(facts["first_frame"], fps, facts["keyed_fps"]), 0) if from_zero else ()
            retime(copy, fps / facts["keyed_fps"], *start)
            name = action.name
            if action.library is None:
                action.name = f"{name} original"
            copy.name = name  # formats that name their animation get the take's
            play(copy, armature)
        for item in items:
            item.hide_viewport = item.hide_render = False
        with workbench(*items, name=(copy or action).name) as scene:  # FBX names its animation after the scene
            set_scene_fps(scene, fps)
            first, last = (round(frame) for frame in (copy or action).frame_range)
            scene.frame_start, scene.frame_end = first, max(first, last)
            scene.frame_set(first)
            yield scene
    finally:
        armature.data.pose_position = posed
        for item, viewport, render in hidden:
            item.hide_viewport, item.hide_render = viewport, render
        data.action = action
        if slot is not None:
            data.action_slot = slot
        if copy is not None:
            copy.name = f"{name} copy"
            bpy.data.actions.remove(copy)
            if action.library is None:
                action.name = name
        armature.update_tag()
        layer.update()  # the pose that the user sees again


def _run_at_whole_rate(scene: bpy.types.Scene, draft: Path) -> None:
    """Write a GLB. Blender's exporter takes the base of a rate the wrong way round, so it is not shown any."""
    fps = scene_fps(scene)
    whole = max(round(fps), 1)
    set_scene_fps(scene, whole)
    # It also takes the armature out of the mode that the user has it in, if it sees it.
    with bpy.context.temp_override(active_object=None, object=None):
        _run("glb", draft, scene.name)
    if not same_rate(whole, fps):
        draft.write_bytes(retime_glb(draft.read_bytes(), whole / fps))


def _run(kind: str, draft: Path, animation: str) -> None:
    name, add_on, wanted = _EXPORTERS[kind]
    folder, verb = name.split(".")
    with _enabled(add_on):
        operator = getattr(getattr(bpy.ops, folder), verb)
        try:
            known = {each.identifier for each in operator.get_rna_type().properties}
        except KeyError:
            raise ExportError(f"this Blender has no {kind.upper()} exporter; choose another format") from None
        wanted = {**wanted, "export_nla_strips_merged_animation_name": animation}
        settings = {setting: value for setting, value in wanted.items() if setting in known}
        with quiet():
            done = operator(filepath=str(draft), check_existing=False, **settings)
    if "FINISHED" not in done or not draft.exists():
        raise ExportError(f"Blender's {kind.upper()} exporter wrote nothing")


@contextmanager
def _enabled(add_on: str) -> Iterator[None]:
    """An add-on of Blender's own switched on for a moment, if the user has it switched off."""
    import addon_utils

    if not add_on or addon_utils.check(add_on)[1]:
        yield
        return
    addon_utils.enable(add_on)
    try:
        yield
    finally:
        addon_utils.disable(add_on)


def _bvh(scene: bpy.types.Scene, armature: bpy.types.Object) -> str:
    bones = list(armature.data.bones)
    names = [bone.name for bone in bones]
    parents = np.array([names.index(bone.parent.name) if bone.parent else -1 for bone in bones])
    rest = np.array([bone.matrix_local for bone in bones])
    place = np.array(armature.evaluated_get(bpy.context.evaluated_depsgraph_get()).matrix_world)
    turn = place[:3, :3] / np.linalg.norm(place[:3, :3], axis=0)
    size = np.linalg.norm(place[:3, 0])
    heads, tails = (size * np.array([getattr(bone, end) for bone in bones]) for end in ("head_local", "tail_local"))
    rotations, roots = [], []
    own = parents < 0
    for frame in range(scene.frame_start, scene.frame_end + 1):
        scene.frame_set(frame)
        # The evaluated one: the original follows only the scene that a window shows.
        bones = armature.evaluated_get(bpy.context.evaluated_depsgraph_get()).pose.bones
        posed = np.array([bones[name].matrix for name in names])
        turned = posed[:, :3, :3] / np.linalg.norm(posed[:, :3, :3], axis=1, keepdims=True)
        rotations.append(turn @ turned @ np.swapaxes(rest[:, :3, :3], -1, -2))
        roots.append(posed[own, :, 3] @ place[:3].T)
    skeleton = BvhSkeleton(names, parents, heads, tails)
    return bvh_text(skeleton, np.array(rotations), np.array(roots), scene_fps(scene))
