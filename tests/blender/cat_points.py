# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of SMAL's joints the tests take for AP-10K's points."""

#: A joint for each of AP-10K's points that has one of its own.
JOINT_OF = {
    "neck": "Neck", "tail_root": "Tail1", "nose": "Mouth", "left_shoulder": "LLeg1", "left_elbow": "LLeg2",
    "left_front_paw": "LFoot", "right_shoulder": "RLeg1", "right_elbow": "RLeg2", "right_front_paw": "RFoot",
    "left_hip": "LLegBack1", "left_knee": "LLegBack2", "left_back_paw": "LFootBack", "right_hip": "RLegBack1",
    "right_knee": "RLegBack2", "right_back_paw": "RFootBack", "left_eye": "Head", "right_eye": "Head",
}  # fmt: skip
