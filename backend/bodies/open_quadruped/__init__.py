# SPDX-License-Identifier: GPL-3.0-or-later
"""The builder of the open cat: `python -m backend.bodies.open_quadruped.build` writes assets/bodies/cat.npz."""
