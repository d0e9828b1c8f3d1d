# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a body a fit sees: its joints, skin points that ride on them, and how the network's points come of these."""

from dataclasses import dataclass, replace

from ..bodies import skeleton, smal_skeleton
from ..bodies.joint_tree import JointTree
from ..bodies.smal import QuadrupedBody
from ..bodies.smpl import KEYPOINT_ROWS


@dataclass(frozen=True)
class Rig:
    """A body's tree, seen by a fit.

    fitted: how many of the joints, from the first on, have rotations to be fitted. riders: skin points and the joint
    that carries each. soles: the same for points under the feet, foot by foot, in the order of ``feet``: the keypoints
    that tell when each foot stands. middle: two joints whose mid-point is one more point, or None. keypoints: for each
    of the network's points its row of [joints, riders, middle]. up: the axis of the rest pose's frame that points up.
    """

    tree: JointTree
    fitted: int
    riders: tuple[tuple[str, str], ...]
    soles: tuple[tuple[str, str], ...]
    feet: tuple[str, ...]
    middle: tuple[str, str] | None
    keypoints: tuple[int, ...]
    up: int


#: Hands are no part of it: no keypoint shows how they turn.
SMPL = Rig(
    skeleton.TREE,
    skeleton.JOINT_COUNT - 2,
    tuple((name, "head") for name in ("nose", "reye", "leye", "rear", "lear")),
    (
        ("LHeel", "left_ankle"), ("LBigToe", "left_foot"), ("LSmallToe", "left_foot"),
        ("RHeel", "right_ankle"), ("RBigToe", "right_foot"), ("RSmallToe", "right_foot"),
    ),
    ("left_ankle", "right_ankle"),
    ("left_shoulder", "right_shoulder"),
    KEYPOINT_ROWS,
    up=1,
)  # fmt: skip

_LEGS = tuple(
    smal_skeleton.joint(name)
    for name in ("LLeg1", "LLeg2", "LFoot", "RLeg1", "RLeg2", "RFoot",
                 "LLegBack1", "LLegBack2", "LFootBack", "RLegBack1", "RLegBack2", "RFootBack")
)  # fmt: skip
_AFTER = smal_skeleton.JOINT_COUNT  # of the riders' rows
SMAL = Rig(
    smal_skeleton.TREE,
    smal_skeleton.JOINT_COUNT,
    (("left_eye", "Head"), ("right_eye", "Head"), ("nose", "Head"), ("tail_root", "root")),
    (
        ("left_front_sole", "LFoot"), ("right_front_sole", "RFoot"),
        ("left_back_sole", "LFootBack"), ("right_back_sole", "RFootBack"),
    ),
    ("left_front_paw", "right_front_paw", "left_back_paw", "right_back_paw"),
    None,
    (*range(_AFTER, _AFTER + 3), smal_skeleton.joint("Neck"), _AFTER + 3, *_LEGS),
    up=2,
)  # fmt: skip


def rig_of(body: QuadrupedBody) -> Rig:
    """The rig of a quadruped's body: SMAL's own files name fewer points, and may name left what is right."""
    riders = tuple(rider for rider in SMAL.riders if rider[0] in body.vertex_ids)
    return replace(SMAL, riders=riders, keypoints=tuple(body.keypoint_rows))
