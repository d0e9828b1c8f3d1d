# SPDX-License-Identifier: GPL-3.0-or-later
"""Run by Blender with its window: answers the tests' questions. It finds and observes; the mouse does the rest.

    blender -P driver.py -- FOLDER

A question is FOLDER/question-N.py, a Python text that leaves its answer in `answer`; the reply is FOLDER/answer-N.json,
{"answer": ...} or {"error": traceback}. An app timer looks for the next one, in Blender's main thread.
"""

import json
import sys
import traceback
from pathlib import Path

import bpy

FOLDER = Path(sys.argv[sys.argv.index("--") + 1])
sys.path.insert(0, str(Path(__file__).resolve().parent))

import facts  # noqa: E402
from cost import Cost  # noqa: E402
from gaps import Gaps  # noqa: E402
from probe import Probe  # noqa: E402

INTERVAL = 0.03  # seconds between two looks for a question

known = {"bpy": bpy, "facts": facts, "probe": Probe(), "gaps": Gaps(), "cost": Cost()}
next_question = 0


def look() -> float:
    """Answer the next question if it is there."""
    global next_question
    path = FOLDER / f"question-{next_question}.py"
    if path.exists():
        reply = FOLDER / f"answer-{next_question}.json"
        next_question += 1
        known["answer"] = None
        try:
            exec(compile(path.read_text(encoding="utf-8"), path.name, "exec"), known)
            text = json.dumps({"answer": known["answer"]})
        except BaseException:
            text = json.dumps({"error": traceback.format_exc()})
        half = reply.with_suffix(".half")
        half.write_text(text, encoding="utf-8")
        half.rename(reply)
    return INTERVAL


# The greeting would lie over the sidebar, and a question at quitting would keep Blender open.
bpy.context.preferences.view.show_splash = False
bpy.context.preferences.view.use_save_prompt = False
facts.count_draws()
bpy.app.timers.register(look, persistent=True)
