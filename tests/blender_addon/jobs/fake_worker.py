# SPDX-License-Identifier: GPL-3.0-or-later
"""A worker that ends, fails or sulks as its first word says, or as a request's own "act" does. Standard library only,
so it starts at once."""

import json
import os
import signal
import subprocess
import sys
import time


def send(event: str, **values) -> None:
    os.write(1, json.dumps({"event": event, **values}).encode() + b"\n")


def main(mode: str) -> None:
    if mode == "no_hello":
        time.sleep(60)
    if mode == "dies_at_start":
        sys.exit("no torch for you")
    send("hello", protocol=2 if mode == "too_new" else 1, version="0")
    if mode in ("stubborn", "immortal"):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    if mode == "immortal":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for line in sys.stdin:
        request = json.loads(line)
        if request["request"] == "shut_down":
            return
        if request["request"] == "cancel":
            if mode == "obedient":
                send("cancelled", id=request["id"])
            continue
        if request["request"] == "interrupt":
            send("cancelled", id=request["id"])
            continue
        act(request.get("act", mode), request["id"])


def act(mode: str, key: str) -> None:
    if mode == "mute_death":
        os.kill(os.getpid(), signal.SIGKILL)
    send("stage", id=key, name="Working")
    send("progress", id=key, done=1, total=4, seconds_left=3.0)
    if mode == "done":
        send("warning", id=key, text="mind the gap")
        send("done", id=key, result={"frames": 12})
    elif mode == "failed":
        send("failed", id=key, sentence="no person in it", users_fault=True, details="at line 1")
    elif mode == "exits":
        print("cannot go on", file=sys.stderr)
        sys.exit(0)
    elif mode == "crashes":
        print("\n".join(f"line {number}" for number in range(100)), file=sys.stderr)
        sys.exit(3)
    elif mode == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    elif mode == "killed_leaving_a_child":
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        os.kill(os.getpid(), signal.SIGKILL)
    elif mode == "garbage":
        os.write(1, b"Downloading model: 3%\n")
        send("done", id=key, result={})
        time.sleep(60)
    elif mode == "binary":
        os.write(1, b"\xff\xfe\x00\n")
        time.sleep(60)
    elif mode == "wrong_types":
        send("progress", id=key, done="many", total=None)
        time.sleep(60)
    elif mode == "half_a_line":
        os.write(1, b'{"event":"done","id":"1","resu')
        sys.exit(0)
    elif mode == "interruptible":  # it does not look at its stdin, but does not catch an interrupt either
        time.sleep(60)
    elif mode in ("hung", "stubborn", "immortal"):
        end = time.monotonic() + 60
        while time.monotonic() < end:
            time.sleep(0.05)
    elif mode == "alive":
        for _ in range(50):
            send("alive")
        send("done", id=key, result={})
        for _ in range(50):
            send("alive")
    elif mode == "done_and_exits":
        send("losses", id=key, step=1)
        send("done", id=key, result={})
        sys.exit(0)
    elif mode == "environment":
        send("done", id=key, result={"variables": dict(os.environ), "path": sys.path, "group": os.getpgid(0)})


if __name__ == "__main__":
    main(sys.argv[1])
