# SPDX-License-Identifier: GPL-3.0-or-later
"""The marked points of a box: which corners they are, and where they lie in the box's own frame.

The frame has its origin in the middle of the box and its axes along the edges. `box_1` to `box_4` go around one face,
counter-clockwise as seen from outside; `box_5` is the corner across that face from `box_1`, so that the edges 1-2, 1-4
and 1-5 are the box's x, y and z. A file that marks all eight corners goes on with the far face, from below `box_2`.
"""

import numpy as np

CORNERS = np.array(
    [
        (-0.5, -0.5, 0.5), (0.5, -0.5, 0.5), (0.5, 0.5, 0.5), (-0.5, 0.5, 0.5),
        (-0.5, -0.5, -0.5), (0.5, -0.5, -0.5), (0.5, 0.5, -0.5), (-0.5, 0.5, -0.5),
    ]
)  # fmt: skip
"""(8, 3) corners of the unit box, in its frame; a box of `size` (3,) metres has them at CORNERS * size."""

BOX8_NAMES = tuple(f"box_{number}" for number in range(1, 9))
BOX_NAMES = BOX8_NAMES[:5]

#: In a mirror a face goes round the other way: these two change places, and the frame is right-handed again.
MIRRORED = (("box_2", "box_4"), ("box_6", "box_8"))
#: Corner by corner the one that it is drawn from; the edges that such a tree leaves out.
PARENTS = {
    "box_1": None, "box_2": "box_1", "box_3": "box_2", "box_4": "box_3",
    "box_5": "box_1", "box_6": "box_5", "box_7": "box_6", "box_8": "box_7",
}  # fmt: skip
OTHER_EDGES = (("box_4", "box_1"), ("box_8", "box_5"), ("box_2", "box_6"), ("box_3", "box_7"), ("box_4", "box_8"))


def box_points(position: np.ndarray, rotation: np.ndarray, size: np.ndarray) -> np.ndarray:
    """The five points (..., 5, 3) of a box: position (..., 3) of its middle and size (..., 3) in one unit, rotation
    (..., 3, 3) from its frame."""
    corners = CORNERS[: len(BOX_NAMES)] * np.asarray(size)[..., None, :]
    return corners @ np.swapaxes(rotation, -1, -2) + np.asarray(position)[..., None, :]


def upright_first(rotation: np.ndarray, size: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same box with its axes named anew, so that in the first frame z points most nearly up.

    rotation (T, 3, 3), size (3,) -> the same. Whoever marks a box begins with the face that is on top.
    """
    up = rotation[0, 2]
    axis = int(np.abs(up).argmax())
    turn = np.zeros((3, 3))  # columns: the new axes in the old frame
    turn[axis, 2] = np.sign(up[axis])
    turn[(axis + 1) % 3, 0] = 1.0
    turn[:, 1] = np.cross(turn[:, 2], turn[:, 0])
    return rotation @ turn, np.abs(turn.T) @ size
