# SPDX-License-Identifier: GPL-3.0-or-later
"""The project's own worker session with lifts that end as the first word says: fake_backend.py MODE ROOT."""

import os
import sys
import time
from pathlib import Path

mode, root = sys.argv[1:3]
sys.path.insert(0, root)

from backend.commands import serve  # noqa: E402
from backend.errors import UserError  # noqa: E402


def lift(request: dict, report) -> dict:
    from tests.blender.synthetic import write_motion

    output = Path(request["output"])
    (output.parent / "pid").write_text(str(os.getpid()))
    for step in range(1, 600 if mode in ("slow", "deaf") else 3):
        if step == 1 or mode == "slow":  # a deaf one never again looks whether it has been cancelled
            report.progress("Sampling", step, 600)
        if mode in ("slow", "deaf"):
            time.sleep(0.11)
    if mode == "bad":
        raise UserError("no person in it")
    if mode == "crash":
        print("out of luck", file=sys.stderr)
        os._exit(7)
    write_motion(output, frames=4)
    report.warning("feet slide")
    return {"frames": 4}


if __name__ == "__main__":
    sys.exit(serve.run(None, {"lift": lift}))
