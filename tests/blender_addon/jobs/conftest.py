# SPDX-License-Identifier: GPL-3.0-or-later
"""Supervisors that are gone after the test."""

import pytest

from tests.blender_addon.jobs.supervising import supervised


@pytest.fixture
def supervise(tmp_path):
    """Make supervisors of fake workers of a mode, as `supervised` does; all are closed after the test."""
    made = []

    def one(*words, **more):
        made.append(supervised(tmp_path / "logs", *words, **more))
        return made[-1]

    yield one
    for each in made:
        each.close()
