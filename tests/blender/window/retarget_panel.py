# SPDX-License-Identifier: GPL-3.0-or-later
"""The Retarget panel by mouse: a rig chosen, its bones matched, the motion taken over; and what then moves."""

from tests.blender.window.blender_window import wait_for
from tests.blender.window.lift_to_3d import LiftTo3D
from tests.blender_addon.core.retarget.rigs import TOY

_PANEL = {"panel": "LIFT3D_PT_retarget"}
_SETTINGS = "facts.window().scene.lift3d_retarget"
_TOY = f"""
scene = facts.window().scene
toy = bpy.data.objects.new("toy", bpy.data.armatures.new("toy"))
scene.collection.objects.link(toy)
with bpy.context.temp_override(window=facts.window()):
    before = bpy.context.view_layer.objects.active
    bpy.context.view_layer.objects.active = toy
    bpy.ops.object.mode_set(mode="EDIT")
    for name, (head, tail, parent) in {TOY!r}.items():
        bone = toy.data.edit_bones.new(name)
        bone.head, bone.tail, bone.parent = head, tail, toy.data.edit_bones.get(parent)
    bpy.ops.object.mode_set(mode="OBJECT")
    bpy.context.view_layer.objects.active = before
    bpy.ops.ed.undo_push(message="a rig")
"""
_WAYS = """
scene, toy = facts.window().scene, bpy.data.objects["toy"]
first, last = (round(each) for each in toy.animation_data.action.frame_range)
places = {}
for frame in range(first, last + 1):
    scene.frame_set(frame)
    for bone in toy.pose.bones:
        if bone.name.startswith("leg"):
            places.setdefault(bone.name, []).append(toy.matrix_world @ bone.tail)
answer = {leg: [min(p.z for p in way), (way[-1] - way[0]).length] for leg, way in places.items()}
"""


class RetargetPanel:
    """The panel in the sidebar of a window with the extension."""

    def __init__(self, lift: LiftTo3D) -> None:
        self.window, self.screen, self.sidebar = lift.window, lift.screen, lift.sidebar

    def add_toy(self) -> None:
        """Put a rig of six bones into the scene, as the user's own."""
        self.window.run(_TOY)

    def open(self) -> None:
        """Click its title, the lowest of all."""
        self.screen.click(*self.sidebar.titles()[0])
        self.screen.still_picture()

    def choose_rig(self, name: str) -> None:
        """Click the field and type the rig's name."""
        self.sidebar.click(kind="prop", name="rig", **_PANEL)
        self.screen.still_picture()
        self.screen.type(name)
        self.screen.still_picture()
        self.screen.key("Return")
        wait_for(lambda: self.window.ask(f"{_SETTINGS}.rig and {_SETTINGS}.rig.name") == name, "the rig")

    def match_bones(self) -> int:
        """Click the button; how many bones are matched."""
        self.sidebar.click(kind="operator", name="lift3d.match_bones", **_PANEL)
        return wait_for(lambda: self.window.ask(f"sum(bool(row.bone) for row in {_SETTINGS}.rows)"), "the bones")

    def retarget(self) -> None:
        """Click the button, and wait until the rig plays a motion."""
        self.sidebar.click(kind="operator", name="lift3d.retarget", **_PANEL)
        wait_for(lambda: self.window.ask(f"bool({_SETTINGS}.rig.animation_data)"), "the motion")

    def ways_of_paws(self) -> dict[str, tuple[float, float]]:
        """By leg of the toy: the lowest height of its end, and how far that goes from the first frame to the last."""
        return {leg: tuple(way) for leg, way in self.window.run(_WAYS).items()}
