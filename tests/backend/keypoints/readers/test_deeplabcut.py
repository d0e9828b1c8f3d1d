# SPDX-License-Identifier: GPL-3.0-or-later
import csv
import os
import pickle

import numpy as np
import pytest

from backend.keypoints.description import describe
from backend.keypoints.errors import KeypointError
from backend.keypoints.layouts import get_layout
from backend.keypoints.reading import read_keypoints

NAMES = get_layout("ap10k").names
SCORER = "DLC_resnet50_catsSep1shuffle1_50000"


@pytest.fixture
def points(walking):
    return walking("ap10k", start=(400.0, 200.0))


def columns(individuals=(), coordinates=("x", "y", "likelihood")):
    """(scorer, [individual,] body part, coordinate) of every column."""
    who = [(each,) for each in individuals] or [()]
    return [(SCORER, *each, name, axis) for each in who for name in NAMES for axis in coordinates]


def values(*tracks, likelihood=0.9):
    """(T,C) of tracks (T,K,2), one an animal."""
    last = np.full((*tracks[0].shape[:2], 1), likelihood)
    return np.concatenate([np.concatenate([each, last], -1).reshape(len(each), -1) for each in tracks], axis=1)


def write_csv(path, names, rows, index=None, index_columns=1):
    levels = (
        ("scorer", "individuals", "bodyparts", "coords") if len(names[0]) == 4 else ("scorer", "bodyparts", "coords")
    )
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        for level, cells in zip(levels, zip(*names, strict=True), strict=True):
            writer.writerow([level, *[""] * (index_columns - 1), *cells])
        for number, row in enumerate(rows):
            head = [number] if index is None else index[number]
            writer.writerow([*head, *("" if np.isnan(cell) else repr(float(cell)) for cell in row)])
    return path


def write_h5(path, names, rows, header=None):
    h5py = pytest.importorskip("h5py")
    table = np.zeros(len(rows), [("index", "<i8"), ("values_block_0", "<f8", (rows.shape[1],))])
    table["index"], table["values_block_0"] = np.arange(len(rows)), rows
    with h5py.File(path, "w") as file:
        group = file.create_group("df_with_missing")
        group.attrs["pandas_type"] = np.bytes_(b"frame_table")
        group.attrs["non_index_axes"] = np.bytes_(header or pickle.dumps([(1, names)], 0))
        group.create_dataset("table", data=table, maxshape=(None,))
        group["table"].attrs["values_block_0_kind"] = np.bytes_(header or pickle.dumps(names, 0))
    return path


@pytest.mark.parametrize("write", [write_csv, write_h5])
def test_one_animal(tmp_path, points, write):
    rows = values(points)
    rows[7, :3] = np.nan
    path = write(tmp_path / ("a.csv" if write is write_csv else "a.h5"), columns(), rows)
    clip = read_keypoints(path, image_size=(1280, 720), fps=60)
    assert (clip.layout, clip.fps, clip.image_size, len(clip)) == ("ap10k", 60, (1280, 720), 40)
    assert not clip.present[7, 0] and clip.present.sum() == 40 * 17 - 1
    np.testing.assert_allclose(clip.points[clip.present], points[clip.present])
    assert set(np.unique(clip.confidence)) == {0.0, 0.9}
    assert describe(path).format == "DeepLabCut"


@pytest.mark.parametrize("write", [write_csv, write_h5])
def test_several_animals_and_what_is_there_once(tmp_path, points, write):
    names = [*columns(("tom", "kitty")), (SCORER, "single", "bowl", "x"), (SCORER, "single", "bowl", "y")]
    rows = np.c_[values(points, points + [300, 100]), np.full((40, 2), 50.0)]
    rows[:5, 51:102] = np.nan  # kitty comes later
    path = write(tmp_path / ("a.csv" if write is write_csv else "a.h5"), names, rows)
    assert [person.frames_seen for person in describe(path).people] == [40, 35]
    clip = read_keypoints(path, person=1)
    assert clip.frame_start == 5
    np.testing.assert_allclose(clip.points, points[5:] + [300, 100])


def test_labelled_pictures_have_names_and_no_likelihood(tmp_path, points):
    index = [("labeled-data", "cats", f"img{3 * number:05d}.png") for number in range(40)]
    path = write_csv(tmp_path / "a.csv", columns((), ("x", "y")), points.reshape(40, -1), index, index_columns=3)
    clip = read_keypoints(path)
    assert len(clip) == 118 and clip.present[::3].all() and not clip.present[1::3].any()
    np.testing.assert_allclose(clip.points[::3], points)


def test_a_table_without_its_ending_is_known_by_its_first_row(tmp_path, points):
    path = write_csv(tmp_path / "a.json", columns(), values(points))
    assert describe(path).format == "DeepLabCut"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("time,a,b\n1,2,3\n", "not a table of DeepLabCut's"),
        ("scorer,a,a\n", "no row bodyparts"),
        ("scorer,a,a\nbodyparts,nose,nose\n", "no row coords"),
        ("scorer,a,a\nbodyparts,nose,nose\ncoords,x,y\n", "no frames"),
        ("scorer,a,a\nbodyparts,nose,nose\ncoords,,\n0,1,2\n", "no columns x and y"),
        ("scorer,a,a\nbodyparts,nose,nose\ncoords,x,y\n0,1\n", "Row 4 of this table has 2 columns, the first 3"),
        ("scorer,a,a\nbodyparts,nose,nose\ncoords,x,y\n0,1,one\n", "no number"),
        ("scorer,a,a\nbodyparts,nose,nose\ncoords,x,x\n0,1,2\n", "twice"),
        ("scorer,a,a,a\nbodyparts,nose,nose,nose\ncoords,x,y,z\n0,1,2,3\n", "3D"),
        ("scorer,a,a\nbodyparts,wing,wing\ncoords,x,y\n0,1,2\n", "not known are wing"),
    ],
)
def test_a_bad_table_gets_one_line(tmp_path, text, says):
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(KeypointError, match=says) as error:
        read_keypoints(path)
    assert "\n" not in str(error.value) and len(str(error.value)) < 600


class Trap:
    """A pickle of it runs a command when it is read."""

    def __init__(self, command):
        self.command = command

    def __reduce__(self):
        return os.system, (self.command,)


def test_a_header_that_would_run_code_is_refused_and_never_run(tmp_path, points):
    hostile = pickle.dumps([(1, [Trap(f"touch {tmp_path}/ran")])], 0)
    with pytest.raises(KeypointError, match="header of this .h5 is refused: its pickle could run code"):
        read_keypoints(write_h5(tmp_path / "a.h5", columns(), values(points), hostile))
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("header", [b"no pickle", pickle.dumps([(1, [1, 2])], 0), pickle.dumps({"a": 1}, 0)])
def test_a_header_that_names_no_columns(tmp_path, points, header):
    with pytest.raises(KeypointError, match="header of this .h5|columns of this .h5"):
        read_keypoints(write_h5(tmp_path / "a.h5", columns(), values(points), header))


def test_a_header_of_other_columns(tmp_path, points):
    with pytest.raises(KeypointError, match="has 51 columns and names for 50"):
        read_keypoints(write_h5(tmp_path / "a.h5", columns()[:-1], values(points)))


def test_the_real_mouse_from_above_is_read_and_not_lifted(shared_data):
    pytest.importorskip("h5py")
    with pytest.raises(KeypointError, match="snout, leftear, rightear, tailbase.*seen from above cannot be lifted"):
        read_keypoints(shared_data / "keypoints" / "deeplabcut_openfield.h5")


def test_the_real_mouse_with_a_map(shared_data):
    pytest.importorskip("h5py")
    from backend.keypoints.point_map import PointMap

    mapping = PointMap("ap10k", {"nose": "snout", "tail_root": "tailbase"}, "m.json")
    clip = read_keypoints(shared_data / "keypoints" / "deeplabcut_openfield.h5", mapping=mapping)
    assert len(clip) == 2330 and clip.present[:, 2].mean() > 0.9
