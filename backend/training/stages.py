# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run's stages are called, for people, and what part of the run's time each takes."""

LINE, SYNTHESIS, MULTIVIEW = "line_diffusion", "synthesis", "multiview_diffusion"
READING = "Reading the clips"

#: Under the names that states and files have.
TITLES = {
    LINE: "Stage 1 of 4: line-conditioned diffusion",
    SYNTHESIS: "Stages 2 and 3 of 4: synthetic motions",
    MULTIVIEW: "Stage 4 of 4: multi-view diffusion",
}

#: Times of the stages to each other, measured on 2 cores (an AMD EPYC, torch 2.13.0; minutes for `cpu`, seconds of
#: the processor for `tiny`): they foretell a run's end elsewhere too. `gpu` has not been timed, so nothing is claimed.
SHARES = {"tiny": (5.0, 2.0, 13.0), "cpu": (37.0, 12.0, 37.0)}


def later(preset: str, stage: str) -> float | None:
    """The time of the stages after this one, in parts of this stage's; None where that is not known."""
    order = list(TITLES)
    if stage == order[-1]:
        return 0.0
    if preset not in SHARES or stage not in order:
        return None
    place = order.index(stage)
    return sum(SHARES[preset][place + 1 :]) / SHARES[preset][place]
