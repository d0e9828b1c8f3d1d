# SPDX-License-Identifier: GPL-3.0-or-later
"""The same commands in Blender: blender --command lift3d COMMAND ..."""

import bpy

_handle = None


def register() -> None:
    """Make Blender's command line know ours."""
    global _handle
    _handle = bpy.utils.register_cli_command("lift3d", execute)


def unregister() -> None:
    """Make Blender's command line forget it."""
    global _handle
    if _handle is not None:
        bpy.utils.unregister_cli_command(_handle)
        _handle = None


def execute(words: list[str]) -> int:
    """Run one command; the exit code, which becomes Blender's own."""
    import signal

    from . import main

    # Without a window Blender takes Ctrl-C for itself and only marks its own renders as interrupted.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return main(words, "blender --command lift3d")
    finally:
        signal.signal(signal.SIGINT, before or signal.SIG_DFL)
