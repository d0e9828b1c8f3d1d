# SPDX-License-Identifier: GPL-3.0-or-later
"""Run by a Python with bpy, or by Blender itself: inside_choosing.py FOLDER ANSWER.json.

Chooses and drops files of FOLDER (motion.npz, clip.json, clip.npz, frames/*.json) and writes what became of that.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import bpy

import blender_addon


def main(folder: str, answer: str) -> None:
    blender_addon.register()
    from blender_addon import session

    session.inspect = lambda path, **told: None
    folder, told = Path(folder), {}
    frame = folder / "frames" / "walk_000000000001_keypoints.json"

    def ask(name, operator, **given):
        """What the operator returns or complains of, the clip that is chosen then, how many armatures there are."""
        bpy.context.scene.lift3d.clip = ""
        try:
            said = sorted(operator(**given))
        except RuntimeError as error:
            said = [str(error).strip()]
        chosen = bpy.context.scene.lift3d.clip
        told[name] = {"said": said, "clip": Path(chosen).name if chosen else "", "armatures": len(bpy.data.armatures)}

    choose, drop = bpy.ops.lift3d.choose_clip, bpy.ops.lift3d.drop_clip
    ask("choose a file", choose, filepath=str(folder / "clip.json"))
    ask("choose a folder", choose, filepath=str(folder / "frames") + "/")
    ask("choose a frame", choose, filepath=str(frame))
    ask("choose a motion", choose, filepath=str(folder / "motion.npz"))
    ask("choose what is not there", choose, filepath=str(folder / "gone.json"))
    ask("choose nothing", choose, filepath="")
    ask("drop keypoints", drop, filepath=str(folder / "clip.npz"))
    ask("drop a frame", drop, filepath=str(frame))
    ask("drop a broken motion", drop, filepath=str(folder / "broken.npz"))
    ask("drop a motion", drop, filepath=str(folder / "motion.npz"))
    names = [{"name": name} for name in ("motion.npz", "clip.json", "clip.npz")]
    ask("drop several", drop, directory=str(folder), files=names)
    told["handler"] = [bpy.types.LIFT3D_FH_drop.bl_import_operator, bpy.types.LIFT3D_FH_drop.bl_file_extensions]
    blender_addon.unregister()
    Path(answer).write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main(*(sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]))
