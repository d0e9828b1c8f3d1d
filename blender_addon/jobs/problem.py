# SPDX-License-Identifier: GPL-3.0-or-later
"""What has gone wrong, as the panel tells it: a sentence, what would mend it, and a report that can be copied."""

import re
from dataclasses import dataclass

from . import JobError
from .worker import Job

SET_UP, REPAIR, CHOOSE_PYTHON, USE_CPU = "set_up", "repair", "choose_python", "use_cpu"
CHOOSE_BASE = "choose_base"  # another Python to set the backend up with

# The library that a log's last lines miss, whichever part of the backend asked for it.
_ABSENT = re.compile(r"No module named '([A-Za-z0-9_]+)")


@dataclass(frozen=True)
class Problem:
    """sentence: for the panel. details: lines for the report alone. remedy: "" or one of the constants above."""

    sentence: str
    details: str = ""
    remedy: str = ""


def of_error(error: JobError) -> Problem:
    """The problem in an error that kept a job from starting."""
    return Problem(_sentence(str(error)), error.details, error.remedy)


def of_job(job: Job, device: str = "") -> Problem:
    """The problem of a job that has failed. device: what it was asked to run on."""
    # A log may also tell of a library that was missed long before, and that nothing came of.
    at_its_end = job.remedy == REPAIR or "exit code" in job.sentence
    absent = _ABSENT.search(job.sentence) or (_ABSENT.search(job.details) if at_its_end else None)
    if absent:
        sentence = f"The Python that the backend runs in has no {absent[1]}, which it needs."
        return Problem(sentence, "\n".join([job.sentence, job.details]), REPAIR)
    remedy, sentence = job.remedy, job.sentence
    # A lift has already tried the processor by itself.
    if not remedy and job.request == "train" and "out of memory" in sentence and device != "cpu":
        remedy = USE_CPU
    if not remedy and not job.users_fault:
        sentence = f"{sentence.rstrip('.!?')}. Try again; copy the report if it happens again"
    return Problem(_sentence(sentence), job.details, remedy)


def report(problem: Problem, facts: dict[str, str]) -> str:
    """The text to copy for whoever is to help: the sentence, the facts of this machine, the details."""
    lines = [problem.sentence, "", *(f"{name}: {value}" for name, value in facts.items())]
    if problem.details:
        lines += ["", problem.details.rstrip()]
    return "\n".join(lines) + "\n"


def _sentence(text: str) -> str:
    """With a capital and a full stop, unless it begins with something that has a spelling of its own."""
    text = " ".join(text.split()) or "something went wrong and nothing says what"
    if re.match(r"[a-z]+\b(?![./\\_:-])", text):
        text = text[0].upper() + text[1:]
    return text if text[-1] in ".!?" else text + "."
