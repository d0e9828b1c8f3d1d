# SPDX-License-Identifier: GPL-3.0-or-later
"""How a training stands, in words: what its panel says."""

from . import progress_words

# The stages that train a network: the backend's name for it in the losses, how its title begins, and a short one.
_NETWORKS = {"line_diffusion": "Stage 1", "multiview_diffusion": "Stage 4"}


def counts(stage: str) -> bool:
    """Whether a stage is one of the paper's, and not what goes before."""
    return stage.startswith("Stage")


def where(stage: str, step: int, steps: int) -> str:
    """ "stage 1 of 4: line-conditioned diffusion, 40 of 120"; "" before anything has begun."""
    words = stage[:1].lower() + stage[1:]
    return f"{words}, {progress_words.count(step, steps)}" if steps > 1 else words


def time_left(left: float | None, stage_left: float | None) -> str:
    """To the end of all stages if that is known, else to the stage's."""
    if left is not None:
        return progress_words.time_left(left)
    words = progress_words.time_left(stage_left)
    return f"{words} in this stage" if words else ""


def took(seconds: float) -> str:
    """ "40 seconds", "12 minutes", "1.5 hours"."""
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 90 * 60 else f"{seconds / 3600:.1f} hours"


def shown_curve(history: dict[str, list[dict]], stage: str, steps: int) -> tuple[str, list[dict], int]:
    """The curve worth showing, that of the last network with losses: its title, rows, and the step it will end at."""
    for name, title in reversed(_NETWORKS.items()):
        rows = history.get(name)
        if rows:
            return title, rows, steps if stage.startswith(title) else int(rows[-1]["step"])
    return "", [], 0


def loss_name(name: str) -> str:
    """What a loss is called for people."""
    return {
        "loss": "Loss", "reconstruction": "Keypoints", "line": "Epipolar lines", "tilt": "Camera tilt",
    }.get(name, name)  # fmt: skip
