# SPDX-License-Identifier: GPL-3.0-or-later
"""Write keys in bulk, on every Blender from 4.2 (plain actions) over 4.4 (slots) to 5.x (slots alone)."""

from collections.abc import Callable, Iterator

import bpy
import numpy as np

from ..core.same_rate import same_rate

# The same for every action, so that a switch to another take keeps the slot (as Blender's own BVH importer does).
SLOT = "Slot"

FIRST = 1  # the frame at which time begins, in clips as in Blender
_NEAR = 0.01  # frames
_LINEAR = 1  # Keyframe.interpolation
_LARGEST_FPS = 32_767


class Keys:
    """One action for one object (or its data), filled curve by curve. id_type: 'OBJECT', or 'CAMERA' for its data."""

    def __init__(self, name: str, id_type: str = "OBJECT"):
        self.action = bpy.data.actions.new(name)
        self._bag = None
        if hasattr(self.action, "slots"):
            slot = self.action.slots.new(id_type=id_type, name=SLOT)
            strip = self.action.layers.new("Layer").strips.new(type="KEYFRAME")
            self._bag = strip.channelbag(slot, ensure=True)
        self._groups = {}

    @classmethod
    def onto(cls, action: bpy.types.Action) -> "Keys":
        """Further curves for an action of ours."""
        keys = cls.__new__(cls)
        keys.action, keys._bag, keys._groups = action, None, {}
        if hasattr(action, "slots"):
            keys._bag = action.layers[0].strips[0].channelbag(action.slots[0], ensure=True)
            keys._groups = {group.name: group for group in keys._bag.groups}
        return keys

    def add(self, path: str, frames: np.ndarray, values: np.ndarray, group: str) -> None:
        """Curves for a property: its data path, frames (T,) in ascending order, values (T, N); N is 1 for a number."""
        points = np.empty((len(frames), 2), np.float32)
        points[:, 0] = frames
        linear = np.full(len(frames), _LINEAR, np.int32)
        for index in range(values.shape[1]):
            points[:, 1] = values[:, index]
            curve = self._curve(path, index, group)
            curve.keyframe_points.add(len(frames))
            curve.keyframe_points.foreach_set("co", points.ravel())
            curve.keyframe_points.foreach_set("interpolation", linear)
            curve.update()  # places the handles, for whoever changes the interpolation later

    def _curve(self, path: str, index: int, group: str) -> bpy.types.FCurve:
        if self._bag is None:
            return self.action.fcurves.new(path, index=index, action_group=group)
        curve = self._bag.fcurves.new(path, index=index)
        if group not in self._groups:
            self._groups[group] = self._bag.groups.new(group)
        curve.group = self._groups[group]
        return curve


def play(action: bpy.types.Action, owner: bpy.types.ID) -> None:
    """Let an object (or its data) play an action of ours. A new armature must have been evaluated once before."""
    data = owner.animation_data or owner.animation_data_create()
    data.action = action
    if hasattr(action, "slots"):
        data.action_slot = action.slots[0]  # never rely on Blender's choice: it may be none, and then nothing moves


def curves(action: bpy.types.Action) -> Iterator[bpy.types.FCurve]:
    """All curves of an action of ours."""
    if not hasattr(action, "slots"):
        yield from action.fcurves
        return
    for layer in action.layers:
        for strip in layer.strips:
            for bag in strip.channelbags:
                yield from bag.fcurves


def remove_curves(action: bpy.types.Action, unwanted: Callable[[str], bool]) -> None:
    """Remove the curves of an action of ours whose data path is unwanted."""
    if not hasattr(action, "slots"):
        holders = [action]
    else:
        holders = [bag for layer in action.layers for strip in layer.strips for bag in strip.channelbags]
    for holder in holders:
        for curve in [curve for curve in holder.fcurves if unwanted(curve.data_path)]:
            holder.fcurves.remove(curve)


def bone_path(bone: str, attribute: str) -> str:
    """Data path of a pose bone's attribute, whatever its name holds."""
    return f'pose.bones["{bpy.utils.escape_identifier(bone)}"].{attribute}'


def scene_fps(scene: bpy.types.Scene) -> float:
    """The scene's frames a second."""
    return scene.render.fps / scene.render.fps_base


def set_scene_fps(scene: bpy.types.Scene, fps: float) -> None:
    """Make the scene run at exactly this rate: 29.97 is 30 over a base of 30 / 29.97."""
    whole = min(max(round(fps), 1), _LARGEST_FPS)
    scene.render.fps, scene.render.fps_base = whole, whole / fps


def retime(action: bpy.types.Action, factor: float, start: float = FIRST, to: float = FIRST) -> None:
    """Move all keys of an action of ours in time: `factor` times as far from the frame `start` as they were, which
    itself goes to the frame `to`. What comes next to a whole frame is put on it."""
    for curve in curves(action):
        for attribute in ("co", "handle_left", "handle_right"):
            points = np.empty(2 * len(curve.keyframe_points), np.float32)
            curve.keyframe_points.foreach_get(attribute, points)
            moved = to + (points[::2].astype(np.float64) - start) * factor
            # Blender keeps them in single precision, and exporters leave out a last key that is a hair early.
            near = np.abs(moved - moved.round()) < _NEAR
            points[::2] = np.where(near, moved.round(), moved)
            curve.keyframe_points.foreach_set(attribute, points)
        curve.update()


def key_frames(count: int, number: int, fps: float, scene: bpy.types.Scene) -> np.ndarray:
    """Scene frames (count,) of a clip's frames from the one called `number` on, placed by time: a clip's frame 1 is at
    frame 1 whatever the scene's rate, and all are whole if the rates agree."""
    rate = scene_fps(scene)
    return scene_frame(number + np.arange(count), fps, rate)


def scene_frame(number: np.ndarray | float, fps: float, rate: float) -> np.ndarray | float:
    """Where a clip's frame of a number is in a scene that runs at `rate` frames a second."""
    # fps_base is a float32: without this the 10,000th frame would stand a thousandth beside its whole number.
    return number * 1.0 if same_rate(rate, fps) else FIRST + (number - FIRST) * rate / fps
