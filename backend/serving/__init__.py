# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker's side of the talk with the add-on: one JSON object a line, one job at a time, cancel heard at any time.

The two sides share the protocol and no code, since neither may import the other. Its words are told in
`blender_addon/jobs/protocol.py`; tests/blender_addon/jobs has both sides talk to each other.
"""
