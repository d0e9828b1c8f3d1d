# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user sets beside the preferences: for a lift in the scene, for a training in the window manager."""
