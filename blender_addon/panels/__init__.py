# SPDX-License-Identifier: GPL-3.0-or-later
"""The tab "Lift to 3D" of the 3D viewport's sidebar, one panel a file: they read and draw. Found by `registration`."""
