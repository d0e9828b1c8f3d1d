# SPDX-License-Identifier: GPL-3.0-or-later
"""What a licence asks for, in plain words, for somebody who chooses a model."""

import re
from functools import lru_cache

_FREE, _NOT_SOLD = "Commercial use is allowed.", "Not for commercial use."
_NAME_US, _ALIKE = (
    "Name the authors when you pass it on.",
    "Name the authors and keep this licence when you pass it on.",
)
_NAMES = (
    (r"CC0(?:[- ]1\.0)?|public domain", "No conditions."),
    (r"CC[- ]BY[- ]NC[- ]SA(?:[- ]\d\.\d)?", f"{_NOT_SOLD} {_ALIKE}"),
    (r"CC[- ]BY[- ]NC(?:[- ]\d\.\d)?", f"{_NOT_SOLD} {_NAME_US}"),
    (r"CC[- ]BY[- ]SA(?:[- ]\d\.\d)?", f"{_FREE} {_ALIKE}"),
    (r"CC[- ]BY(?:[- ]\d\.\d)?", f"{_FREE} {_NAME_US}"),
    (r"A?GPL[- ]?(?:v?\d(?:\.\d)?)?(?:-or-later|-only)?", f"{_FREE} Keep this licence when you pass it on."),
    (r"Apache[- ]2\.0|MIT|BSD[- ]\d-Clause", f"{_FREE} Keep its notice when you pass it on."),
)


@lru_cache(maxsize=16)  # panels ask at every redraw
def plain(licence: str) -> tuple[str, str]:
    """A licence's short name and what it asks for. One that is not known keeps the first sentence of its card."""
    for pattern, words in _NAMES:
        if found := re.match(rf"(?:{pattern})(?![\w-])", licence, re.IGNORECASE):
            return found[0], words
    first = re.split(r"(?<=[.;])\s", licence, maxsplit=1)[0].strip()
    return "", first[:200] or "It is not told: ask whoever trained it."
