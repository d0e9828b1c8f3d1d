# SPDX-License-Identifier: GPL-3.0-or-later
"""Detect the people, or an animal, of the request's video into a keypoint file, with pictures of it meanwhile."""

from pathlib import Path
from typing import Any

from ..errors import UserError
from ..lifting.options import check_box
from .channel import plain
from .report import Report

_PATHS = ("boxes", "picture")
_KINDS = {"detector": str, "people": int, "person": int, "first_frame": int, "last_frame": int, "boxes": str,
          "box": list, "moving": bool, "focal": int | float, "subject": str, "picture": str}  # fmt: skip


class DetectRequestError(UserError):
    """A request to detect that lacks something or asks for what there is not."""


def handle(request: dict[str, Any], report: Report) -> dict[str, Any]:
    """Detect `video` into `output`, with `options` as DetectOptions names them; DetectResult's facts.

    Where the options have a `picture`, an event of that name tells each frame that it shows.
    """
    for name in ("video", "output"):
        if not isinstance(request.get(name), str) or not request[name].strip():
            raise DetectRequestError(f"a detection needs a path as its {name}, got {request.get(name)!r}")
    given = _checked(request.get("options"))
    report.progress("Loading the detector", 0, 1)
    from ..video.detect_file import DetectOptions, detect_file

    options = DetectOptions(**given)
    result = detect_file(Path(request["video"]), Path(request["output"]), options, report.progress, report.picture)
    for text in result.warnings:
        report.warning(text)
    return plain(result)


def _checked(given: Any) -> dict[str, Any]:
    """The options, of the right kinds. Raises UserError."""
    if not isinstance(given, dict | None):
        raise DetectRequestError(f"the options of a detection are an object, got {str(given)[:40]!r}")
    found = {name: value for name, value in (given or {}).items() if value is not None}
    for name, value in found.items():
        if name not in _KINDS:
            raise DetectRequestError(f"a detection has no option {name!r}; it has {', '.join(_KINDS)}")
        if not isinstance(value, _KINDS[name]) or isinstance(value, bool) != (_KINDS[name] is bool):
            raise DetectRequestError(f"a detection cannot use {value!r} as its {name}")
    if "box" in found:
        check_box(found["box"])
        found["box"] = tuple(found["box"])
    return {name: Path(value) if name in _PATHS else value for name, value in found.items()}
