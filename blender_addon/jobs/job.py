# SPDX-License-Identifier: GPL-3.0-or-later
"""One request and what has become of it, as the worker's events tell."""

from dataclasses import dataclass, field
from typing import Any

RUNNING, DONE, FAILED, CANCELLED = "running", "done", "failed", "cancelled"


@dataclass
class Job:
    """One request and what has become of it; the worker's `pump` writes it, everybody else reads."""

    id: str
    request: str
    state: str = RUNNING
    stage: str = ""
    done: int = 0
    total: int = 0
    seconds_left: float | None = None
    warnings: list[str] = field(default_factory=list)
    result: dict[str, Any] = field(default_factory=dict)
    sentence: str = ""
    details: str = ""
    users_fault: bool = False  # the sentence tells the user what to put right, rather than what broke
    remedy: str = ""  # what would mend a failure, if that is known (see problem.py)
    waiting: bool = False  # for another job to end
    stalled: bool = False  # the worker is alive, but there has been no word of this job for long

    @property
    def ended(self) -> bool:
        return self.state != RUNNING

    def note(self, message: dict[str, Any]) -> None:
        """Take in an event. Raises TypeError or ValueError for values of another kind than the protocol's."""
        event = message["event"]
        self.stalled = False
        if event == "stage":
            self.stage, self.done, self.total, self.seconds_left = str(message.get("name", "")), 0, 0, None
        elif event == "progress":
            self.done, self.total = int(message.get("done", 0)), int(message.get("total", 0))
            left = message.get("seconds_left")
            self.seconds_left = None if left is None else max(0.0, float(left))
        elif event == "warning":
            self.warnings.append(str(message.get("text", "")))
        elif event == "done":
            self.result = dict(message.get("result") or {})
            self.state = DONE
        elif event == "failed":
            sentence = str(message.get("sentence") or "the backend failed without saying why")
            self.users_fault = bool(message.get("users_fault"))
            self.fail(sentence, str(message.get("details") or ""), str(message.get("remedy") or ""))
        elif event == "cancelled":
            self.state = CANCELLED

    def begin_again(self) -> None:
        """Forget a failure that was none of this job's: it waits for another worker."""
        self.state, self.sentence, self.details, self.remedy, self.waiting = RUNNING, "", "", "", True

    def fail(self, sentence: str, details: str = "", remedy: str = "") -> None:
        """It has failed: a sentence without a line break, lines of a log, what would mend it."""
        self.state, self.details, self.remedy = FAILED, details, remedy
        self.sentence = " ".join(sentence.split())
