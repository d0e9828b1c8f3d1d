# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m blender_addon COMMAND ...: the add-on's commands on the bpy module, without Blender's window."""

import sys

from .commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
