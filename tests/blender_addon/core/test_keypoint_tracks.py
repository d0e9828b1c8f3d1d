# SPDX-License-Identifier: GPL-3.0-or-later
import math

import numpy as np
import pytest

from backend.keypoints import read_keypoints
from blender_addon.core.keypoint_tracks import clip_text, joined
from blender_addon.core.track_points import TRACKED


def read(folder, subject, tracks, fps=25.0):
    (folder / "film_tracks.json").write_text(clip_text(TRACKED[subject], tracks, fps, (640, 480), "film.mp4"))
    return read_keypoints(folder / "film_tracks.json")


@pytest.mark.parametrize("subject", TRACKED)
def test_the_clip_is_read_by_the_backend(tmp_path, subject):
    places = TRACKED[subject].places
    tracks = {
        name: {frame: (0.5 + x / 4, 0.7 - y / 4) if name != "nose" or frame != 20 else None for frame in range(5, 45)}
        for name, (x, y) in places.items()
    }
    clip = read(tmp_path, subject, tracks)
    assert clip.frame_start == 5 and len(clip) == 40 and clip.fps == 25.0 and clip.image_size == (640, 480)
    assert clip.layout == TRACKED[subject].layout
    for number, (x, y) in enumerate(places.values()):
        np.testing.assert_allclose(clip.points[0, number], [320 + 160 * x, 480 * (0.3 + y / 4)], atol=1e-3)
    nose = list(places).index("nose")
    assert not clip.present[15, nose] and clip.present.sum() == 40 * len(places) - 1


def test_what_lies_between_two_positions_set_by_hand_is_filled_in_and_less_sure(tmp_path):
    def way(frame):
        return (0.2 + 0.01 * frame, 0.5 + 0.05 * math.sin(frame / 8))

    tracks = {"nose": {frame: way(frame) for frame in range(0, 61, 10)}, "neck": {0: (0.5, 0.5), 60: (0.6, 0.5)}}
    tracks["tail_root"] = {0: (0.4, 0.5), 10: (0.4, 0.5), 11: None, 20: (0.5, 0.5)}
    clip = read(tmp_path, "cat", tracks)
    nose, neck, tail = (list(TRACKED["cat"].places).index(name) for name in ("nose", "neck", "tail_root"))
    wanted = np.array([way(frame) for frame in range(61)])
    np.testing.assert_allclose(clip.points[:, nose, 0], 640 * wanted[:, 0], atol=0.01)
    np.testing.assert_allclose(clip.points[10:50, nose, 1], 480 * (1 - wanted[10:50, 1]), atol=2.0)
    assert (clip.confidence[::10, nose] == 1).all() and clip.confidence[5, nose] == 0.5
    assert clip.present[:, neck].sum() == 2, "two seconds without a position are a gap"
    assert clip.present[:11, tail].all() and not clip.present[11:20, tail].any(), "a point said to be hidden is hidden"


def test_a_point_that_was_lost_and_found_again_is_one_track():
    first, second = {1: (0.1, 0.2), 2: None}, {1: (0.9, 0.9), 2: (0.2, 0.2), 3: None}
    assert joined([first, second]) == {1: (0.1, 0.2), 2: (0.2, 0.2), 3: None}


def test_tracks_without_a_position_make_no_clip():
    with pytest.raises(ValueError, match="none of the tracks has been tracked"):
        clip_text(TRACKED["human"], {"nose": {}, "left_eye": {3: None}}, 25.0, (640, 480), "")
