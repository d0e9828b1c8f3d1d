# SPDX-License-Identifier: GPL-3.0-or-later
"""The real `serve` with lifts that do what the clip's name says, in a process of its own: fake_serve.py FOLDER."""

import os
import sys
import time

sys.path.insert(0, sys.argv[1])

from backend.commands import serve  # noqa: E402
from backend.errors import Cancelled, UserError  # noqa: E402


def lift(request: dict, report) -> dict:
    clip = request["clip"]
    if clip == "saves":  # and takes its time for it
        try:
            while True:
                report.progress("Sampling", 1, 50)
                time.sleep(0.01)
        except Cancelled:
            report.warning("saving")
            time.sleep(1.0)
            report.warning("saved")
            raise
    report.progress("Reading", 0, 1)
    report.progress("Sampling", 0, 50)
    if clip == "prints":
        print("a stray print")
        os.system("echo a stray child")
    if clip == "bad":
        raise UserError("expected a clip,\nfound a cat")
    if clip == "device":
        raise type("DeviceError", (UserError,), {"remedy": "use_cpu"})("expected another device")
    if clip == "breaks":
        return {"never": 1 // 0}
    if clip == "exits":
        sys.exit("a library gave up")
    if clip == "memory":
        raise MemoryError
    if clip == "cuda":
        raise type("OutOfMemoryError", (RuntimeError,), {})("CUDA out of memory")
    if clip == "bare":
        import a_package_that_nobody_has  # noqa: F401
    if clip == "full":
        raise OSError(28, "No space left on device", "/out/walk.npz")
    if clip == "imports":
        import tests.backend.commands.slow_module as slow_module

        report.progress("Sampling", 1, 50)
        time.sleep(0.5)  # where the interrupt that was put off arrives
        return {"imports": slow_module.IMPORTS}
    if clip == "deaf":  # never reports, so only an interrupt stops it
        for _ in range(600):
            time.sleep(0.1)
    for step in range(50):
        report.progress("Sampling", step + 1, 50)
        time.sleep(0.1 if clip == "slow" else 0.0)
    report.warning("feet slide")
    return {"frames": 12, "error": float("nan")}


if __name__ == "__main__":
    sys.exit(serve.run(None, {"lift": lift}))
