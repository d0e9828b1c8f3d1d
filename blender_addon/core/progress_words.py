# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a job is, in words: what stands in a progress bar and beside it."""


def share(done: int, total: int) -> float:
    """How full the bar is, 0 to 1."""
    return min(max(done / total, 0.0), 1.0) if total > 0 else 0.0


def count(done: int, total: int) -> str:
    """ "12 of 40"; for a stage that is a single step only that something goes on."""
    return f"{done:,} of {total:,}" if total > 1 else "Working"


def time_left(seconds: float | None) -> str:
    """ "about 40 s left"; "" when nobody knows."""
    if seconds is None:
        return ""
    if seconds < 1.5:
        return "about 1 s left"
    if seconds < 10:
        return f"about {seconds:.0f} s left"
    if seconds < 90:
        return f"about {5 * round(seconds / 5)} s left"
    if seconds < 90 * 60:
        return f"about {seconds / 60:.0f} min left"
    return f"about {seconds / 3600:.1f} h left"
