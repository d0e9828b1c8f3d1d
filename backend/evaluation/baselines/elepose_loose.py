# SPDX-License-Identifier: GPL-3.0-or-later
"""ElePose as it lifts best here: bones' relative lengths count a fifth of what they do in its source, else all is as in
`elepose`."""

from __future__ import annotations

from functools import partial

from .elepose import lifter
from .elepose_training import LOOSE, train_form

__all__ = ["lifter", "train"]

train = partial(train_form, LOOSE)
