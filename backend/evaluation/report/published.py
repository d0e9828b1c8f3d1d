# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures that the MVLift paper prints: Li et al., "Lifting Motion to the 3D World via 2D Diffusion", CVPR 2025.

Copied from its tables 1 (columns AIST++), 2 and 3; mm and pixels; None: not applicable. They are of other data and of
other people's implementations, so they stand beside our figures and are never mixed with them.
"""

SOURCE = 'J. Li, C. K. Liu, J. Wu: "Lifting Motion to the 3D World via 2D Diffusion", CVPR 2025'

COLUMNS = ("t_root_mm", "mpjpe_mm", "pa_mpjpe_mm", "j2d_px", "j2d_c_px", "fid")

#: Table 1, AIST++: (name in the paper, group as in `groups`, our method of the same kind, COLUMNS).
TABLE_1 = (
    ("MotionBERT", "3d", "supervised", (101.6, 134.0, 108.6, 59.6, 32.3, 3.6)),
    ("WHAM", "3d", "world", (164.3, 104.8, 75.1, 94.3, 24.1, 2.6)),
    ("ElePose", "2d", "elepose", (None, 269.4, 215.1, 104.9, 57.1, 4.8)),
    ("SMPLify", "2d", "smplify", (77.4, 171.6, 146.7, 28.8, 18.8, 2.6)),
    ("MAS", "2d", "mas", (None, 191.1, 155.6, 81.5, 38.1, 4.4)),
    ("MVLift", "ours", "stage4", (67.6, 110.7, 79.2, 14.0, 12.8, 1.9)),
)

#: Table 2, a person with OMOMO's large box: (name in the paper, our method of the same kind, TABLE_2_COLUMNS).
TABLE_2_COLUMNS = ("t_root_mm", "mpjpe_mm", "pa_mpjpe_mm", "t_root_object_mm", "o_mpjpe_mm")
TABLE_2 = (
    ("SMPLify", "smplify", (97.9, 142.0, 99.3, 751.8, 106.7)),
    ("MVLift", "stage4", (54.9, 67.0, 53.4, 172.9, 76.9)),
)

#: Table 3, AIST++: (name in the paper, our method of the same kind, (T_root, MPJPE, PA-MPJPE, J2D)).
TABLE_3_COLUMNS = ("t_root_mm", "mpjpe_mm", "pa_mpjpe_mm", "j2d_px")
TABLE_3 = (
    ("MVLift, stage 1", "stage1", (73.1, 135.2, 104.4, 31.0)),
    ("MVLift, stage 2", "stage2_sds", (65.3, 127.4, 96.2, 19.7)),
    ("SDS for 3D", "sds3d", (72.9, 137.3, 103.5, 25.2)),
    ("SDS for 3D, without lines", "sds3d_without_lines", (752.3, 230.4, 186.2, 54.9)),
    ("MVLift", "stage4", (67.6, 110.7, 79.2, 14.0)),
)
