# SPDX-License-Identifier: GPL-3.0-or-later
"""What the page says of its figures: what they mean, under what conditions, and where they come from."""

from __future__ import annotations

from collections.abc import Sequence

from ...subjects import Subject
from ..windows import LENGTH, TRAVEL_M
from .comparison import Row
from .intervals import RESAMPLES
from .machine import machine_words, merged, without_folders

_CAMERAS = {
    "paper": "the paper's camera (level, f = 1000 px, 3 m away, further where the person would leave the picture)",
    "wild": "cameras as people hold them (2.5 to 6 m, pitched -5 to 25 degrees, rolled up to 3, 50 to 90 degrees wide)",
}
_NOISES = {"none": "clean keypoints", "detector": "keypoints with a detector's errors and gaps"}

_SHORT_NOISES = {"none": "clean", "detector": "detector noise"}

_WINDOWS = {
    "human": f"the first {LENGTH} frames of each clip, at 30 a second",
    "cat": f"every {LENGTH} frames of each clip, at 30 a second",
    "human_box": f"every {LENGTH} frames of each clip, at 30 a second; the box's size is told",
}
_FACING = {
    "cat": "back points, from the hips to the neck, where the lifted one's does",
}


_BESIDE = f"""
- **FID**: Fréchet distance between features of the lifted motion, seen from the three sides that were not filmed, and
  of the truth, seen from the same three, in hundredths of the truth's variance; the features are our own, so it
  compares with no other paper's.
- **s / s**: seconds of work for a second of clip, the body's fit included.
- **95 %**: bootstrap interval of MPJPE's mean over windows ({RESAMPLES} seeded resamples)."""


def definitions(subject: Subject, errors_only: bool = False) -> str:
    """What the figures mean, for windows of one subject; errors_only: without FID, seconds and intervals."""
    points = len(subject.anatomy)
    box = (
        "\n- **T_root^O**: mean distance of the middles of the box's five keypoints, the person aligned, mm.\n"
        "  **O-MPJPE**: mean distance of these keypoints, their middles on one point in every frame, mm.\n"
        "  All other errors are of the person's 18 keypoints."
        if subject.body == "smpl_box" else ""
    )  # fmt: skip
    errors = f"""\
Held-out motion capture is filmed by one virtual camera a window ({_WINDOWS[subject.name]}),
every method gets the same {points} keypoints in pixels, and what it lifts is compared with the truth. All methods
end in the same body; the {points} keypoints of that body are scored. Less is better in every column.

- **Alignment.** Both motions begin with the mid-hip at the origin; the truth is turned about the vertical so that its
  {_FACING.get(subject.name, "hips face as the lifted ones do")} in the first frame. Nothing else of the truth is used.
- **T_root**: mean distance of the mid-hips, mm. **MPJPE**: mean distance of the keypoints, both mid-hips on one point
  in every frame, mm. **PA-MPJPE**: as MPJPE after one similarity (turn, scale, shift) for the whole window, mm.
- **J2D**: mean distance in the filmed view from the clean keypoints, the first mid-hip subtracted, pixels of a 1920
  pixel wide image. **J2D^C**: as J2D with the mid-hip subtracted and the best scale in every frame.{box}"""
    return errors if errors_only else errors + _BESIDE


def condition_words(settings: dict, short: bool = False) -> str:
    """A condition in words."""
    if short:
        return f"{settings['camera']} camera, {_SHORT_NOISES[settings['noise']]}"
    return f"{_CAMERAS[settings['camera']]}, {_NOISES[settings['noise']]}".capitalize()


def provenance(data: dict, rows: Sequence[Row]) -> str:
    """Command, data and machine of what these rows show, as small print."""
    settings, windows = data["settings"], data["windows"]
    used = sorted({clip["session"] for row in rows for clip in row.clips})
    sessions = [data["sessions"][number] for number in used]
    commands = merged(without_folders(session["command"]) for session in sessions)
    machines = dict.fromkeys(machine_words(session) for session in sessions)
    dates = sorted({session["date"] for session in sessions})
    folders = ", ".join(dict.fromkeys(f"`{session['data']}`" for session in sessions))
    told = {"given": "told", "unknown": "not told"}
    lines = [
        f"Data: {len(windows)} windows of {folders} ({sum(window['travels'] for window in windows)} travel over "
        f"{TRAVEL_M:g} m); camera {settings['camera']}, noise {settings['noise']}, seed {settings['seed']}, "
        f"focal length {told[settings['focal']]}, height {told[settings['height']]}.",
        f"Command: {'; '.join(f'`{command}`' for command in commands)}.",
        f"Machine: {'; '.join(machines)}. Measured {' to '.join(dict.fromkeys((dates[0], dates[-1])))}, version "
        f"{', '.join(sorted({session['version'] for session in sessions}))}.",
    ]
    if len(sessions) > 1:
        lines.append(f"In {len(sessions)} runs: seconds of different runs compare less well.")
    return "<sub>" + " ".join(lines) + "</sub>"
