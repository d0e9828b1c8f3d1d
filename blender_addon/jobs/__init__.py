# SPDX-License-Identifier: GPL-3.0-or-later
"""The backend as a process: how it is found, started, talked to, watched and ended. Standard library only."""


class JobError(Exception):
    """The backend cannot do what was asked, and the user can put it right: one line, and perhaps lines of a log.

    remedy: what would put it right, as `problem.Problem` names it, if a button could.
    """

    def __init__(self, sentence: str, details: str = "", remedy: str = ""):
        super().__init__(" ".join(sentence.split()))
        self.details, self.remedy = details, remedy


class BackendError(JobError):
    """The backend broke, which is no fault of the user's."""
