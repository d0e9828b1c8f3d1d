# SPDX-License-Identifier: GPL-3.0-or-later
"""The names of the subjects of `subjects.py`, for those who may not wait for numpy: command lines and requests."""

SUBJECT_NAMES = ("human", "cat", "human_box")
