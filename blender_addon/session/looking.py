# SPDX-License-Identifier: GPL-3.0-or-later
"""The look at the chosen clip before any lift, after which the backend gets warm for one."""

from typing import Any

from .. import session
from ..core.body_family import HUMAN
from ..jobs import JobError
from ..jobs import problem as problems
from ..jobs.job import CANCELLED, DONE, Job
from . import models_at_hand, pulse, workers
from .runs import Inspection


def inspect(path: str, **fields: Any) -> None:
    """Look at a clip, instead of the one before it; "" for none. fields: of the request, beside the clip."""
    before = session.inspection
    session.inspection = Inspection(path, asked=fields) if path else None
    try:
        if before is not None and before.job is not None:
            workers.supervisor().cancel(before.job)
        if path:
            session.inspection.job = workers.supervisor().request("inspect", _ended, clip=path, **fields)
    except JobError as error:
        session.inspection.problem = problems.of_error(error)
    pulse.tag_redraw()


def look_again() -> None:
    """The backend is another one now, which may recognise a clip that the one before has not."""
    found = session.inspection
    if found is not None and found.facts is None:
        inspect(found.clip, **found.asked)


def _ended(job: Job) -> None:
    found = session.inspection
    if found is None or found.job is not job or job.state == CANCELLED:
        return
    if job.state != DONE:
        found.problem = problems.of_job(job)
        return
    found.facts = job.result
    if job.result.get("liftable", True):
        _warm_up(str(job.result.get("subject") or HUMAN))


def _warm_up(subject: str) -> None:
    """Let the backend load what any lift needs, while the user looks at what the clip holds."""
    from .. import preferences

    try:
        options = {"device": preferences.device()}
        if model := models_at_hand.option("", subject):
            options["model"] = model
        workers.supervisor().request("warm_up", gives_way=True, options=options)
    except JobError:
        pass  # the lift will say so
