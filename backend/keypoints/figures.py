# SPDX-License-Identifier: GPL-3.0-or-later
"""The named points of each family of figures: the tree that they are drawn by, and where they are when it stands."""

from dataclasses import dataclass

from . import box

# The neck carries the human tree, as in OpenPose.
_HUMAN_PARENTS = {
    "nose": "neck", "neck": None,
    "right_shoulder": "neck", "right_elbow": "right_shoulder", "right_wrist": "right_elbow",
    "left_shoulder": "neck", "left_elbow": "left_shoulder", "left_wrist": "left_elbow",
    "mid_hip": "neck",
    "right_hip": "neck", "right_knee": "right_hip", "right_ankle": "right_knee",
    "left_hip": "neck", "left_knee": "left_hip", "left_ankle": "left_knee",
    "right_eye": "nose", "left_eye": "nose", "right_ear": "right_eye", "left_ear": "left_eye",
    "left_big_toe": "left_ankle", "left_small_toe": "left_big_toe", "left_heel": "left_ankle",
    "right_big_toe": "right_ankle", "right_small_toe": "right_big_toe", "right_heel": "right_ankle",
}  # fmt: skip

# An upright figure seen from the front, in statures from the crown down (x to the image's right): it only places
# points that a clip never shows, so ordinary proportions are enough.
_HUMAN_UPRIGHT = {
    "nose": (0.0, 0.075), "neck": (0.0, 0.18),
    "right_shoulder": (-0.11, 0.18), "right_elbow": (-0.13, 0.36), "right_wrist": (-0.14, 0.51),
    "left_shoulder": (0.11, 0.18), "left_elbow": (0.13, 0.36), "left_wrist": (0.14, 0.51),
    "mid_hip": (0.0, 0.48),
    "right_hip": (-0.055, 0.48), "right_knee": (-0.055, 0.715), "right_ankle": (-0.055, 0.95),
    "left_hip": (0.055, 0.48), "left_knee": (0.055, 0.715), "left_ankle": (0.055, 0.95),
    "right_eye": (-0.02, 0.06), "left_eye": (0.02, 0.06), "right_ear": (-0.045, 0.068), "left_ear": (0.045, 0.068),
    "left_big_toe": (0.075, 0.985), "left_small_toe": (0.095, 0.98), "left_heel": (0.055, 0.98),
    "right_big_toe": (-0.075, 0.985), "right_small_toe": (-0.095, 0.98), "right_heel": (-0.055, 0.98),
}  # fmt: skip


# The withers carry the quadruped's tree where a layout has them, else the neck does. A knee is the stifle, and a front
# leg has its carpus where the hind leg has its hock.
_QUADRUPED_PARENTS = {
    "withers": None, "neck": "withers", "nose": "neck", "left_eye": "nose", "right_eye": "nose",
    "chin": "nose", "jaw": "nose", "throat": "neck",
    "left_ear": "nose", "right_ear": "nose", "left_ear_tip": "left_ear", "right_ear_tip": "right_ear",
    "scapula": "neck", "girth": "neck",
    "left_shoulder": "neck", "left_elbow": "left_shoulder", "left_carpus": "left_elbow",
    "left_front_fetlock": "left_carpus", "left_front_paw": "left_front_fetlock",
    "right_shoulder": "neck", "right_elbow": "right_shoulder", "right_carpus": "right_elbow",
    "right_front_fetlock": "right_carpus", "right_front_paw": "right_front_fetlock",
    "ischium": "neck", "tail_root": "ischium", "tail_middle": "tail_root", "tail_tip": "tail_middle",
    "left_hip": "tail_root", "left_knee": "left_hip", "left_hock": "left_knee",
    "left_back_fetlock": "left_hock", "left_back_paw": "left_back_fetlock",
    "right_hip": "tail_root", "right_knee": "right_hip", "right_hock": "right_knee",
    "right_back_fetlock": "right_hock", "right_back_paw": "right_back_fetlock",
}  # fmt: skip

# A standing quadruped seen from its left side, in heights of the back over the floor, as above; the far legs step.
_QUADRUPED_UPRIGHT = {
    "nose": (-1.05, -0.02), "left_eye": (-0.93, -0.15), "right_eye": (-0.95, -0.15), "neck": (-0.60, 0.08),
    "chin": (-1.01, 0.04), "jaw": (-0.87, 0.03), "throat": (-0.79, 0.07),
    "left_ear": (-0.79, -0.20), "right_ear": (-0.82, -0.20),
    "left_ear_tip": (-0.78, -0.31), "right_ear_tip": (-0.82, -0.31),
    "withers": (-0.47, 0.02), "scapula": (-0.50, 0.17), "girth": (-0.30, 0.60),
    "left_shoulder": (-0.57, 0.32), "left_elbow": (-0.37, 0.50), "left_carpus": (-0.43, 0.77),
    "left_front_fetlock": (-0.45, 0.88), "left_front_paw": (-0.47, 0.95),
    "right_shoulder": (-0.55, 0.31), "right_elbow": (-0.33, 0.48), "right_carpus": (-0.35, 0.75),
    "right_front_fetlock": (-0.35, 0.86), "right_front_paw": (-0.36, 0.93),
    "ischium": (0.63, 0.22), "tail_root": (0.59, 0.12), "tail_middle": (0.84, 0.27), "tail_tip": (1.04, 0.52),
    "left_hip": (0.44, 0.24), "left_knee": (0.27, 0.51), "left_hock": (0.55, 0.72),
    "left_back_fetlock": (0.50, 0.87), "left_back_paw": (0.47, 0.95),
    "right_hip": (0.45, 0.23), "right_knee": (0.24, 0.49), "right_hock": (0.48, 0.70),
    "right_back_fetlock": (0.42, 0.85), "right_back_paw": (0.39, 0.93),
}  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """parents: point -> the point that it hangs on in the drawn tree, None for the root; upright: point -> (x to the
    image's right, y down from the crown or the back) of a standing figure of height 1; torso: the points whose outline
    is drawn where a layout lacks the tree's root; core: those that tell where the body is; subject: what the models for
    such figures are called; edges: what is drawn besides the tree; mirrored: pairs that a mirror exchanges, besides
    those named left and right; apart: roots of things that belong to no body."""

    name: str
    parents: dict[str, str | None]
    upright: dict[str, tuple[float, float]]
    torso: tuple[str, ...]
    core: tuple[str, ...]
    subject: str
    edges: tuple[tuple[str, str], ...] = ()
    mirrored: tuple[tuple[str, str], ...] = ()
    apart: tuple[str, ...] = ()


_TORSO = ("left_shoulder", "right_shoulder", "right_hip", "left_hip")
HUMAN = Figure("human", _HUMAN_PARENTS, _HUMAN_UPRIGHT, _TORSO, _TORSO, "human")
QUADRUPED = Figure(
    "quadruped", _QUADRUPED_PARENTS, _QUADRUPED_UPRIGHT, ("nose", "left_elbow", "tail_root", "right_elbow"),
    (*_TORSO, "neck", "withers", "tail_root"), "cat",
)  # fmt: skip

# A box held before the hips, in statures as above.
_BOX_UPRIGHT = {
    f"box_{number}": (across, down)
    for number, (across, down) in enumerate(
        [(-0.12, 0.42), (0.12, 0.42), (0.12, 0.38), (-0.12, 0.38),
         (-0.12, 0.60), (0.12, 0.60), (0.12, 0.56), (-0.12, 0.56)], start=1
    )
}  # fmt: skip
HUMAN_BOX = Figure(
    "person with a box", {**_HUMAN_PARENTS, **box.PARENTS}, {**_HUMAN_UPRIGHT, **_BOX_UPRIGHT}, _TORSO, _TORSO,
    "human_box", box.OTHER_EDGES, box.MIRRORED, ("box_1",),
)  # fmt: skip
PEOPLE = (HUMAN, HUMAN_BOX)
