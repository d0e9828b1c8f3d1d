# SPDX-License-Identifier: GPL-3.0-or-later
"""One message a line, each a JSON object in UTF-8. The worker's first line says which protocol it speaks.

Requests: {"id": "1", "request": "lift" | "detect" | "train" | "check", ...}, {"request": "shut_down"},
{"id": "1", "request": "cancel" | "interrupt"}. Events carry the request's id: stage, progress, warning, losses,
picture, then one of done, failed, cancelled. `alive` comes every few seconds without an id, so that silence means a
hung or stopped worker.
"""

import json
import re
from typing import Any

VERSION = 1
LONGEST_LINE = 16 << 20  # bytes; a worker that sends more without a line break is not speaking this protocol

_HEARTBEAT, _LONGEST_HEARTBEAT = re.compile(rb'"event" ?: ?"alive"'), 200


class ProtocolError(Exception):
    """A line that is no message of this protocol."""


class VersionError(ProtocolError):
    """A worker that speaks another version of it."""


def encode(message: dict[str, Any]) -> bytes:
    """A message as one line of bytes."""
    return json.dumps(message, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


def decode(line: bytes) -> dict[str, Any]:
    """The event in a line. Raises ProtocolError, quoting the line's beginning."""
    try:
        message = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        message = None
    if not isinstance(message, dict) or not isinstance(message.get("event"), str):
        raise ProtocolError(f"expected an event, got {line[:80].decode('utf-8', 'replace').strip()!r}")
    return message


def is_heartbeat(line: bytes) -> bool:
    """Whether a line is `alive`, told without the cost of decoding."""
    return len(line) < _LONGEST_HEARTBEAT and _HEARTBEAT.search(line) is not None


def check_hello(message: dict[str, Any]) -> None:
    """Raise ProtocolError unless this is the first line of a worker that speaks our version."""
    if message["event"] != "hello":
        raise ProtocolError(f"expected hello, got {message['event']!r}")
    if message.get("protocol") != VERSION:
        raise VersionError(
            f"the backend speaks protocol {message.get('protocol')} and this add-on {VERSION}: update the older of them"
        )
