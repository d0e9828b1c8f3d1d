# SPDX-License-Identifier: GPL-3.0-or-later
"""The clip that is chosen in a scene: where it is, what it was recognised as, and why it cannot be lifted now."""

from typing import TYPE_CHECKING

import bpy

from .. import preferences, session
from ..core.body_family import HUMAN
from ..core.clip_facts import ClipFacts
from ..core.detector_options import detector_subject, lacking
from ..core.lift_options import clip_options
from ..core.subject_words import mismatch, no_model
from ..core.why_not import why_not
from ..session import detecting, models_at_hand, setting_up
from ..session.runs import Inspection

if TYPE_CHECKING:
    from .lift_settings import Lift3DSettings

_parsed: tuple[dict, ClipFacts] | None = None  # the last inspection's facts, and what was made of them


def clip_path(settings: "Lift3DSettings") -> str:
    """The chosen clip's absolute path; "" when none is chosen."""
    return bpy.path.abspath(settings.clip) if settings.clip else ""


def inspection(settings: "Lift3DSettings") -> Inspection | None:
    """The session's look at the clip, if it is at the one that is chosen here; else None."""
    found, path = session.inspection, clip_path(settings)
    return found if found and path and str(found.clip) == path else None


def clip_facts(settings: "Lift3DSettings") -> ClipFacts | None:
    """What the chosen clip was recognised as; None while that is not known."""
    global _parsed
    found = inspection(settings)
    if not found or not found.facts:
        return None
    if _parsed is None or _parsed[0] is not found.facts:  # every panel asks at every redraw
        _parsed = found.facts, ClipFacts.of(found.facts)
    return _parsed[1]


def shown_subject(settings: "Lift3DSettings") -> str:
    """Whom the clip shows, a video whom the detector finds; "" if that is not known."""
    facts = clip_facts(settings)
    if facts is not None and facts.is_video:
        return detector_subject(settings.id_data.lift3d_detection.detector)
    return facts.subject if facts else ""


def subject(settings: "Lift3DSettings") -> str:
    """Who is lifted: whom the user has chosen, else whom the clip shows, else a human."""
    return settings.chosen_subject or shown_subject(settings) or HUMAN


def wrong_subject(settings: "Lift3DSettings") -> str:
    """Why the chosen clip cannot be lifted as the chosen subject, as half a sentence; "" if it can."""
    facts = clip_facts(settings)
    return mismatch(shown_subject(settings), subject(settings), facts.is_video) if facts else ""


def lacking_detector(settings: "Lift3DSettings") -> str:
    """What the detector of the chosen video still needs, as half a sentence; "" for nothing, and for other clips."""
    facts = clip_facts(settings)
    return lacking(settings.id_data.lift3d_detection) if facts and facts.is_video else ""


def film(settings: "Lift3DSettings") -> str:
    """The absolute path of the chosen clip's film: a video itself, its footage, or what lies beside it; "" for none."""
    facts = clip_facts(settings)
    if facts is not None and facts.is_video:
        return clip_path(settings)
    return bpy.path.abspath(settings.footage) if settings.footage else facts.video if facts else ""


def why_not_lift(context: bpy.types.Context) -> str:
    """Why a lift cannot start now, as one sentence for a tooltip; "" when it can. Reads no file."""
    settings = context.scene.lift3d
    found = inspection(settings)
    facts, problem = clip_facts(settings), found.problem if found else None
    person = facts.person(settings.person) if facts else None
    whom = subject(settings)
    reason = (facts.reason if facts else "") or (person.reason if person else "")
    return why_not(
        clip=settings.clip,
        reading=bool(found and not facts and not problem),
        problem=problem.sentence if problem else reason or wrong_subject(settings) or lacking_detector(settings),
        lift=session.lift.state if session.lift else "",
        backend=preferences.backend_ready(),
        setting_up=setting_up.running(),
        detecting=detecting.running(),
        model="" if models_at_hand.models(whom) else no_model(whom),
    )


def read_clip(settings: "Lift3DSettings") -> None:
    """Have the chosen clip recognised by the backend; what is known of it is forgotten."""
    session.inspect(clip_path(settings), **clip_options(settings))


def forget() -> None:
    """Forget what was made of an inspection."""
    global _parsed
    _parsed = None
