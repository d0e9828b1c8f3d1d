# SPDX-License-Identifier: GPL-3.0-or-later
"""Give the scene the clip's frame rate and range, when the user asks for it."""

import bpy

from ..core.same_rate import same_rate
from ..scene.action import scene_fps
from ..scene.character_facts import read_facts
from ..scene.find_character import active_character
from ..scene.frame_rate import adopt_frame_rate


class LIFT3D_OT_adopt_frame_rate(bpy.types.Operator):
    """Let the scene run at the clip's frame rate and range."""

    bl_idname = "lift3d.adopt_frame_rate"
    bl_label = "Use the Clip's Frame Rate"
    bl_description = (
        "Let the scene run at the clip's frame rate, over the clip's frames. Lifted characters keep their speed; other "
        "animation in the scene gets faster or slower"
    )
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        facts = read_facts(active_character(context))
        if facts is None:
            cls.poll_message_set("There is no lifted character in the scene")
            return False
        whole = (facts.first_frame, facts.first_frame + facts.frames - 1)
        scene = context.scene
        if same_rate(scene_fps(scene), facts.fps) and (scene.frame_start, scene.frame_end) == whole:
            cls.poll_message_set("The scene has the clip's frame rate and range already")
            return False
        return True

    def execute(self, context):
        adopt_frame_rate(context.scene, active_character(context))
        return {"FINISHED"}


CLASSES = (LIFT3D_OT_adopt_frame_rate,)
