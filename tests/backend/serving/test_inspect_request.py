# SPDX-License-Identifier: GPL-3.0-or-later
"""What `inspect` says of a clip before anything is lifted, and how soon."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from backend.errors import UserError
from backend.keypoints import endings
from backend.keypoints.layouts import LAYOUTS
from backend.serving.inspect_request import find_video, handle
from backend.video.endings import VIDEO_ENDINGS
from blender_addon.core import file_kind

from ..video.scenes import numbered, write_video

ROOT = Path(__file__).resolve().parents[3]
POSE = [[100.0 + 10 * k, 200.0 + 20 * k, 0.8] for k in range(17)]


class Quiet:
    """A report that nobody hears."""

    def progress(self, stage, done, total):
        pass


def inspect(path, **fields):
    return handle({"clip": str(path), **fields}, Quiet())


def write(path, *people, **known):
    """A file in our own format; people: lists of frames, each a pose or None."""
    listed = [{"id": number, "keypoints": frames} for number, frames in enumerate(people)]
    document = {"format": "lift3d-keypoints", "version": 1, "layout": "coco17", "people": listed}
    path.write_text(json.dumps(document | known))
    return path


def test_both_halves_know_the_same_files():
    assert file_kind.VIDEO_ENDINGS == VIDEO_ENDINGS
    assert file_kind.KEYPOINT_ENDINGS == endings.KEYPOINT_ENDINGS
    for name in ("a.map.json", "A.MAP.JSON", "keypoint_map.json", "a.json", "map.json", "keypoint_map.csv"):
        assert file_kind.is_map(Path(name)) == endings.is_map(Path(name))


def test_a_video_is_described_before_anybody_is_looked_for(tmp_path):
    path = write_video(tmp_path / "walk.avi", numbered(20), fps=25.0)
    facts = inspect(path)
    assert {key: facts[key] for key in ("format", "frames", "fps", "image_size", "liftable", "video")} == {
        "format": "Video", "frames": 20, "fps": 25.0, "image_size": [160, 120], "liftable": True, "video": str(path)
    }  # fmt: skip
    assert [person["index"] for person in facts["people"]] == [0]
    short = inspect(write_video(tmp_path / "blink.avi", numbered(5), fps=25.0))
    assert not short["liftable"] and "in 5 frames of blink.avi" in short["reason"]
    (tmp_path / "broken.mp4").write_bytes(b"no film")
    with pytest.raises(UserError, match="broken.mp4"):
        inspect(tmp_path / "broken.mp4")


def test_a_clip_is_described_as_the_panel_shows_it(tmp_path):
    half = [point if k < 9 else None for k, point in enumerate(POSE)]
    path = write(
        tmp_path / "walk.json", [POSE] * 10 + [None] * 5 + [POSE] * 15, [None] * 4 + [half] * 20 + [None] * 6,
        fps=25, image_size=[640, 480], frame_start=100,
    )  # fmt: skip
    facts = inspect(path)
    first, second = facts.pop("people")
    assert facts == {
        "clip": str(path), "format": "Lift to 3D JSON", "layout": "17 points (COCO)", "subject": "human",
        "frames": 30, "first_frame": 100, "last_frame": 129, "fps": 25, "fps_known": True, "image_size": [640, 480],
        "image_size_known": True, "chosen": 0, "longest_gap": 5, "missing": pytest.approx(5 / 30, abs=1e-4),
        "liftable": True, "reason": "", "video": "", "warnings": [], "focal": None,
    }  # fmt: skip
    assert first["frames"] == 25 and first["confidence"] == 0.8
    assert (second["index"], second["first_frame"], second["last_frame"]) == (1, 104, 123)
    # the neck counts as the models have it: there, as both shoulders are
    assert second["missing"] == pytest.approx(8 / 18, abs=1e-4) and second["liftable"]
    json.dumps(facts)


def test_what_the_file_does_not_say_is_guessed_and_told_until_the_user_says_it(tmp_path):
    path = write(tmp_path / "walk.json", [POSE] * 20)
    facts = inspect(path)
    assert (facts["fps"], facts["fps_known"]) == (30, False)
    assert (facts["image_size"], facts["image_size_known"]) == ([1280, 720], False)
    facts = inspect(path, fps=24, image_size=[1920, 1080])
    assert (facts["fps"], facts["fps_known"]) == (24, True)
    assert (facts["image_size"], facts["image_size_known"]) == ([1920, 1080], True)


@pytest.mark.parametrize(
    ("frames", "reason"),
    [
        ([POSE] * 8, "at least 15 at 30 frames a second"),
        ([POSE] + [None] * 23 + [POSE], "92% of the keypoints are missing"),
        ([POSE] * 9001, "9,001 frames: at most 9,000"),
    ],
    ids=["short", "empty", "long"],
)  # fmt: skip
def test_a_clip_that_cannot_be_lifted_is_described_with_the_reason(tmp_path, frames, reason):
    facts = inspect(write(tmp_path / "walk.json", frames))
    assert not facts["liftable"] and reason in facts["reason"]
    assert facts["people"][0]["reason"] == facts["reason"]


def test_fractions_of_an_image_of_unknown_size_ask_for_the_size(tmp_path):
    pose = [[x / 1000, y / 1000, c] for x, y, c in POSE]
    path = write(tmp_path / "walk.json", [pose] * 20)
    assert "give the image size" in inspect(path)["reason"]
    assert inspect(path, image_size=[1000, 1000])["liftable"]


def test_a_motion_file_is_to_be_imported(tmp_path):
    np.savez(tmp_path / "lifted.npz", poses=np.zeros((20, 72)), keypoints_2d=np.ones((20, 18, 2)) * 90)
    with pytest.raises(UserError, match="lifted.npz is a motion file.* import it"):
        inspect(tmp_path / "lifted.npz")
    np.savez(tmp_path / "amass.npz", poses=np.zeros((20, 156)), trans=np.zeros((20, 3)))
    with pytest.raises(UserError, match="3D motion .* import it"):
        inspect(tmp_path / "amass.npz")


@pytest.mark.parametrize("clip", [None, 3, "", "  ", "nowhere.json"])
def test_what_is_no_clip_gets_a_sentence(clip):
    with pytest.raises(UserError) as error:
        handle({"clip": clip}, Quiet())
    assert "\n" not in str(error.value)


def test_footage_is_found_beside_the_clip_or_where_the_clip_says(tmp_path):
    path = write(tmp_path / "Walk_keypoints.json", [POSE] * 20)
    assert find_video(path) == ""
    for name in ("other.mp4", "walk.txt", "walk_2d.mp4"):
        (tmp_path / name).touch()
    assert find_video(path) == ""
    (tmp_path / "walk.MOV").touch()
    assert inspect(path)["video"] == str(tmp_path / "walk.MOV")
    (tmp_path / "walk_keypoints.webm").touch()
    assert inspect(path)["video"] == str(tmp_path / "walk_keypoints.webm")
    (tmp_path / "footage").mkdir()
    (tmp_path / "footage/take 3.mxf").touch()
    write(path, [POSE] * 20, video="footage/take 3.mxf")
    assert inspect(path)["video"] == str(tmp_path / "footage/take 3.mxf")
    write(path, [POSE] * 20, video="gone.mp4")
    assert inspect(path)["video"] == str(tmp_path / "walk_keypoints.webm")


def test_a_folder_of_frames_has_its_video_beside_it(tmp_path):
    folder = tmp_path / "take.1_json"
    folder.mkdir()
    (tmp_path / "take.1.mp4").touch()
    assert find_video(folder) == str(tmp_path / "take.1.mp4")


def test_no_request_but_a_lift_pays_for_torch_or_scipy(tmp_path):
    path = write(tmp_path / "walk.json", [POSE] * 20)
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from backend.commands.serve import HANDLERS\n"
        "class Quiet:\n    progress = lambda *words: None\n"
        f"HANDLERS['inspect']({{'clip': {str(path)!r}}}, Quiet())\n"
        "print(*sorted({'torch', 'scipy', 'smplx', 'matplotlib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize(("layout", "subject"), [("body25", "human"), ("ap10k", "cat"), ("badja", "cat")])
def test_the_subject_is_told_by_the_layout(tmp_path, layout, subject):
    pose = [[100.0 + 10 * k, 200.0 + 20 * k, 0.8] for k in range(len(LAYOUTS[layout]))]
    facts = inspect(write(tmp_path / "walk.json", [pose] * 20, layout=layout))
    assert (facts["subject"], facts["layout"], facts["liftable"]) == (subject, LAYOUTS[layout].title, True)


@pytest.mark.parametrize(
    "name",
    ["catDLC_resnet50_catsSep1shuffle1_50000.h5", "cat_DLC_mobnet.csv", "cat.mp4.predictions.slp", "cat.analysis.h5",
     "catDLC_dlcrnet_filtered.csv"],
)  # fmt: skip
def test_footage_is_found_by_the_names_that_the_tools_for_animals_give(tmp_path, name):
    (tmp_path / "catalogue.mp4").touch()
    assert find_video(tmp_path / name) == ""
    (tmp_path / "Cat.mp4").touch()
    assert find_video(tmp_path / name) == str(tmp_path / "Cat.mp4")


def test_points_of_an_animal_under_names_of_their_own_are_known_by_the_users_map(tmp_path):
    names = [f"m{number}" for number in range(17)]
    rows = [",".join(["scorer", *["net"] * 51]), ",".join(["bodyparts", *[n for n in names for _ in range(3)]])]
    rows.append(",".join(["coords", *["x", "y", "likelihood"] * 17]))
    pose = ",".join(f"{300 + 9 * k},{200 + 5 * k},0.9" for k in range(17))
    rows += [f"{frame},{pose}" for frame in range(40)]
    (tmp_path / "cat.csv").write_text("\n".join(rows))
    points = dict(zip(LAYOUTS["ap10k"].names, names, strict=True))
    (tmp_path / "mine.json").write_text(json.dumps({"layout": "ap10k", "points": points}))
    facts = inspect(tmp_path / "cat.csv", keypoint_map=str(tmp_path / "mine.json"), image_size=[1280, 720])
    assert facts["subject"] == "cat" and facts["frames"] == 40 and facts["missing"] == 0
    with pytest.raises(UserError):
        inspect(tmp_path / "cat.csv", keypoint_map=str(tmp_path / "none.json"))
