# SPDX-License-Identifier: GPL-3.0-or-later
"""Run by a Python with bpy, or by Blender itself: inside_folders.py ANSWER.json.

Asks for the user's folders, and what is said of the backend, as the variables of Blender's user folders have it.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import bpy  # noqa: F401, I001 (first: it makes the other ones importable)

from blender_addon import folders, preferences

if __name__ == "__main__":
    where, answer = folders.user_path(folders.LOGS), {}
    answer["absolute"], answer["there before"] = where.is_absolute(), where.exists()
    try:
        answer["made"] = folders.user_folder(folders.LOGS) == where and where.is_dir()
    except OSError as error:
        answer["made"] = type(error).__name__
    answer["backend"] = [str(preferences.environment()), preferences.environment_state(), preferences.backend_ready()]
    Path(sys.argv[-1]).write_text(json.dumps(answer), encoding="utf-8")
