# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operator does with an error that kept its work from beginning."""

import bpy

from .. import session
from ..jobs import JobError, problem


def refused(operator: bpy.types.Operator, error: JobError) -> set[str]:
    """Tell of it in the panel, where a button may mend it, and in Blender's own way; what `execute` is to return."""
    session.show_problem(problem.of_error(error))
    operator.report({"WARNING"}, session.problem.sentence)
    return {"CANCELLED"}
