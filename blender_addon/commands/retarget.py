# SPDX-License-Identifier: GPL-3.0-or-later
"""retarget: a motion file onto a rig in a .blend file. Needs no backend."""

import argparse
import re
import sys
from pathlib import Path

from ..core.retarget.presets import AUTO, choose_map
from ..core.retarget.source import read_source
from .arguments import CommandError, blend_output, need_bpy

NAME, HELP = "retarget", "move a rig of your own by a motion file"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("motion", metavar="MOTION.npz", help="motion file, of a quadruped or a person")
    parser.add_argument("--rig", required=True, metavar="FILE.blend[:OBJECT]",
                        help="the rig's file, and its armature if the scene has several")  # fmt: skip
    parser.add_argument("--map", default=AUTO, metavar="MAP",
                        help="auto matches the bones (default); or a preset's name, or a map file (.json)")  # fmt: skip
    parser.add_argument("--no-plant", action="store_true", help="do not hold standing paws in one place")
    parser.add_argument("--no-hold", action="store_true", help="do not keep hands on the box, if the motion has one")
    parser.add_argument("-o", "--output", required=True, metavar="OUT.blend", help="the .blend file to write")


def run(args: argparse.Namespace) -> int:
    """Write the .blend with the rig playing the motion."""
    output = blend_output(args.output)
    blend, name = re.fullmatch(r"(.*?\.blend)(?::(.+))?|(?:.*)", args.rig, re.DOTALL).groups()
    if blend is None:
        raise CommandError(f"expected --rig FILE.blend or FILE.blend:OBJECT, got {args.rig}")
    if not Path(blend).is_file():
        raise CommandError(f"{blend} does not exist; expected a .blend file with the rig")
    source = read_source(args.motion)
    need_bpy()
    import bpy

    from ..scene.blend_file import open_blend, save_blend
    from ..scene.retarget import retarget
    from ..scene.rig_bones import find_rig, read_rig

    open_blend(Path(blend).resolve())
    scene = bpy.context.scene
    armature = find_rig(scene, name)
    bones = choose_map(args.map, read_rig(armature))
    done = retarget(scene, source, armature, bones, not args.no_plant, not args.no_hold)
    scene.frame_set(int(done.frames[0]))
    save_blend(output.resolve())
    for warning in done.warnings:
        print(f"lift3d: note: {warning}", file=sys.stderr)
    print(f"{output}: {armature.name} plays {done.action.name}, frames {done.frames[0]:g} to {done.frames[-1]:g}")
    return 0
