# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures of a motion: by hand for a made one, and against the backend's for reprojection."""

import numpy as np
import pytest

from blender_addon.core.motion_facts import fingerprint, motion_facts
from blender_addon.core.motion_file import read_motion
from tests.blender.synthetic import motion_arrays, source_arrays, write_motion


@pytest.mark.parametrize("moving", [False, True])
def test_figures_are_those_of_the_keypoints_that_are_there(tmp_path, moving):
    arrays = motion_arrays(frames=10, fps=25.0, moving_camera=moving)
    added = source_arrays(arrays, shift=(3.0, 4.0), missing=[(2, 4), (3, 0)])
    added["confidence"][5, 5] = 0.1
    facts = motion_facts(read_motion(write_motion(tmp_path / "m.npz", frames=10, moving_camera=moving, **added)))
    assert (facts.frames, facts.fps, facts.seconds, facts.focal) == (10, 25.0, 0.4, 700.0)
    assert facts.reprojection == pytest.approx(5.0, abs=1e-3)
    assert facts.missing == pytest.approx(2 / 140)
    assert facts.confidence == pytest.approx((137 * 0.8 + 0.1) / 138)


def test_a_file_that_does_not_tell_has_no_figures_of_its_source(tmp_path):
    path = write_motion(tmp_path / "m.npz", frames=10, camera_matrix=None)
    facts = motion_facts(read_motion(path))
    assert (facts.reprojection, facts.confidence, facts.missing, facts.focal) == (None, None, None, None)
    nothing = source_arrays(motion_arrays(frames=10))
    nothing = {**nothing, "confidence": np.zeros((10, 14)), "keypoints_2d": np.full((10, 14, 2), np.nan)}
    facts = motion_facts(read_motion(write_motion(tmp_path / "n.npz", frames=10, **nothing)))
    assert (facts.reprojection, facts.confidence, facts.missing) == (None, None, 1.0)


def test_a_motion_is_known_by_its_movement_and_its_camera(tmp_path):
    first = fingerprint(read_motion(write_motion(tmp_path / "m.npz", frames=10)))
    assert fingerprint(read_motion(write_motion(tmp_path / "n.npz", frames=10, seed=np.array(4)))) == first
    moved = motion_arrays(frames=10)["trans"] + 1
    assert fingerprint(read_motion(write_motion(tmp_path / "m.npz", frames=10, trans=moved, joints=None))) != first
    assert fingerprint(read_motion(write_motion(tmp_path / "m.npz", frames=10, moving_camera=True))) != first
