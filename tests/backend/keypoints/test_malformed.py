# SPDX-License-Identifier: GPL-3.0-or-later
"""Damaged files: whatever happens to the bytes or the values of a good file, there is a clip or one line."""

import copy
import json

import numpy as np
import pytest

from backend.keypoints.clip import KeypointClip
from backend.keypoints.description import describe
from backend.keypoints.errors import KeypointError
from backend.keypoints.gaps import fill_gaps
from backend.keypoints.layouts import get_layout
from backend.keypoints.reading import read_keypoints

TRIALS = 30
ODD = [None, True, -1, 0, 1.5, 1e300, 10**40, float("nan"), float("inf"), "", "x", "\n", [], {}, [[]], [None], {"a": 1}]


def documents(walking, triples):
    """A good document of every JSON format."""
    points, poses = walking(frames=20), triples(walking(frames=20))
    flat = [pose.reshape(-1).tolist() for pose in poses]
    eighteen = [pose.reshape(-1).tolist() for pose in triples(walking("coco18", frames=20))]
    names = {str(k): name for k, name in enumerate(get_layout("coco17").names)}
    return {
        "ours": {
            "format": "lift3d-keypoints", "version": 1, "layout": "coco17", "fps": 30, "image_size": [1280, 720],
            "frame_start": 0, "people": [{"id": 0, "keypoints": [None] + poses[1:].tolist()}],
        },
        "openpose": [{"version": 1.3, "people": [{"person_id": [-1], "pose_keypoints_2d": one}]} for one in eighteen],
        "alphapose_cmu": {f"{n}.jpg": {"bodies": [{"joints": one}]} for n, one in enumerate(eighteen)},
        "alphapose": [
            {"image_id": f"{n}.jpg", "category_id": 1, "keypoints": one, "idx": 1} for n, one in enumerate(flat)
        ],
        "coco": [{"image_id": n, "category_id": 1, "keypoints": one, "track_id": 1} for n, one in enumerate(flat)],
        "coco_annotations": {
            "images": [{"id": n, "file_name": f"{n}.jpg", "width": 640, "height": 480} for n in range(20)],
            "annotations": [{"image_id": n, "category_id": 1, "keypoints": one} for n, one in enumerate(flat)],
            "categories": [{"id": 1, "name": "person"}],
        },
        "hrnet": {
            "data": [
                {"frame_index": n, "skeleton": [{"pose": pose.tolist(), "score": [[0.9]] * 17}]}
                for n, pose in enumerate(points)
            ]
        },
        "mmpose": {
            "meta_info": {"keypoint_id2name": {}},
            "instance_info": [
                {"frame_id": n, "instances": [{"keypoints": pose.tolist(), "keypoint_scores": [0.9] * 17}]}
                for n, pose in enumerate(points)
            ],
        },
        "vitpose": {"keypoints": [{"0": pose.tolist()} for pose in poses], "skeleton": names},
        "coco_animals": {
            "images": [{"id": n, "file_name": f"{n}.jpg", "width": 640, "height": 480} for n in range(20)],
            "annotations": [{"image_id": n, "category_id": 5, "keypoints": one} for n, one in enumerate(flat)],
            "categories": [{"id": 5, "name": "cat", "keypoints": list(get_layout("ap10k").names)}],
        },
        "badja": [
            {"image_path": f"{n}.png", "visibility": [True] * 37, "joints": (np.ones((37, 2)) * n + 50).tolist()}
            for n in range(20)
        ],
    }  # fmt: skip


FORMATS = ("ours", "openpose", "alphapose_cmu", "alphapose", "coco", "coco_annotations", "hrnet", "mmpose", "vitpose",
           "coco_animals", "badja")  # fmt: skip


def survives(path):
    """Read it: True for a clip, False for the one line; any other exception fails the test."""
    try:
        describe(path)
        clip = read_keypoints(path)
    except KeypointError as error:
        line = str(error)
        assert line and "\n" not in line and len(line) < 600
        return False
    assert isinstance(clip, KeypointClip)
    assert np.isfinite(fill_gaps(clip).points).all()
    return True


def damaged(data: bytes, random) -> bytes:
    """A few bytes changed, removed, doubled, or the end cut off."""
    data = bytearray(data)
    for _ in range(int(random.integers(1, 4))):
        at = int(random.integers(len(data)))
        match int(random.integers(5)):
            case 0:
                data[at] = int(random.integers(256))
            case 1:
                data[at] = int(random.choice(list(b'0123456789.-+eE[]{}",:nN')))
            case 2:
                del data[at : at + int(random.integers(1, 30))]
            case 3:
                data[at:at] = data[at : at + int(random.integers(1, 30))]
            case 4:
                del data[max(at, 1) :]
        if not data:
            break
    return bytes(data)


def replaced(document, random):
    """One value somewhere in the document made odd."""
    document = copy.deepcopy(document)
    here = document
    while True:
        keys = list(here) if isinstance(here, dict) else list(range(len(here)))
        key = keys[int(random.integers(len(keys)))]
        deeper = isinstance(here[key], dict | list) and len(here[key]) > 0
        if deeper and random.uniform() < 0.75:
            here = here[key]
            continue
        here[key] = ODD[int(random.integers(len(ODD)))]
        return document


@pytest.mark.parametrize("format", FORMATS)
def test_damaged_json(format, walking, triples, tmp_path):
    random = np.random.default_rng(FORMATS.index(format))
    document = documents(walking, triples)[format]
    path = tmp_path / "clip.json"
    good = json.dumps(document).encode()
    path.write_bytes(good)
    assert survives(path)
    outcomes = set()
    for _ in range(TRIALS):
        path.write_bytes(damaged(good, random))
        outcomes.add(survives(path))
        path.write_text(json.dumps(replaced(document, random)))
        outcomes.add(survives(path))
    assert False in outcomes, "some damage must have been noticed"


def test_damaged_tables(walking, tmp_path):
    random, names = np.random.default_rng(0), get_layout("ap10k").names
    rows = [["scorer", *["DLC"] * 34], ["bodyparts", *(name for name in names for _ in "xy")], ["coords", *"xy" * 17]]
    rows += [[number, *np.round(pose.reshape(-1), 2)] for number, pose in enumerate(walking("ap10k", frames=20))]
    good = "\n".join(",".join(map(str, row)) for row in rows).encode()
    path = tmp_path / "clip.csv"
    path.write_bytes(good)
    assert survives(path)
    outcomes = set()
    for _ in range(2 * TRIALS):
        path.write_bytes(damaged(good, random))
        outcomes.add(survives(path))
    assert False in outcomes


def test_damaged_npz(walking, tmp_path):
    random = np.random.default_rng(0)
    path = tmp_path / "clip.npz"
    for save in (np.savez, np.savez_compressed):
        save(path, points=walking(frames=20), fps=30.0, image_size=np.array([1280, 720]), layout="coco17")
        good = path.read_bytes()
        assert survives(path)
        outcomes = set()
        for _ in range(2 * TRIALS):
            path.write_bytes(damaged(good, random))
            outcomes.add(survives(path))
        assert False in outcomes
