# SPDX-License-Identifier: GPL-3.0-or-later
"""The real `serve` with a `tiny` preset of seconds: training_serve.py ROOT PRIOR.

PRIOR stands in for the bundled pose prior. It draws no pictures, and keeps the motions of untrained networks.
"""

import sys
from dataclasses import replace
from pathlib import Path

ROOT, PRIOR = sys.argv[1:3]
sys.path.insert(0, ROOT)

from backend.bodies import pose_prior  # noqa: E402
from backend.commands import serve  # noqa: E402
from backend.training import loop, synthesis  # noqa: E402
from backend.training import run as run_module  # noqa: E402
from backend.training.presets import PRESETS  # noqa: E402
from tests.backend.training.tiniest import TINIEST, lenient  # noqa: E402


def nothing(*args) -> None:
    """In place of what draws pictures."""


if __name__ == "__main__":
    longer = {"steps": 40, "log_every": 5, "save_every": 30}
    line, multiview = replace(TINIEST.line, **longer), replace(TINIEST.multiview, **longer)
    PRESETS["tiny"] = replace(TINIEST, line=line, multiview=multiview)
    pose_prior.BUNDLED = Path(PRIOR)
    synthesis.judge = lenient
    loop.plot_losses = nothing
    for name in ("draw_line_samples", "draw_motions", "draw_multiview_samples"):
        setattr(run_module, name, nothing)
    sys.exit(serve.run(None))
