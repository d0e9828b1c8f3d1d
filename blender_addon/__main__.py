# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m blender_addon COMMAND ...: the add-on's commands on the bpy module, without Blender's window."""

import atexit
import os
import shutil
import sys

from .commands import main


def leave(code: int) -> None:
    """End the process with the exit code.

    Blender 4.2's module frees its panels when Python is already gone and crashes, once its glTF exporter has run: what
    there is to clean up is done here, and the rest left to the system.
    """
    bpy = sys.modules.get("bpy")
    if bpy and bpy.app.version < (4, 4):
        sys.stdout.flush()
        sys.stderr.flush()
        atexit._run_exitfuncs()
        shutil.rmtree(bpy.app.tempdir, ignore_errors=True)
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    leave(main(sys.argv[1:]))
