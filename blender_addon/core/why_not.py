# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a lift cannot start, in one sentence: what a grey button says when the mouse rests on it."""


def why_not(
    clip: str, reading: bool, problem: str, lift: str, backend: bool, setting_up: bool = False, model: str = "",
    detecting: bool = False,
) -> str:  # fmt: skip
    """The first reason in the order in which a user would mend them; "" when a lift can start.

    clip: its path, "" when none is chosen. reading: it is being recognised. problem: why it cannot be lifted.
    lift: state of the lift that there is ("running", "cancelling", ...). backend: whether there is one. setting_up:
    whether it is being made. detecting: keypoints are being found. model: why there is none to lift with.
    """
    if lift == "cancelling":
        return "The last lift is still being cancelled"
    if lift == "running":
        return "A lift is running: wait for it or cancel it"
    if setting_up:
        return "The backend is being set up: wait until that has ended"
    if not backend:
        return "The backend that does the lifting is not set up: see Set Up Backend in this panel"
    if detecting:
        return "Keypoints are being found: wait for that or cancel it"
    if not clip:
        return "Choose a clip first: a file of 2D keypoints or an OpenPose folder"
    if reading:
        return "The clip is being read"
    if problem:
        return f"This clip cannot be lifted: {problem}"
    if model:
        return f"This clip cannot be lifted: {model}"
    return ""
