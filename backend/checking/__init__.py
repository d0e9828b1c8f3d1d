# SPDX-License-Identifier: GPL-3.0-or-later
"""What this installation has and lacks. Everything here answers on a broken installation too: that is its purpose."""
