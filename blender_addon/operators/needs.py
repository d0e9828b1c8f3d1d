# SPDX-License-Identifier: GPL-3.0-or-later
"""What several operators need before their buttons can be clicked, and say so while they cannot."""

from .. import preferences, session
from ..scene.find_character import active_character
from ..scene.tracks import open_film
from ..session import training
from ..session.runs import WAITING


def why_no_training() -> str:
    """Why no training can begin or go on now, as one sentence; "" when one can."""
    if training.live is not None:
        return "A training is running: stop it or wait for it"
    if not preferences.backend_ready():
        return "The backend that trains is not set up: see Set Up Backend in this panel"
    return ""


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


class NeedsFilm:
    """A film in the Movie Clip Editor."""

    @classmethod
    def poll(cls, context):
        if open_film(context) is None:
            cls.poll_message_set("Open a film in the Movie Clip Editor first")
            return False
        return True


class NeedsRig:
    """A rig that is chosen to retarget to."""

    @classmethod
    def poll(cls, context):
        if context.scene.lift3d_retarget.rig is None:
            cls.poll_message_set("Choose the rig first")
            return False
        return True
