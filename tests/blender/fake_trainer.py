# SPDX-License-Identifier: GPL-3.0-or-later
"""A worker whose trainings take a second and leave what the backend's leave. Standard library only.

A run's seed says how it goes: 1 fails with a sentence, 2 ends at once, others train 40 steps, saving at each stop.
"""

import json
import os
import queue
import sys
import threading
import time
from pathlib import Path

READING, STEPS, EVERY = 10, 40, 10
STAGE = "Stage 1 of 4: line-conditioned diffusion"
said: queue.SimpleQueue = queue.SimpleQueue()


def send(event: str, **values) -> None:
    os.write(1, json.dumps({"event": event, **values}).encode() + b"\n")


def listen() -> None:
    for line in sys.stdin:
        said.put(json.loads(line))
    said.put({"request": "shut_down"})


def stopped() -> bool:
    """Whether there is a word to stop; it is kept for the main loop if it says that all is over."""
    if said.empty():
        return False
    word = said.get()
    if word["request"] == "shut_down":
        said.put(word)
    return word["request"] in ("cancel", "shut_down")


def train(request: dict) -> None:
    key, out = request["id"], Path(request["out"])
    state, losses = out / "work" / "step", out / "work" / "losses.json"
    if request["resume"] != state.exists():
        send("failed", id=key, sentence="resume was said to what has not begun, or not to what has", users_fault=True)
        return
    state.parent.mkdir(parents=True, exist_ok=True)
    (state.parent / "run.json").write_text("{}")
    if request["seed"] == 1:
        send("failed", id=key, sentence="expected better clips", users_fault=True)
        return
    if request["seed"] == 2:
        os._exit(7)
    step = int(state.read_text()) if state.exists() else 0
    rows = json.loads(losses.read_text())["line_diffusion"] if losses.exists() else []
    send("stage", id=key, name="Reading the clips")
    for number in range(READING):
        send("progress", id=key, done=number, total=READING, seconds_left=None)
        time.sleep(0.02)
        if stopped():
            send("cancelled", id=key)
            return
    send("stage", id=key, name=STAGE)
    send("warning", id=key, text="skipped a clip")
    while step < STEPS:
        time.sleep(0.02)
        step += 1
        send("progress", id=key, done=step, total=STEPS, seconds_left=9.0, job_seconds_left=90.0)
        if step % EVERY == 0:
            rows.append({"step": step, "loss": 1 / step, "line": 0.5 / step})
            losses.write_text(json.dumps({"line_diffusion": rows}))
            send("losses", id=key, stage="line_diffusion", step=step, losses={"loss": 1 / step, "line": 0.5 / step})
        if step < STEPS and stopped():
            state.write_text(str(step))
            send("cancelled", id=key)
            return
    header = json.dumps({"__metadata__": {"card": '{"config": {}}'},
                         "w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()  # fmt: skip
    for name in ("line_diffusion", "multiview_diffusion"):
        (out / f"{name}.safetensors").write_bytes(len(header).to_bytes(8, "little") + header + b"\0" * 4)
    (out / "README.md").write_text("# A model\n\nLicence: CC0\n")
    send("done", id=key, result={"out": str(out)})


if __name__ == "__main__":
    send("hello", protocol=1, version="0")
    threading.Thread(target=listen, daemon=True).start()
    while (word := said.get())["request"] != "shut_down":
        if word["request"] == "train":
            train(word)
