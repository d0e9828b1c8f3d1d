# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from backend.video.self_calibration import Pair, focal_of_turns

LONGER = 640.0


def pairs(focal, degrees, noise=0.2, count=20, zoom=0.0):
    """Corners of pictures that a camera takes while it turns to one side by up to so many degrees."""
    random = np.random.default_rng(0)
    made = []
    for number in range(count):
        old = random.uniform((-310, -170), (310, 170), (150, 2))
        turn = Rotation.from_rotvec(np.radians(degrees) * (1 + number) / count * np.array([0.1, 1.0, 0.05]))
        rays = np.concatenate([old / focal, np.ones((150, 1))], -1)
        seen = turn.apply(rays)
        new = focal * np.exp(zoom * number / count) * seen[:, :2] / seen[:, 2:]
        made.append(Pair(old, new + noise * random.standard_normal(new.shape)))
    return made


@pytest.mark.parametrize("focal, degrees, zoom", [(400, 8, 0), (640, 6, 0), (1000, 6, 0), (640, 10, 0.1)])
def test_turns_tell_the_focal_length(focal, degrees, zoom):
    assert focal_of_turns(pairs(focal, degrees, zoom=zoom), LONGER) == pytest.approx(focal, rel=0.03)


def test_what_tells_too_little_tells_nothing():
    assert focal_of_turns(pairs(640, 0.5), LONGER) is None  # hardly turned
    assert focal_of_turns(pairs(640, 8)[:5], LONGER) is None  # too few
    assert focal_of_turns(pairs(640, 8, noise=5.0), LONGER) is None  # no turn at all
    assert focal_of_turns(pairs(4000, 2), LONGER) is None  # longer than any lens that people are filmed with


def test_a_camera_that_is_carried_past_a_wall_has_no_focal_length():
    old = np.random.default_rng(0).uniform((-310, -170), (310, 170), (20, 150, 2))
    assert focal_of_turns([Pair(each, each + (5.0 * number, 1.0)) for number, each in enumerate(old)], LONGER) is None
