# SPDX-License-Identifier: GPL-3.0-or-later
"""Which clips the words on a command line mean: by path, folder and pattern; by content, not by name alone."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from backend.keypoints import read_keypoints, write_keypoints
from blender_addon.batch import recognise
from blender_addon.batch.find import find_clips, find_motions
from tests.blender.synthetic import write_motion

CLIP = Path(__file__).resolve().parents[3] / "assets/clips/walk_and_wave.json"
FRAME = {"version": 1.3, "people": [{"pose_keypoints_2d": [1.0, 2.0, 0.9] * 25}]}


def keypoints(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('{"format": "lift3d-keypoints", "version": 1}')
    return path


def frames(folder: Path, count: int = 3) -> Path:
    folder.mkdir(parents=True)
    for number in range(count):
        (folder / f"take_{number:012d}_keypoints.json").write_text(json.dumps(FRAME))
    return folder


def names(found, root: Path) -> list[str]:
    return [path.relative_to(root).as_posix() for path in found.sources]


@pytest.fixture
def takes(tmp_path):
    """Clips of several kinds among other files."""
    keypoints(tmp_path / "takes/walk.json")
    keypoints(tmp_path / "takes/day two/walk.json")
    frames(tmp_path / "takes/run")
    (tmp_path / "takes/broken.json").write_text('{"people": [')
    (tmp_path / "takes/camera.json").write_text('{"focal": 1400}')
    (tmp_path / "takes/notes.txt").write_text("keypoints")
    np.savez(tmp_path / "takes/points.npz", points=np.zeros((2, 17, 2)))
    write_motion(tmp_path / "takes/motion.npz", frames=2)
    keypoints(tmp_path / "takes/.hidden.json")
    keypoints(tmp_path / "takes/.cache/x.json")
    return tmp_path / "takes"


def test_a_folder_gives_the_clips_in_it_and_below_and_a_broken_one_is_a_clip(takes):
    found = find_clips([str(takes)])
    assert names(found, takes) == ["broken.json", "points.npz", "walk.json", "day two/walk.json", "run"]
    assert [path.name for path in found.left_out] == ["camera.json", "motion.npz"] and not found.missing


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.json", ["broken.json", "walk.json"]),
        ("**/*.json", ["broken.json", "day two/walk.json", "run", "walk.json"]),
        ("**", ["broken.json", "points.npz", "walk.json", "day two/walk.json", "run"]),
        ("r*", ["run"]),
        ("run/*_keypoints.json", ["run"]),
        ("w[a]lk.json", ["walk.json"]),
    ],
)
def test_a_pattern_is_looked_up_when_the_shell_has_not(takes, pattern, expected):
    assert names(find_clips([str(takes / pattern)]), takes) == expected


def test_what_is_named_twice_is_taken_once(takes, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    os.symlink(takes / "walk.json", tmp_path / "same.json")
    words = ["takes/walk.json", "./takes/../takes/walk.json", "same.json", str(takes), "takes/run", "takes/**"]
    assert len(find_clips(words).sources) == 5


def test_a_file_named_outright_is_taken_whatever_it_is_and_a_frame_stands_for_its_folder(takes):
    words = [str(takes / name) for name in ("notes.txt", "camera.json", "run/take_000000000001_keypoints.json")]
    assert names(find_clips(words), takes) == ["notes.txt", "camera.json", "run"]


def test_a_name_with_brackets_is_a_file_before_it_is_a_pattern(tmp_path):
    path = keypoints(tmp_path / "take[1].json")
    assert find_clips([str(path)]).sources == [path]


def test_words_that_give_nothing_say_so_and_stop_nothing(takes, tmp_path):
    (tmp_path / "empty").mkdir()
    words = [str(tmp_path / "none.json"), str(tmp_path / "empty"), str(tmp_path / "no*"), "", str(takes / "walk.json")]
    found = find_clips(words)
    assert names(found, takes) == ["walk.json"]
    assert [word for word, _ in found.missing] == words[:4]
    for sentence, part in zip(
        (sentence for _, sentence in found.missing),
        ("does not exist; expected a clip", "there is no clip of 2D keypoints or video in", "matches", "empty word"),
        strict=True,
    ):
        assert part in sentence and "\n" not in sentence


def test_motions_are_told_from_clips(takes):
    assert names(find_motions([str(takes)]), takes) == ["motion.npz"]
    assert names(find_motions([str(takes / "*.npz")]), takes) == ["motion.npz"]


def test_what_the_backend_reads_may_be_a_clip_in_every_format(tmp_path, shared_examples):
    for name, document in shared_examples.items():
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(document))
        assert recognise.may_be_clip(path), name
        assert recognise.is_frame(path) == (name == "frame")


@pytest.fixture
def shared_examples():
    """The smallest document of each JSON format, as the backend's readers recognise them."""
    from backend.keypoints.readers import alphapose, badja, coco, hrnet, mmpose, openpose, ours, vitpose

    points = [1.0, 2.0, 0.9] * 17
    examples = {
        "ours": ({"format": ours.FORMAT}, ours),
        "alphapose": ([{"image_id": "1.jpg", "keypoints": points}], alphapose),
        "coco": ([{"image_id": 1, "keypoints": points}], coco),
        "annotations": ({"images": [], "annotations": [{"keypoints": points}]}, coco),
        "hrnet": ({"data": [{"skeleton": []}]}, hrnet),
        "mmpose": ({"instance_info": [{"instances": []}]}, mmpose),
        "vitpose": ({"keypoints": [{"0": []}], "skeleton": {}}, vitpose),
        "badja": ([{"image_path": "1.png", "joints": [[1, 2]], "visibility": [True]}], badja),
        "frame": (FRAME, openpose),
        "frames": ([FRAME], openpose),
        "cmu": ({"1.jpg": {"bodies": [{"joints": points}]}}, openpose),
    }
    assert all(reader.recognises(document) for document, reader in examples.values())
    return {name: document for name, (document, _) in examples.items()}


def test_tables_and_hdf5_are_clips_by_what_is_in_them(tmp_path):
    contents = {
        "cat.csv": b"scorer,DLC,DLC\nbodyparts,nose,nose\ncoords,x,y\n", "bom.csv": b"\xef\xbb\xbfscorer,a\n",
        "sales.csv": b"month,euro\n", "weights.h5": b"\x89HDF\r\n\x1a\nmodel_weights", "text.h5": b"node_names",
        "fly.h5": b"\x89HDF\r\n\x1a\n" + bytes(2 << 20) + b"node_names", "fly.slp": b"\x89HDF\r\n\x1a\n..pred_points",
    }  # fmt: skip
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    found = find_clips([str(tmp_path)])
    assert names(found, tmp_path) == ["bom.csv", "cat.csv", "fly.h5", "fly.slp"]
    assert [path.name for path in found.left_out] == ["sales.csv", "text.h5", "weights.h5"]


def test_hdf5_as_the_tools_write_it_is_found(tmp_path, shared_data):
    for name in ("deeplabcut_openfield.h5", "sleap_analysis.h5"):
        assert recognise.may_be_clip(shared_data / "keypoints" / name)
    assert recognise.may_be_clip(shared_data / "keypoints" / "badja_rs_dog.json")


def test_one_clip_of_deeplabcut_is_found_once_its_film_goes_with_it_and_maps_are_none(tmp_path):
    (tmp_path / "catDLC_resnet50.csv").write_bytes(b"scorer,a\n")
    (tmp_path / "catDLC_resnet50.h5").write_bytes(b"\x89HDF\r\n\x1a\npandas_type")
    (tmp_path / "dogDLC_resnet50.csv").write_bytes(b"scorer,a\n")
    for name in ("cat.mp4", "catalogue.mp4"):
        (tmp_path / name).write_bytes(b"film")
    for name in ("keypoint_map.json", "catDLC_resnet50.map.json"):
        (tmp_path / name).write_text('{"layout": "ap10k", "points": {"nose": "joints"}}')
    found = find_clips([str(tmp_path)])
    assert names(found, tmp_path) == ["catDLC_resnet50.h5", "catalogue.mp4", "dogDLC_resnet50.csv"]
    assert not found.left_out


def test_the_backend_reads_what_is_found(tmp_path):
    write_keypoints(read_keypoints(CLIP), tmp_path / "clip.json")
    (found,) = find_clips([str(tmp_path)]).sources
    assert len(read_keypoints(found).points) == 120


def test_a_large_file_is_looked_through_to_its_end(tmp_path):
    path = tmp_path / "late.json"
    images = [{"file_name": f"{number:012d}.jpg", "id": number} for number in range(40_000)]
    path.write_text(json.dumps({"images": images, "annotations": [{"keypoints": [1, 2, 3]}]}))
    assert path.stat().st_size > 1 << 20 and recognise.may_be_clip(path)
    path.write_text(json.dumps({"images": images}))
    assert not recognise.may_be_clip(path)


def test_our_own_results_are_no_clip(tmp_path):
    (tmp_path / "results.json").write_text('{"format": "lift3d-results", "clips": [{"x": {"keypoints": 1}}]}')
    assert not recognise.may_be_clip(tmp_path / "results.json")


def test_videos_are_clips_but_where_their_keypoints_lie_beside_them(tmp_path):
    keypoints(tmp_path / "walk_keypoints.json")
    for name in ("walk.mp4", "Dance.MOV", "walking.mp4", "notes.txt"):
        (tmp_path / name).write_bytes(b"film")
    found = find_clips([str(tmp_path)])
    assert names(found, tmp_path) == ["Dance.MOV", "walk_keypoints.json", "walking.mp4"] and not found.left_out
    assert names(find_clips([str(tmp_path / "walk.mp4")]), tmp_path) == ["walk.mp4"]  # named outright
    assert names(find_clips([str(tmp_path / "*.mp4")]), tmp_path) == ["walking.mp4"]
