# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask the backend what it has: Python, torch, devices and their memory, models and their licences."""

import bpy

from .. import folders, preferences, session
from ..jobs import JobError
from ..jobs import problem as problems
from ..jobs.job import DONE, Job
from ..jobs.problem import Problem
from ..session import setting_up
from .refusal import refused

job: Job | None = None  # the question under way, or the last one


def answer() -> list[str]:
    """What the backend said, a sentence each; none if it was not asked, or has not answered."""
    if job is None or job.state != DONE:
        return []
    return [str(sentence) for sentence in job.result.get("sentences", [])]


def asking() -> bool:
    return job is not None and not job.ended


class LIFT3D_OT_check_backend(bpy.types.Operator):
    """Ask the backend for its Python, PyTorch, devices with their memory, and models with their licences"""

    bl_idname = "lift3d.check_backend"
    bl_label = "Check Backend"

    @classmethod
    def poll(cls, context):
        reason = "The backend is being set up" if setting_up.running() else ""
        reason = reason or ("The backend is being asked" if asking() else "")
        reason = reason or ("" if preferences.backend_ready() else "No backend is set up yet")
        if reason:
            cls.poll_message_set(reason)
        return not reason

    def execute(self, context):
        global job
        try:
            models = str(folders.user_folder(folders.MODELS))
            job = session.supervisor().request("check", _ended, model_folders=[models])
        except (JobError, OSError) as error:
            return refused(self, error if isinstance(error, JobError) else JobError(str(error)))
        return {"FINISHED"}


class LIFT3D_OT_forget_check(bpy.types.Operator):
    """Take the backend's answer off the panel"""

    bl_idname = "lift3d.forget_check"
    bl_label = "Dismiss"

    def execute(self, context):
        forget()
        session.tag_redraw()
        return {"FINISHED"}


def forget() -> None:
    global job
    job = None


def _ended(ended: Job) -> None:
    if ended is not job:
        return
    if ended.state != DONE:
        if ended.sentence:
            session.show_problem(problems.of_job(ended))
        return
    troubles = [str(sentence) for sentence in ended.result.get("problems", [])]
    if troubles and not ended.result.get("ready", True):
        session.show_problem(Problem(troubles[0], "\n".join(answer()), str(ended.result.get("remedy", ""))))


unregister = forget

CLASSES = (LIFT3D_OT_check_backend, LIFT3D_OT_forget_check)
