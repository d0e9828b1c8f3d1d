# SPDX-License-Identifier: GPL-3.0-or-later
"""The only code that touches Blender's data. Everything it computes with comes from `core`."""
