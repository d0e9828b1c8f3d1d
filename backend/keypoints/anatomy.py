# SPDX-License-Identifier: GPL-3.0-or-later
"""What the networks know of a figure: where its root is, and what its size is measured by.

Each layout that networks are trained on has a number of points of its own, so that an array of points says by its shape
which figure it shows.
"""

from dataclasses import dataclass, field

from .figures import PEOPLE
from .layouts import LAYOUTS, Layout


@dataclass(frozen=True)
class Anatomy:
    """A figure of K points.

    hips: the two points whose middle is the root; trunk: from the root to this point; legs: (upper, middle, lower)
    points of every leg; all as indices. mirror: the index of each point after left and right are exchanged.
    """

    layout: Layout
    trunk_end: str
    leg_names: tuple[tuple[str, str, str], ...]
    hips: tuple[int, int] = field(init=False)
    trunk: int = field(init=False)
    legs: tuple[tuple[int, int, int], ...] = field(init=False)
    mirror: tuple[int, ...] = field(init=False)

    def __post_init__(self):
        legs = tuple(tuple(self.index(name) for name in leg) for leg in self.leg_names)
        object.__setattr__(self, "hips", (self.index("right_hip"), self.index("left_hip")))
        object.__setattr__(self, "trunk", self.index(self.trunk_end))
        object.__setattr__(self, "legs", legs)
        object.__setattr__(self, "mirror", tuple(int(index) for index in self.layout.mirror))

    def index(self, name: str) -> int:
        """The index of a point by its name."""
        return self.layout.names.index(name)

    @property
    def leg_bones(self) -> tuple[tuple[int, int], ...]:
        """The two bones of every leg, (from, to)."""
        return tuple(pair for upper, middle, lower in self.legs for pair in ((upper, middle), (middle, lower)))

    @property
    def person(self) -> bool:
        """Whether it is a person, alone or with a thing."""
        return self.layout.figure in PEOPLE

    def __len__(self) -> int:
        return len(self.layout)


def _both_sides(*legs: tuple[str, str, str]) -> tuple[tuple[str, str, str], ...]:
    return tuple(tuple(f"{side}_{point}" for point in leg) for side in ("right", "left") for leg in legs)


HUMAN = Anatomy(LAYOUTS["openpose18"], "neck", _both_sides(("hip", "knee", "ankle")))
QUADRUPED = Anatomy(
    LAYOUTS["ap10k"], "neck", _both_sides(("shoulder", "elbow", "front_paw"), ("hip", "knee", "back_paw"))
)
#: The points of a person come first, in the order of `HUMAN`, then those of the box.
HUMAN_BOX = Anatomy(LAYOUTS["openpose18_box"], "neck", _both_sides(("hip", "knee", "ankle")))
_BY_COUNT = {len(anatomy): anatomy for anatomy in (HUMAN, QUADRUPED, HUMAN_BOX)}


def anatomy_of(count: int) -> Anatomy:
    """The figure of so many points. Raises ValueError for a number that no figure has."""
    try:
        return _BY_COUNT[count]
    except KeyError:
        raise ValueError(f"expected {' or '.join(map(str, _BY_COUNT))} points, got {count}") from None
