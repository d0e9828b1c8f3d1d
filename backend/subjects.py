# SPDX-License-Identifier: GPL-3.0-or-later
"""Who can be lifted: the one list of subjects, and what tells them apart."""

from dataclasses import dataclass
from pathlib import Path

from .errors import UserError
from .keypoints.anatomy import HUMAN, HUMAN_BOX, QUADRUPED, Anatomy
from .keypoints.layouts import get_layout

CHECKPOINTS = Path(__file__).resolve().parents[1] / "assets" / "checkpoints"


class SubjectError(UserError):
    """A subject that there is not, or another than the one at hand."""


@dataclass(frozen=True)
class Subject:
    """name: as users choose it; title: of its models' cards; anatomy: its points; body: what is fitted."""

    name: str
    title: str
    anatomy: Anatomy
    body: str

    @property
    def layout(self) -> str:
        """The layout that its networks see."""
        return self.anatomy.layout.name

    @property
    def model(self) -> Path:
        """The folder of its bundled model."""
        return CHECKPOINTS / self.name


SUBJECTS = {
    subject.name: subject
    for subject in (
        Subject("human", "Human", HUMAN, "smpl"),
        Subject("cat", "Quadruped", QUADRUPED, "smal"),
        Subject("human_box", "Human with a box", HUMAN_BOX, "smpl_box"),
    )
}


def get_subject(name: str) -> Subject:
    """The subject of that name. Raises SubjectError."""
    if name not in SUBJECTS:
        raise SubjectError(f"expected a subject of {', '.join(SUBJECTS)}, got {str(name)[:40]!r}")
    return SUBJECTS[name]


def subject_of_layout(layout: str) -> Subject:
    """Whom the points of a 2D layout show. Raises KeypointError for an unknown layout."""
    figure = get_layout(layout).figure
    return next(subject for subject in SUBJECTS.values() if subject.anatomy.layout.figure is figure)


def subject_of_count(count: int) -> Subject:
    """Whose networks see so many points. Raises SubjectError."""
    for subject in SUBJECTS.values():
        if len(subject.anatomy) == count:
            return subject
    raise SubjectError(f"expected the points of a {' or a '.join(SUBJECTS)}, got {count} of them")
