# SPDX-License-Identifier: GPL-3.0-or-later
"""The points of the animal data sets, in the order that each numbers them and under one set of names.

A leg, from the trunk down: shoulder, elbow, carpus, fetlock, front paw; hip, knee (the stifle), hock, fetlock, back
paw. Left and right are the animal's own. What the data sets call otherwise: Animal-Pose and StanfordExtra call the
carpus and the hock knees, and the stifle an elbow; a horse's knee is its carpus.
"""

AP_10K = (
    "left_eye", "right_eye", "nose", "neck", "tail_root",
    "left_shoulder", "left_elbow", "left_front_paw", "right_shoulder", "right_elbow", "right_front_paw",
    "left_hip", "left_knee", "left_back_paw", "right_hip", "right_knee", "right_back_paw",
)  # fmt: skip
ANIMAL_POSE = (
    "left_eye", "right_eye", "left_ear", "right_ear", "nose", "throat", "tail_root", "withers",
    "left_elbow", "right_elbow", "left_knee", "right_knee", "left_carpus", "right_carpus", "left_hock", "right_hock",
    "left_front_paw", "right_front_paw", "left_back_paw", "right_back_paw",
)  # fmt: skip
STANFORD_EXTRA = (
    "left_front_paw", "left_carpus", "left_elbow", "left_back_paw", "left_hock", "left_knee",
    "right_front_paw", "right_carpus", "right_elbow", "right_back_paw", "right_hock", "right_knee",
    "tail_root", "tail_tip", "left_ear", "right_ear", "nose", "chin", "left_ear_tip", "right_ear_tip",
)  # fmt: skip
STANFORD_EXTRA_24 = (*STANFORD_EXTRA, "left_eye", "right_eye", "withers", "throat")
# SMAL's joint of the same number first, then four points of its surface. On film the legs 8 to 10 and 18 to 20 are the
# animal's right ones, though SMAL names those joints with an L: of the data set's dog, the legs 12 to 14 and 22 to 24
# and the ear 36 are seen in nearly every frame in which it faces the image's left, and 8, 18 and 35 are often hidden;
# where it faces right it is the other way round.
BADJA_SLOTS = {
    8: "right_elbow", 9: "right_carpus", 10: "right_front_paw", 12: "left_elbow", 13: "left_carpus",
    14: "left_front_paw", 15: "neck", 18: "right_knee", 19: "right_hock", 20: "right_back_paw", 22: "left_knee",
    23: "left_hock", 24: "left_back_paw", 25: "tail_root", 28: "tail_middle", 31: "tail_tip", 32: "jaw",
    33: "nose", 34: "chin", 35: "right_ear_tip", 36: "left_ear_tip",
}  # fmt: skip
BADJA = tuple(BADJA_SLOTS.values())
# Horse-10 has 22: of eye, shoulder, elbow, hip and stifle it marks only those on the side that the camera sees, so that
# each is one of two here, and the other is missing.
HORSE_10 = (
    "nose", "left_eye", "left_carpus", "left_front_fetlock", "left_front_paw",
    "right_carpus", "right_front_fetlock", "right_front_paw", "left_shoulder", "scapula", "left_elbow", "girth",
    "withers", "left_hock", "left_back_fetlock", "left_back_paw", "left_hip", "left_knee",
    "right_hock", "right_back_fetlock", "right_back_paw", "ischium",
    "right_eye", "right_shoulder", "right_elbow", "right_hip", "right_knee",
)  # fmt: skip
HORSE_10_COUNT = 22
HORSE_10_ONE_SIDED = ("eye", "shoulder", "elbow", "hip", "knee")

# What may stand for a point of ap10k in a layout without it: the nearest point of the trunk.
STAND_INS = {"neck": "withers", "tail_root": "ischium"}
