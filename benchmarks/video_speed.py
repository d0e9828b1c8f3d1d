# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a video of ten seconds takes, from the file to the motion, and what memory a long one needs.

    python benchmarks/video_speed.py VIDEO                      10 s of 1080p at 30 frames a second, on 2 cores
    python benchmarks/video_speed.py VIDEO --minutes 1 4        and the memory of detecting films of 1 and of 4 minutes

VIDEO, anything with a person, is scaled to 1920 x 1080 and looped, into a temporary folder. Each step is a process of
its own, as a user starts it, loading included. Medians of three; the machine's load is told beside them.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cv2

ROOT = Path(__file__).resolve().parents[1]
SIZE, FPS, CORES, REPEATS = (1920, 1080), 30.0, 2, 3
ASKED_SECONDS, ASKED_GB = 60.0, 2.0


def make_film(source: Path, target: Path, seconds: float, size: tuple[int, int] = SIZE) -> int:
    """The source at FPS frames a second, from its start again where it ends; the number of frames."""
    film = cv2.VideoWriter(str(target), cv2.VideoWriter_fourcc(*"mp4v"), FPS, size)
    count, capture, shown, image = round(seconds * FPS), cv2.VideoCapture(str(source)), -1, None
    rate = capture.get(cv2.CAP_PROP_FPS)
    start = 0
    for number in range(count):
        while shown < int((number - start) * rate / FPS):
            there, fresh = capture.read()
            if not there:
                capture.release()
                capture, shown, start = cv2.VideoCapture(str(source)), -1, number
                continue
            shown, image = shown + 1, cv2.resize(fresh, size, interpolation=cv2.INTER_CUBIC)
        film.write(image)
    film.release()
    return count


def run(*words: object) -> tuple[float, float, float]:
    """Seconds, seconds of the processor and peak memory in GB of one of the backend's commands."""
    command = [sys.executable, "-m", "backend", *map(str, words)]
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(process.pid, sorted(os.sched_getaffinity(0))[:CORES])
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    unit = 1 if sys.platform == "darwin" else 1024
    took = time.perf_counter() - began
    return took, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1e9


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("video", type=Path)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--minutes", type=float, nargs="*", default=[])
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        film, clip, motion = folder / "film.mp4", folder / "clip.json", folder / "motion.npz"
        frames = make_film(args.video, film, args.seconds)
        times = []
        for _ in range(REPEATS):
            load = os.getloadavg()[0]
            found, busy, seen = run("detect", film, "-o", clip)
            lifted, at_work, held = run("lift", clip, "-o", motion)
            times.append(found + lifted)
            print(
                f"{frames} frames: detect {found:.1f} s ({busy:.1f} s of processor, {seen:.2f} GB), "
                f"lift {lifted:.1f} s ({at_work:.1f} s, {held:.2f} GB), load before {load:.1f}",
                flush=True,
            )
        print(f"detect and lift of {args.seconds:g} s of {SIZE[0]} x {SIZE[1]}: {statistics.median(times):.1f} s, "
              f"asked at most {ASKED_SECONDS:g}")  # fmt: skip
        for minutes in args.minutes:
            frames = make_film(args.video, film, 60 * minutes)
            found, _, seen = run("detect", film, "-o", clip)
            print(f"{minutes:g} minutes, {frames} frames: {seen:.2f} GB in {found:.0f} s, asked at most {ASKED_GB:g}",
                  flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
