# SPDX-License-Identifier: GPL-3.0-or-later
"""How torch's threads wait for each other."""

import os


def sleeping_threads() -> None:
    """Let them sleep and not spin, unless the user says otherwise. Call it before torch is loaded.

    Threads that spin take turns with whatever else runs on a busy machine: measured on 2 cores with 2 other busy
    processes, a lift of 1.4 s took 20 to 30 s, and 3 to 5 s with threads that sleep.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
