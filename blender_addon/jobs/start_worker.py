# SPDX-License-Identifier: GPL-3.0-or-later
"""Run by the backend's interpreter, never imported: start_worker.py FOLDER WORDS... runs FOLDER's backend.

With -I Python leaves the current folder and this script's out of its search path, so the backend's is added here.
"""

import runpy
import sys

if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    sys.argv = ["backend", *sys.argv[2:]]
    runpy.run_module("backend", run_name="__main__")
