# SPDX-License-Identifier: GPL-3.0-or-later
"""What all tests share: the repository root on the path, and the optional folder of real data."""

import os
import signal
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))
# A shell lets what it starts in the background ignore Ctrl-C, and that would be so for every process of the tests.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data: $LIFT3D_SHARED, or shared/data beside the checkout; skips where there is none."""
    folder = Path(os.environ.get("LIFT3D_SHARED") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder} (set LIFT3D_SHARED)")
    return folder
