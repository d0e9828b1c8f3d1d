# SPDX-License-Identifier: GPL-3.0-or-later
"""What several operators need before their buttons can be clicked, and say so while they cannot."""

from .. import session
from ..scene.find_character import active_character
from ..session.runs import WAITING


class NeedsCharacter:
    """A lifted character in the scene."""

    @classmethod
    def poll(cls, context):
        if active_character(context) is None:
            cls.poll_message_set("There is no lifted character in the scene")
            return False
        return True


class NeedsResult:
    """A finished lift that waits."""

    @classmethod
    def poll(cls, context):
        waits = session.lift is not None and session.lift.state == WAITING
        if not waits:
            cls.poll_message_set("No finished lift waits to be added")
        return waits
