# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands for a base Python and for the environments it makes: says what the file in $FAKE_PYTHON says of each step.

That file is JSON: {step: {"says": [line], "code": number, "hangs": bool, "makes": [folder among the packages]}}. The
steps are probe, venv, pip, torch, full, alone and check. A hanging step leaves its process id and a child's in a file.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

HEALTHY = '{"version": [3, 11, 9], "venv": true, "ensurepip": true}'


def step_of(words: list[str]) -> str:
    if "-c" in words:
        return "probe"
    if "venv" in words:
        return "venv"
    if "pip" in words:
        if "--no-deps" in words:
            return "torch" if any(word.startswith("torch==") for word in words) else "alone"
        return "full" if any(word.startswith("torch==") for word in words) else "pip"
    return "check"


def main(words: list[str]) -> int:
    told = Path(os.environ["FAKE_PYTHON"])
    step = step_of(words)
    how = json.loads(told.read_text()).get(step, {})
    with open(told.with_name("steps"), "a") as file:
        file.write(json.dumps({"step": step, "words": words, "variables": dict(os.environ)}) + "\n")
    usual = {"probe": [HEALTHY], "check": ["UserWarning: it is late", "{", '"torch": "2.13.0"', "}", "Bye"]}
    for line in how.get("says", usual.get(step, [f"{step} it is"])):
        print(line, flush=True)
    if step == "venv" and not how.get("code") and how.get("makes") != []:
        python = Path(words[-1], "bin", "python")
        python.parent.mkdir(parents=True, exist_ok=True)
        python.write_text(Path(sys.argv[0]).read_text())
        python.chmod(0o755)
        Path(words[-1], "lib", "python3.11", "site-packages", "pip-1.dist-info").mkdir(parents=True, exist_ok=True)
    if step not in ("probe", "venv"):
        environment = Path(sys.argv[0]).parents[1]
        for name in how.get("makes", []):
            (environment / "lib" / "python3.11" / "site-packages" / name).mkdir()
    if how.get("hangs"):
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        (Path(os.environ["TMPDIR"]) / "half a wheel").touch()
        told.with_name("pids").write_text(f"{os.getpid()} {child.pid}")
        time.sleep(600)
    return how.get("code", 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
