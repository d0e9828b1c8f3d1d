# SPDX-License-Identifier: GPL-3.0-or-later
"""The two exceptions that every layer of the backend shares."""


class UserError(Exception):
    """Something the user can put right: one line saying what was expected, what came and what to do.

    Each layer raises its own subclass. The command line prints the line on stderr and exits with 2; the worker
    reports it as a failure. Line breaks are folded so that the message stays one line whatever it quotes.
    remedy: what the add-on has a button for, as it names it; "" for nothing.
    """

    remedy = ""

    def __str__(self) -> str:
        return " ".join(super().__str__().split())


class Cancelled(Exception):
    """Raised from a progress callback to stop a running job; not an error, so it is never reported as one."""
