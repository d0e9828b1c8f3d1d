# SPDX-License-Identifier: GPL-3.0-or-later
import threading
import time

import pytest

from backend.file_lock import file_lock


def test_a_lock_that_is_held_is_refused_or_waited_for(tmp_path):
    path, order = tmp_path / "lock", []

    def wait():
        with file_lock(path, wait=True):
            order.append("second")

    with file_lock(path):
        with pytest.raises(BlockingIOError), file_lock(path):
            pass
        other = threading.Thread(target=wait)
        other.start()
        time.sleep(0.2)
        order.append("first")
    other.join(5)
    assert order == ["first", "second"]
    with file_lock(path):
        pass
