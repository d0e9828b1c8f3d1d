# SPDX-License-Identifier: GPL-3.0-or-later
"""The one place for 2D keypoint layouts: names, order, mirror pairs, skeletons and the maps between them.

`openpose18` is the human layout of the models: the 18 points of OpenPose's COCO model whose neck is always the
mid-point of the shoulders; `ap10k` is the quadruped's. `coco18` is what OpenPose writes: the order of
`openpose18`, with the neck its network has learnt. What animals are annotated with becomes `ap10k` by the points'
names; see animal_layouts.py.
"""

from dataclasses import dataclass, field

import numpy as np

from .animal_layouts import (
    ANIMAL_POSE,
    AP_10K,
    BADJA,
    HORSE_10,
    STAND_INS,
    STANFORD_EXTRA,
    STANFORD_EXTRA_24,
)
from .box import BOX8_NAMES, BOX_NAMES
from .errors import KeypointError
from .figures import HUMAN, HUMAN_BOX, QUADRUPED, Figure

_OPENPOSE_18 = (
    "nose", "neck", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow", "left_wrist",
    "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle",
    "right_eye", "left_eye", "right_ear", "left_ear",
)  # fmt: skip
_COCO_17 = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder",
    "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip",
    "left_knee", "right_knee", "left_ankle", "right_ankle",
)  # fmt: skip
_BODY_25 = (
    "nose", "neck", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow", "left_wrist",
    "mid_hip", "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle",
    "right_eye", "left_eye", "right_ear", "left_ear",
    "left_big_toe", "left_small_toe", "left_heel", "right_big_toe", "right_small_toe", "right_heel",
)  # fmt: skip

# Longer sets (Halpe 26 and 136, COCO-WholeBody 133) that begin with the 17 points of COCO in COCO's order.
BEGIN_WITH_COCO_17 = (26, 133, 136)


@dataclass(frozen=True)
class Layout:
    """A set of K named 2D points.

    title: for people to read; names (K,) str; figure: the family that the names belong to; parents (K,) int, -1 for the
    root(s); pairs: indices that a mirror exchanges, (left, right) and those of a box; bones: (from, to) indices to
    draw; upright (K,2): a standing figure of height 1, y down.
    """

    name: str
    title: str
    names: tuple[str, ...]
    figure: Figure = HUMAN
    parents: tuple[int, ...] = field(init=False)
    pairs: tuple[tuple[int, int], ...] = field(init=False)
    bones: tuple[tuple[int, int], ...] = field(init=False)

    def __post_init__(self):
        parents = tuple(self._nearest_ancestor(name) for name in self.names)
        pairs = tuple(
            (self.names.index(name), self.names.index("right" + name[4:]))
            for name in self.names
            if name.startswith("left_")
        )
        edges, mirrored = (
            [(self.names.index(a), self.names.index(b)) for a, b in couples if a in self.names and b in self.names]
            for couples in (self.figure.edges, self.figure.mirrored)
        )
        pairs += tuple(mirrored)
        bones = [(parent, child) for child, parent in enumerate(parents) if parent >= 0] + edges
        roots = [name for name, parent in zip(self.names, parents, strict=True) if parent < 0]
        if len(set(roots) - set(self.figure.apart)) > 1:
            # without a neck the torso would fall apart into limbs: draw its outline
            corners = [self.names.index(name) for name in self.figure.torso if name in self.names]
            bones += list(zip(corners, corners[1:] + corners[:1], strict=True))
        object.__setattr__(self, "parents", parents)
        object.__setattr__(self, "pairs", pairs)
        object.__setattr__(self, "bones", tuple(bones))

    def _nearest_ancestor(self, name: str) -> int:
        parent = self.figure.parents[name]
        while parent is not None and parent not in self.names:
            parent = self.figure.parents[parent]
        return -1 if parent is None else self.names.index(parent)

    def __len__(self) -> int:
        return len(self.names)

    @property
    def upright(self) -> np.ndarray:
        return np.array([self.figure.upright[name] for name in self.names])

    @property
    def mirror(self) -> np.ndarray:
        """(K,) the index that each point has after left and right are exchanged."""
        order = np.arange(len(self.names))
        for left, right in self.pairs:
            order[left], order[right] = right, left
        return order


def _with_box(name: str, title: str, names: tuple[str, ...]) -> tuple[Layout, Layout]:
    """A layout of people followed by a box's five points, or by all its eight corners."""
    return (
        Layout(f"{name}_box", f"{title} and 5 of a box", names + BOX_NAMES, HUMAN_BOX),
        Layout(f"{name}_box8", f"{title} and 8 corners of a box", names + BOX8_NAMES, HUMAN_BOX),
    )


LAYOUTS = {
    layout.name: layout
    for layout in (
        Layout("openpose18", "18 points, the neck between the shoulders", _OPENPOSE_18),
        Layout("coco17", "17 points (COCO)", _COCO_17),
        Layout("coco18", "18 points (OpenPose, COCO)", _OPENPOSE_18),
        Layout("ap10k", "17 points of an animal (AP-10K)", AP_10K, QUADRUPED),
        Layout("animal_pose", "20 points of an animal (Animal-Pose)", ANIMAL_POSE, QUADRUPED),
        Layout("stanford_extra", "20 points of a dog (StanfordExtra)", STANFORD_EXTRA, QUADRUPED),
        Layout("stanford_extra24", "24 points of a dog (StanfordExtra)", STANFORD_EXTRA_24, QUADRUPED),
        Layout("badja", "21 points of an animal (BADJA)", BADJA, QUADRUPED),
        Layout("horse10", "22 points of a horse (Horse-10)", HORSE_10, QUADRUPED),
        Layout("body25", "25 points with feet (OpenPose, BODY_25)", _BODY_25),
        *_with_box("openpose18", "18 points, the neck between the shoulders,", _OPENPOSE_18),
        *_with_box("coco17", "17 points (COCO)", _COCO_17),
        *_with_box("body25", "25 points with feet (OpenPose, BODY_25)", _BODY_25),
    )
}

# What the models of each subject work on.
MODEL_LAYOUTS = {"human": "openpose18", "cat": "ap10k", "human_box": "openpose18_box"}


def get_layout(name: str) -> Layout:
    """The layout of that name; KeypointError naming the known ones if there is none."""
    try:
        return LAYOUTS[name]
    except (KeyError, TypeError):
        raise KeypointError(
            f"Unknown keypoint layout {str(name)[:60]!r}: expected one of {', '.join(LAYOUTS)}."
        ) from None


def convert(points: np.ndarray, confidence: np.ndarray, source: str, target: str) -> tuple[np.ndarray, np.ndarray]:
    """Reorder keypoints from one layout into another.

    points (T,K,2) NaN where missing, confidence (T,K) -> the same for the target's points. The neck of openpose18 is
    always the mid-point of the shoulders with the lesser of their confidences, whatever the source calls its neck. From
    one animal's layout to another, points that the source lacks are missing, but that the withers stand for the neck
    and the ischium for the root of the tail (STAND_INS).
    KeypointError if a human target has points that the source cannot give, and between human and animal.
    """
    old, new = get_layout(source), get_layout(target)
    shoulders_neck = new.name.startswith("openpose18")
    if source == target and not shoulders_neck:
        return points.copy(), confidence.copy()
    if old.figure is not new.figure:
        raise KeypointError(
            f"Keypoints of a {old.figure.name} ({source}) cannot become those of a {new.figure.name} ({target})."
        )
    if new.figure is QUADRUPED:
        return _convert_quadruped(points, confidence, old, new)
    made_here = {"neck"} if shoulders_neck else set()
    absent = [name for name in new.names if name not in old.names and name not in made_here]
    if absent:
        raise KeypointError(f"Keypoints in layout {source} cannot become {target}: {', '.join(absent)} not there.")
    columns = [old.names.index(name) if name in old.names else 0 for name in new.names]
    points, confidence = points[..., columns, :].copy(), confidence[..., columns].copy()
    if shoulders_neck:
        shoulders = [new.names.index("right_shoulder"), new.names.index("left_shoulder")]
        neck = new.names.index("neck")
        points[..., neck, :] = points[..., shoulders, :].mean(axis=-2)
        confidence[..., neck] = confidence[..., shoulders].min(axis=-1)
    return points, confidence


def _convert_quadruped(points: np.ndarray, confidence: np.ndarray, old: Layout, new: Layout):
    """As `convert`, between two layouts of quadrupeds."""
    shape = (*points.shape[:-2], len(new))
    new_points, new_confidence = np.full((*shape, 2), np.nan), np.zeros(shape)
    for place, name in enumerate(new.names):
        given = name if name in old.names else STAND_INS.get(name)
        if given in old.names:
            column = old.names.index(given)
            new_points[..., place, :], new_confidence[..., place] = points[..., column, :], confidence[..., column]
    return new_points, new_confidence
