# SPDX-License-Identifier: GPL-3.0-or-later
"""The project's own worker session with lifts that end as the first word says: fake_backend.py MODE ROOT.

With `by_clip` each clip says itself how its lift ends, as "mode" in its JSON; what is no JSON is bad; the options it
was given lie beside it as .asked. `program` writes a stand-in for the backend's Python that runs all this.
"""

import json
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def program(folder: Path, mode: str, python: str = sys.executable) -> Path:
    """A program in the folder for --python, whose lifts end as the mode says. python: has numpy and runs it."""
    path = folder / "python"
    path.write_text(f'#!/bin/sh\n[ "$2" = -c ] && exit 0\nexec {python} -I -u {__file__} {mode} {ROOT}\n')
    path.chmod(0o755)
    return path


def inspect(request: dict, report) -> dict:
    """Whom the clip says to show, as "subject" in its JSON, a human where it says nothing."""
    report.progress("Reading keypoints", 0, 1)
    from backend.errors import UserError

    try:
        subject = json.loads(Path(request["clip"]).read_bytes()).get("subject", "human")
    except ValueError:
        raise UserError("no clip at all") from None
    return {"format": "Lift to 3D JSON", "subject": subject}


def lift(request: dict, report) -> dict:
    """Sample for a while, then end."""
    import numpy as np

    from backend.errors import UserError
    from tests.blender.synthetic import write_motion

    mode, output = sys.argv[1], Path(request["output"])
    if mode == "by_clip":
        Path(request["clip"]).with_suffix(".asked").write_text(json.dumps(request["options"]))
        try:
            mode = json.loads(Path(request["clip"]).read_bytes())["mode"]
        except (ValueError, KeyError):
            mode = "bad"
    else:
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
    if mode == "no_motion":
        output.write_text("half a motion")
    elif request["options"].get("person") == "all":
        paths = [output.with_name(f"{output.stem}_{number}.npz") for number in (0, 1)]
        for number, path in enumerate(paths):
            write_motion(path, frames=4, person=np.array(number), world=np.array("one"))
        return {"people": [{"path": str(path), "person": number} for number, path in enumerate(paths)]}
    else:
        write_motion(output, frames=4)
    report.warning("feet slide")
    return {"frames": 4, "reprojection_px": 2.5, "confidence": 0.75}


def check(request: dict, report) -> dict:
    """Some facts."""
    return {"torch": "9.9", "sentences": ["Lift to 3D on a fake torch", "Device cpu"]}


def train(request: dict, report) -> dict:
    """Two rows of losses; with the mode slow a long time after them. What was asked for is in a file of the run's."""
    out = Path(request["out"])
    out.mkdir(exist_ok=True)
    (out / "request.json").write_text(json.dumps(request))
    for step in (1, 2):
        report.progress("Stage 1 of 4", step, 2000)
        report.losses("line_diffusion", step * 20, {"loss": 1 / step})
    while sys.argv[1] == "slow":
        report.progress("Stage 1 of 4", 3, 2000)
        time.sleep(0.05)
    report.warning("skipped a.json")
    return {"out": str(out), "seconds": 90.0}


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[2])
    from backend.commands import serve

    sys.exit(serve.run(None, {"inspect": inspect, "lift": lift, "check": check, "train": train}))
