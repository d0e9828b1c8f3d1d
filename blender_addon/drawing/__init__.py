# SPDX-License-Identifier: GPL-3.0-or-later
"""What panels and dialogues are put together from: text that wraps, the box of a problem, the picture of curves."""
