# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest

from backend.keypoints.description import describe
from backend.keypoints.errors import KeypointError
from backend.keypoints.layouts import get_layout
from backend.keypoints.reading import read_keypoints

NAMES = dict(enumerate(get_layout("coco17").names))


def document(*people, names=NAMES):
    """people (T,K,3) each x, y, score; the format has y before x."""
    frames = [
        {str(who): person[frame][:, [1, 0, 2]].tolist() for who, person in enumerate(people)}
        for frame in range(len(people[0]))
    ]
    return {"keypoints": frames, "skeleton": {str(k): name for k, name in names.items()}}


def test_rows_come_before_columns(save, walking, triples):
    clip = read_keypoints(save(document(triples(walking()))))
    np.testing.assert_allclose(clip.points, walking())
    assert clip.layout == "coco17"


def test_its_25_points_are_taken_by_name(save, walking, triples):
    names = list(NAMES.values())
    names = names[:5] + ["neck"] + names[5:13] + ["hip"] + names[13:] + [f"foot_{k}" for k in range(6)]
    poses = np.full((40, 25, 3), 7.0)
    poses[:, [names.index(name) for name in NAMES.values()]] = triples(walking())
    clip = read_keypoints(save(document(poses, names=dict(enumerate(names)))), image_size=(1280, 720))
    np.testing.assert_allclose(clip.points, walking())


def test_people_by_their_identity(save, walking, triples):
    path = save(document(triples(walking()), triples(walking(start=(900, 50)))))
    assert len(describe(path).people) == 2
    np.testing.assert_allclose(read_keypoints(path, person=1).points, walking(start=(900, 50)))


def test_wrong_content(save, walking, triples):
    animal = document(triples(walking()), names={k: f"paw {k}" for k in range(17)})
    with pytest.raises(KeypointError, match="paw 0"):
        read_keypoints(save(animal))
    for names in ({name: name for name in NAMES.values()}, {k + 9: name for k, name in NAMES.items()}):
        with pytest.raises(KeypointError, match="more points"):
            read_keypoints(save(document(triples(walking()), names=names)))
    wrong = document(triples(walking()))
    wrong["keypoints"][3] = {"somebody": wrong["keypoints"][3]["0"]}
    with pytest.raises(KeypointError, match="somebody"):
        read_keypoints(save(wrong))
    with pytest.raises(KeypointError, match="no person"):
        read_keypoints(save({"keypoints": [{}, {}], "skeleton": {}}))
