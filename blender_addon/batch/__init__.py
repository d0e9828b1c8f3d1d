# SPDX-License-Identifier: GPL-3.0-or-later
"""Many clips at once: found, named, told apart from finished ones, lifted by several workers. Standard library only."""
