# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest

from backend.keypoints.detections import DetectionList
from backend.keypoints.errors import KeypointError
from backend.keypoints.people import choose, follow


@pytest.fixture
def scene(walking, triples):
    """Detections from people: a list of (start point, step, frames, identity or None, stature)."""

    def build(*people, settled=False):
        rows = []
        for start, step, frames, who, stature in people:
            track = triples(walking(frames=60, start=start, step=step, stature=stature))
            rows += [(frame, track[frame], -1 if who is None else who) for frame in frames]
        detections = DetectionList("test")
        # by frame; inside a frame in an order that changes, as detectors give them
        for frame, pose, who in sorted(rows, key=lambda row: (row[0], row[1][0, 0] * (-1) ** row[0])):
            detections.add(frame, pose, who)
        return detections.finish("coco17", settled=settled)

    return build


def statures(detections, tracks):
    """The (T,) box sizes of each track, rounded: people of different size stay different."""
    spread = [detections.points[track.rows][..., 1] for track in tracks]
    return [np.round(np.ptp(rows, axis=1)).astype(int) for rows in spread]


def test_two_people_stay_themselves_whatever_the_order_in_the_file(scene):
    found = scene(((100, 100), (3, 0), range(60), None, 300), ((600, 100), (-1, 0), range(60), None, 400))
    tracks = follow(found)
    assert [track.seen for track in tracks] == [60, 60]
    for sizes in statures(found, tracks):
        assert (sizes == sizes[0]).all()


def test_somebody_hidden_for_half_a_second_is_found_again(scene):
    frames = [*range(20), *range(35, 60)]
    tracks = follow(scene(((100, 100), (2, 0), frames, None, 300)))
    assert [track.seen for track in tracks] == [45]


def test_somebody_far_away_is_somebody_else(scene):
    tracks = follow(scene(((100, 100), (0, 0), range(30), None, 200), ((900, 100), (0, 0), range(30, 60), None, 200)))
    assert [(track.seen, track.frames[0]) for track in tracks] == [(30, 0), (30, 30)]


def test_a_false_person_of_one_frame_takes_nobody_away(scene):
    # beside both: the assignment with the most pairs would hand the main person over to the one who left
    tracks = follow(
        scene(
            ((300, 100), (0, 0), range(60), None, 400),
            ((450, 100), (0, 0), range(20, 30), None, 400),
            ((180, 100), (0, 0), [35], None, 400),
        )
    )
    assert tracks[0].seen == 60
    assert {track.seen for track in tracks[1:]} == {10, 1}


def test_a_trackers_identities_are_followed_and_its_fragments_joined(scene):
    crossing = scene(((100, 100), (5, 0), range(60), 7, 300), ((400, 100), (-5, 0), range(60), 3, 300))
    assert [track.seen for track in follow(crossing)] == [60, 60]
    broken = (((100, 100), (2, 0), range(25), 7, 300), ((100, 100), (2, 0), range(30, 60), 9, 300))
    assert [track.seen for track in follow(scene(*broken))] == [55]
    # people a file has settled are never joined
    assert [track.seen for track in follow(scene(*broken, settled=True))] == [25, 30]


def test_an_identity_given_twice_in_a_frame_keeps_the_surer_pose(walking, triples):
    detections = DetectionList("test")
    for frame in range(20):
        detections.add(frame, triples(walking(start=(500, 100)), 0.2)[frame], 4)
        detections.add(frame, triples(walking(start=(100, 100)), 0.8)[frame], 4)
    found = detections.finish("coco17")
    (track,) = follow(found)
    assert track.seen == 20 and (found.confidence[track.rows] == 0.8).all()


def test_the_one_seen_most_is_chosen_and_of_equals_the_larger(scene):
    tracks = follow(scene(((100, 100), (0, 0), range(30), 0, 500), ((900, 100), (0, 0), range(60), 1, 200)))
    assert choose(tracks, None) == 1 and choose(tracks, 0) == 0
    tracks = follow(scene(((100, 100), (0, 0), range(60), 0, 200), ((900, 100), (0, 0), range(60), 1, 300)))
    assert choose(tracks, None) == 1
    for wrong in (2, -1, 10**30, "1", 1.0):
        with pytest.raises(KeypointError, match="2 people, numbers 0 to 1"):
            choose(tracks, wrong)


def test_a_crowd_is_refused(walking, triples):
    detections = DetectionList("test")
    for _ in range(501):
        detections.add(0, triples(walking())[0])
    with pytest.raises(KeypointError, match="501 people"):
        follow(detections.finish("coco17"))
