# SPDX-License-Identifier: GPL-3.0-or-later
"""SLEAP's two files: the analysis and the project."""

import json

import numpy as np
import pytest

from backend.keypoints.description import describe
from backend.keypoints.errors import KeypointError
from backend.keypoints.layouts import get_layout
from backend.keypoints.point_map import PointMap
from backend.keypoints.reading import read_keypoints

h5py = pytest.importorskip("h5py")

NAMES = get_layout("ap10k").names
_INSTANCE = [("instance_id", "i8"), ("instance_type", "u1"), ("frame_id", "u8"), ("skeleton", "u4"), ("track", "i4"),
             ("from_predicted", "i8"), ("score", "f4"), ("point_id_start", "u8"), ("point_id_end", "u8")]  # fmt: skip
_FRAME = [
    ("frame_id", "u8"),
    ("video", "u4"),
    ("frame_idx", "u8"),
    ("instance_id_start", "u8"),
    ("instance_id_end", "u8"),
]
_POINT = [("x", "f8"), ("y", "f8"), ("visible", "?"), ("complete", "?")]


@pytest.fixture
def points(walking):
    return walking("ap10k", start=(400.0, 200.0))


def analysis(path, *tracks, names=NAMES, scores=None, turned=False, **more):
    """The .h5 of tracks (T,K,2)."""
    array = np.stack([track.transpose(2, 1, 0) for track in tracks])
    with h5py.File(path, "w") as file:
        file["tracks"] = array.T if turned else array
        file["node_names"] = np.array(names, "S")
        file["track_names"] = np.array([f"track_{number}" for number in range(len(tracks))], "S")
        file["track_occupancy"] = np.isfinite(array[:, 0]).any(1).T.astype("u1")
        if scores is not None:
            file["point_scores"] = scores
        for name, value in more.items():
            del file[name]
            if value is not None:
                file[name] = value
    return path


@pytest.mark.parametrize("turned", [False, True])
def test_an_analysis(tmp_path, points, turned):
    other = points + [300.0, 100.0]
    other[:6] = np.nan
    points[3, 2] = np.nan
    path = analysis(tmp_path / "a.h5", points, other, turned=turned)
    found = describe(path)
    assert found.format == "SLEAP analysis" and [each.frames_seen for each in found.people] == [40, 34]
    clip = read_keypoints(path, fps=50)
    assert (clip.layout, clip.fps) == ("ap10k", 50) and clip.present.sum() == 40 * 17 - 1
    np.testing.assert_allclose(clip.points, points)
    clip = read_keypoints(path, person=1)
    assert clip.frame_start == 6
    np.testing.assert_allclose(clip.points, other[6:])


def test_scores_are_confidences(tmp_path, points):
    scores = np.random.default_rng(0).uniform(0.2, 1, (1, 17, 40))
    np.testing.assert_allclose(
        read_keypoints(analysis(tmp_path / "a.h5", points, scores=scores)).confidence, scores[0].T
    )


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"tracks": np.zeros((2, 3))}, r"are \(2, 3\)"),
        ({"node_names": np.array(["nose"], "S")}, "with 1 names"),
        ({"tracks": np.full((1, 2, 17, 5), np.nan)}, "no person"),
        ({"tracks": None}, "no known keypoint format"),
    ],
)
def test_an_analysis_of_the_wrong_shape(tmp_path, points, more, says):
    with pytest.raises(KeypointError, match=says) as error:
        read_keypoints(analysis(tmp_path / "a.h5", points, **more))
    assert "\n" not in str(error.value)


def test_a_file_cut_short_or_damaged_gets_one_line(tmp_path, points):
    data = analysis(tmp_path / "a.h5", points).read_bytes()
    random = np.random.default_rng(0)
    refused = 0
    for trial in range(40):
        bad = bytearray(data)
        if trial < 10:
            del bad[int(len(bad) * trial / 10) + 8 :]
        else:
            for _ in range(4):  # where HDF5 keeps what is where
                bad[int(random.integers(min(len(bad), 4000)))] = int(random.integers(256))
        (tmp_path / "b.h5").write_bytes(bad)
        try:
            read_keypoints(tmp_path / "b.h5")
        except KeypointError as error:
            refused += 1
            assert "\n" not in str(error) and len(str(error)) < 600
    assert refused >= 10


def test_links_to_other_files_are_not_followed(tmp_path, points):
    analysis(tmp_path / "a.h5", points)
    with h5py.File(tmp_path / "b.h5", "w") as file:
        for name in ("tracks", "node_names", "track_names"):
            file[name] = h5py.ExternalLink("a.h5", name)
    with pytest.raises(KeypointError, match="no known keypoint format"):
        read_keypoints(tmp_path / "b.h5")


def project(path, points, names=NAMES, video=None, scale=0.8, change=None):
    """The .slp of one animal, predicted in every frame and corrected by hand in frame 4, in which it was 9 px off."""
    count = len(names)
    frames, instances, labelled, predicted = [], [], [], []
    for number, pose in enumerate(points):
        first = len(instances)
        off = 9.0 if number == 4 else 0.0
        instances.append((len(instances), 1, number, 0, 0, -1, 0.9, len(predicted), len(predicted) + count))
        predicted += [(x + off, y, True, False, scale) for x, y in pose]
        if number == 4:
            instances.append((len(instances), 0, number, 0, 0, first, 0, len(labelled), len(labelled) + count))
            labelled += [(x, y, place != 0, True) for place, (x, y) in enumerate(pose)]
        frames.append((number, 0, number + 10, first, len(instances)))
    nodes = [{"name": name, "weight": 1.0} for name in reversed(names)]
    metadata = {
        "version": "2.0.0", "nodes": nodes,
        "skeletons": [{"graph": {"name": "Skeleton-0"}, "links": [],
                       "nodes": [{"id": count - 1 - place} for place in range(count)]}],
    }  # fmt: skip
    tables = {
        "frames": np.array(frames, _FRAME), "instances": np.array(instances, _INSTANCE),
        "points": np.array(labelled, _POINT), "pred_points": np.array(predicted, [*_POINT, ("score", "f8")]),
    }  # fmt: skip
    if change:
        change(tables, metadata)
    with h5py.File(path, "w") as file:
        group = file.create_group("metadata")
        group.attrs["format_id"], group.attrs["json"] = 1.2, np.bytes_(json.dumps(metadata).encode())
        for name, table in tables.items():
            file[name] = table
        file["tracks_json"] = np.array([json.dumps([0, "cat"])], "S")
        file["videos_json"] = np.array([json.dumps({"backend": video or {"filename": "."}})], "S")
    return path


def test_a_project_with_predictions_and_a_correction(tmp_path, points):
    path = project(tmp_path / "a.slp", points, video={"filename": "cat.mp4", "shape": [40, 480, 1280, 3]})
    found = describe(path)
    assert (found.format, found.video, found.image_size) == ("SLEAP project", "cat.mp4", (1280, 480))
    clip = read_keypoints(path)
    assert (clip.layout, clip.frame_start, len(clip)) == ("ap10k", 10, 40)
    assert not clip.present[4, 0] and clip.present.sum() == 40 * 17 - 1, "one was marked invisible"
    np.testing.assert_allclose(clip.points[clip.present], points[clip.present])
    assert (clip.confidence[4, 1:] == 1).all() and np.allclose(clip.confidence[5:], 0.8)


def test_of_several_videos_the_one_with_most_frames_is_read(tmp_path, points):
    def split(tables, metadata):
        tables["frames"]["video"][:10] = 2**31

    clip = read_keypoints(project(tmp_path / "a.slp", points, change=split))
    assert (clip.frame_start, len(clip)) == (20, 30) and any("2 videos" in warning for warning in clip.warnings)


def _without(name):
    return lambda tables, metadata: tables.pop(name)


def _set(table, field, value):
    return lambda tables, metadata: tables[table].__setitem__(field, value)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_without("pred_points"), "table pred_points"),
        (_without("instances"), "no known keypoint format"),
        (_set("frames", "instance_id_end", 10**6), "instances that are not in the file"),
        (_set("instances", "point_id_end", 10**6), "17 points"),
        (_set("instances", "point_id_start", 2**63), "17 points"),
        (_set("instances", "skeleton", 7), "skeleton of this SLEAP project"),
        (lambda tables, metadata: metadata.pop("nodes"), "skeleton of this SLEAP project"),
        (lambda tables, metadata: tables.update(frames=tables["frames"][:0]), "no animal"),
        (lambda tables, metadata: tables.update(points=np.zeros(3)), "table points"),
    ],
)
def test_a_damaged_project_gets_one_line(tmp_path, points, change, says):
    with pytest.raises(KeypointError, match=says) as error:
        read_keypoints(project(tmp_path / "a.slp", points, change=change))
    assert "\n" not in str(error.value)


def test_the_real_flies_are_no_quadrupeds_and_can_be_mapped(shared_data):
    path = shared_data / "keypoints" / "sleap_analysis.h5"
    with pytest.raises(KeypointError, match="not known are head, thorax"):
        describe(path)
    names = {"nose": "head", "neck": "thorax", "tail_root": "abdomen"}
    clip = read_keypoints(path, mapping=PointMap("ap10k", names, "m.json"))
    assert len(clip) > 2000 and clip.present[:, 2:5].mean() > 0.9
