# SPDX-License-Identifier: GPL-3.0-or-later
"""What the buttons do, one verb a file: thin layers over `session`, `scene` and `jobs`. Found by `registration`."""
