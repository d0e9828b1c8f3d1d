# SPDX-License-Identifier: GPL-3.0-or-later
"""The builder of the open human body: `python -m backend.bodies.open_human.build` writes assets/bodies/human.npz."""
