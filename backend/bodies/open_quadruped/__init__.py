# SPDX-License-Identifier: GPL-3.0-or-later
"""The open quadruped body: a cat, with shape directions towards other animals, made from numbers alone."""
