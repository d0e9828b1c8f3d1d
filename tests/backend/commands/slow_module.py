# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes a second to import, and knows how often that was begun."""

import builtins
import time

IMPORTS = builtins.slow_imports = getattr(builtins, "slow_imports", 0) + 1
for _ in range(100):
    time.sleep(0.01)
