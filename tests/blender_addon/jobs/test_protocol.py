# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines to events and back; whatever is no event is refused with its beginning quoted."""

import json

import pytest

from blender_addon.jobs import protocol


def test_a_message_is_one_line_of_ascii_json_whatever_it_says():
    line = protocol.encode({"event": "warning", "text": "two\nlines of Grüße \u2028"})
    assert line.count(b"\n") == 1 and line.endswith(b"\n") and line.isascii()
    assert protocol.decode(line) == {"event": "warning", "text": "two\nlines of Grüße \u2028"}
    assert json.loads(line) == protocol.decode(line)


@pytest.mark.parametrize(
    "line", [b"", b"hello\n", b"[1]\n", b"{}\n", b'{"event":3}\n', b"\xff\n", b"[" * 100_000, b'{"event":"done"']
)
def test_what_is_no_event_is_refused(line):
    with pytest.raises(protocol.ProtocolError) as caught:
        protocol.decode(line)
    assert len(str(caught.value)) < 500


def test_hello_must_come_first_and_in_our_version():
    protocol.check_hello({"event": "hello", "protocol": protocol.VERSION, "version": "9"})
    with pytest.raises(protocol.ProtocolError, match="update the older"):
        protocol.check_hello({"event": "hello", "protocol": protocol.VERSION + 1})
    with pytest.raises(protocol.ProtocolError, match="expected hello"):
        protocol.check_hello({"event": "done"})


def test_heartbeats_are_told_from_what_must_be_read():
    assert all(
        protocol.is_heartbeat(line)
        for line in (protocol.encode({"event": "alive"}), b'{"event": "alive"}\n', b'{"event":"alive","busy_s":3.5}\n')
    )
    for text in ("alive", '"event":"alive"'):
        assert not protocol.is_heartbeat(protocol.encode({"event": "warning", "text": text}))
