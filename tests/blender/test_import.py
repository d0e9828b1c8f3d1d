# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes, rates, cameras, footage and rebuilding, by the operators, in every Blender at hand."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from blender_addon.core.body_file import read_body
from blender_addon.core.forward_kinematics import joint_transforms
from tests.blender.blenders import blenders, run_script, workplace
from tests.blender.synthetic import key_at, motion_arrays, source_arrays, write_motion

INSIDE = Path(__file__).with_name("inside_import.py")
FRAMES, FPS, SIZE = 30, 25.0, (640, 480)


def lay_out(folder: Path) -> None:
    """Three takes of a clip, one of another clip of the same name, and the clip's film in three forms."""
    arrays = motion_arrays(frames=FRAMES, fps=FPS, size=SIZE)
    source = source_arrays(arrays)
    moving = motion_arrays(frames=FRAMES, fps=FPS, size=SIZE, moving_camera=True)
    lifted = {"joints": None, "trans": arrays["trans"] + np.float32([0.5, 0.25, 0])}
    elsewhere = {"camera_translation": arrays["camera_translation"] + [0.1, 0.2, 0.3]}
    given = {"frames": FRAMES, "fps": FPS, "size": SIZE}
    write_motion(folder / "seed3.npz", **given, **source)
    write_motion(folder / "seed4.npz", **given, **{**source, "seed": np.array(4), **lifted, **elsewhere})
    camera = {name: moving[name] for name in ("camera_rotation", "camera_translation")}
    write_motion(folder / "moving.npz", **given, **{**source, "seed": np.array(5), "joints": None, **camera})
    (folder / "other").mkdir()
    other = source_arrays(arrays, shift=(30.0, 4.0))
    write_motion(folder / "other" / "seed3.npz", **given, **other)
    amass = np.concatenate([arrays["poses"][:, :66], np.ones((FRAMES, 90))], axis=1)
    held = {"poses": amass, "trans": arrays["trans"], "betas": np.ones(16), "mocap_frame_rate": np.array(20.0)}
    np.savez(folder / "amass.npz", **held)
    np.savez(folder / "other" / "amass.npz", **{**held, "trans": arrays["trans"] + 2})
    for name, first in (("part1", 1), ("part2", 31)):
        part = source_arrays(arrays, shift=(first, 4.0))
        write_motion(folder / f"{name}.npz", **given, **{**part, "frame_start": np.array(first)})
    write_motion(folder / "long.npz", **given, **{**source, "source": np.array("Läufer " * 20 + ".json")})
    (folder / "words.txt").write_text("no film", encoding="utf-8")
    picture = np.full((SIZE[1], SIZE[0], 3), 90, np.uint8)
    cv2.imwrite(str(folder / "still.png"), picture)
    (folder / "pictures").mkdir()
    film = cv2.VideoWriter(str(folder / "film.mp4"), cv2.VideoWriter_fourcc(*"mp4v"), FPS, SIZE)
    for number in range(1, 61):
        film.write(picture)
        cv2.imwrite(str(folder / "pictures" / f"p_{number:04d}.png"), picture)
    film.release()


@pytest.fixture(scope="module", params=blenders())
def told(request) -> dict:
    with workplace("test-import-") as folder:
        lay_out(Path(folder))
        answer = Path(folder) / "answer.json"
        done = run_script(request.param, INSIDE, folder, answer)
        assert done.returncode == 0 and answer.exists(), done.stdout + done.stderr
        return json.loads(answer.read_text(encoding="utf-8"))


def apart(first: list, second: list) -> float:
    return float(np.abs(np.array(first) - np.array(second)).max())


def test_a_second_take_is_a_second_action_and_nothing_else_comes_twice(told):
    one, two = told["takes"]["one"], told["takes"]["two"]
    assert one["actions"] == ["a walk seed 3"] and two["actions"] == ["a walk seed 3", "a walk seed 4"]
    assert {**one, "actions": None} == {**two, "actions": None}
    assert one["objects"] == ["a walk", "a walk Body", "a walk Camera"] and one["scenes"] == ["Scene"]


def test_a_take_shows_its_own_motion_camera_and_facts(told):
    first, second = told["takes"]["first"], told["takes"]["second"]
    moved = np.array(second["joints"]) - np.array(first["joints"])
    np.testing.assert_allclose(moved, np.broadcast_to([0.5, 0.25, 0], moved.shape), atol=1e-4)
    assert apart(first["camera"]["location"], second["camera"]["location"]) > 0.05
    assert (first["facts"]["seed"], second["facts"]["seed"]) == (3, 4)
    assert first["facts"]["reprojection"] == pytest.approx(5.0, abs=0.01)
    assert first["facts"]["confidence"] == pytest.approx(0.8)
    assert first["facts"]["person"] == 1 and first["facts"]["seconds"] == pytest.approx(1.2)
    assert told["takes"]["listed"] == [["a walk seed 3", 3, False], ["a walk seed 4", 4, True]]


def test_a_motion_that_is_there_already_is_played_and_not_added(told):
    assert told["takes"]["again"]["census"] == told["takes"]["two"]
    assert told["takes"]["again"]["active"] == ["a walk seed 3"]


def test_switching_takes_switches_motion_and_camera(told):
    second, switched = told["takes"]["second"], told["takes"]["switched"]
    assert apart(second["joints"], switched["joints"]) < 1e-6
    assert second["camera"] == switched["camera"]
    assert switched["slot"] == ("Slot" if told["blender"] >= [4, 4] else None)
    assert "has no take named no such take" in told["takes"]["unknown"]


def test_a_take_with_a_moving_camera_moves_it_and_one_without_stands(told):
    assert apart(*told["takes"]["moving"]) > 0.3
    assert apart(*told["takes"]["still"]) == 0
    assert apart(told["takes"]["still"][0], told["takes"]["first"]["camera"]["location"]) < 1e-6


def test_takes_facts_and_keypoints_last_in_the_file(told):
    reopened = told["takes"]["reopened"]
    assert reopened["listed"] == ["a walk seed 3", "a walk seed 4", "a walk seed 5"]
    assert reopened["facts"] == told["takes"]["first"]["facts"]
    expected = source_arrays(motion_arrays(frames=FRAMES, fps=FPS, size=SIZE))["keypoints_2d"]
    np.testing.assert_allclose(told["takes"]["keypoints"], np.nan_to_num(expected, nan=-1.0), atol=0.01)


def test_another_clip_of_the_same_name_is_another_character_and_so_is_what_shall_be_one(told):
    assert told["takes"]["others"] == ["a walk", "a walk.001"]
    assert told["takes"]["apart"] == 3


def test_a_file_of_another_program_comes_in_at_its_own_rate(told):
    others = told["others"]
    assert others["amass"] == {"end": ["FINISHED"]}
    np.testing.assert_allclose(others["keys"], 1 + np.arange(FRAMES) * 30 / 20, rtol=1e-5)
    arrays = motion_arrays(frames=FRAMES, fps=FPS, size=SIZE)
    poses = arrays["poses"].reshape(-1, 24, 3).copy()
    poses[:, 22:] = 0
    body = read_body()
    _, joints = joint_transforms(poses, arrays["trans"], body.shaped(np.zeros(0))[1], body.parents)
    assert apart(others["joints"], joints[10]) < 1e-3
    assert others["amass_twice"] == [["amass", 1], ["amass.001", 1]]  # two files that have nothing but a name in common
    assert others["amass_again"] == [["amass", 1], ["amass.001", 1]]
    told_of = others["facts"]
    assert (told_of["clip"], told_of["fps"], told_of["seed"], told_of["reprojection"]) == ("amass", 20.0, None, None)
    assert any("another body model" in sentence for sentence in told_of["warnings"])


def test_a_long_name_is_cut_before_what_tells_takes_and_objects_apart(told):
    long = told["others"]["long"]
    assert long["actions"][0].startswith("Läufer Läufer") and long["actions"][0].endswith(" seed 3")
    assert [name for name in long["objects"] if name.endswith(" Camera")]


def test_keys_keep_their_times_when_the_scene_takes_the_clips_rate(told):
    before, after = told["rates"]["before"], told["rates"]["after"]
    np.testing.assert_allclose(before["keys"], key_at(7 + np.arange(FRAMES), 25, 30), rtol=1e-5)
    np.testing.assert_allclose(after["keys"], 7 + np.arange(FRAMES), rtol=1e-5)
    np.testing.assert_allclose(told["rates"]["other_take"], 7 + np.arange(FRAMES), rtol=1e-5)
    assert apart(before["joints"], after["joints"]) < 1e-3
    assert after["range"] == [7, 36, 25.0]
    assert told["rates"]["facts"]["keyed_fps"] == 25.0
    assert "has the clip's frame rate and range already" in told["rates"]["twice"]


def test_the_overlay_knows_the_clips_frame_at_a_scene_frame(told):
    assert told["rates"]["index"] == [None, 0, 10, 29, None]


def test_a_scenes_own_camera_stays_until_the_user_takes_the_clips(told):
    camera = told["camera"]
    assert camera["kept"] == "Mine" and camera["adopted"] == ["a walk Camera", 640, 480]
    assert not camera["through_mine"] and camera["through_clips"] == "a walk seed 3"
    assert "has the clip's camera and picture already" in camera["twice"]
    assert camera["alone"] == ["a walk Camera", 1920, 1080]


def test_rebuilding_mends_and_doubles_nothing(told):
    rebuilt = told["rebuild"]
    assert rebuilt["after"] == {**rebuilt["before"], "objects": sorted([*rebuilt["before"]["objects"], "Target"])}
    assert rebuilt["again"] == rebuilt["after"]
    assert rebuilt["bones"] and rebuilt["pointed"] and rebuilt["playing"] == "a walk seed 4"
    assert apart(np.array(rebuilt["joints"]) + [2.0, 0, 0], rebuilt["rebuilt"]) < 1e-4
    assert rebuilt["skin"] > 1.0


def test_a_character_is_found_whatever_was_done_to_it(told):
    found, skin = told["finding"], "a walk Body"
    both = {"camera": "a walk Camera"}
    assert found["made"] == ["a walk", {**both, "skin": skin}]
    assert found["renamed"] == ["Renamed", {**both, "skin": "Skin"}]
    assert found["renamed again"] == found["excluded"] == found["linked again"]
    assert found["renamed again"] == ["Renamed again", {**both, "skin": "Skin"}]
    assert found["unlinked"] == [None, {}]


def test_the_character_that_is_meant_is_the_one_that_is_selected(told):
    found = told["finding"]
    name, copy = found["copy"]
    assert copy[0] == name == "Renamed again.001" and copy[1]["skin"] == "Skin.001"
    assert found["original"] == ["Renamed again", {"camera": "a walk Camera", "skin": "Skin"}]
    assert found["skin of the copy"] == copy
    assert found["skinned"][0] == "Renamed again"


def test_parts_of_one_clip_follow_each_other_at_any_rate(told):
    first, second = told["clip_parts"]["keys"]
    assert first[0] == 1.0
    np.testing.assert_allclose(first + second, key_at(1 + np.arange(2 * FRAMES), 25, 24), rtol=1e-6)
    assert told["clip_parts"]["then"] == [list(range(1, 31)), list(range(31, 61))]


def test_rebuilding_without_the_motion_file_changes_nothing(told):
    assert "seed4.npz is not there any more: lift the clip again" in told["rebuild"]["gone"]
    assert told["rebuild"]["untouched"] == told["rebuild"]["again"]


@pytest.mark.parametrize("fps", [25, 24, 50])
@pytest.mark.parametrize("kind", ["video", "sequence"])
def test_footage_shows_each_picture_at_its_keypoints_time(told, kind, fps):
    shown = told["footage"][f"{kind} at {fps}"]
    assert shown["end"] == {"end": ["FINISHED"]} and shown["range"][2] == fps
    assert shown["source"] == {"video": "MOVIE", "sequence": "SEQUENCE"}[kind]
    # The scene's whole frames lie up to half a clip frame beside the keys.
    first = {"video": 8, "sequence": 7}[kind]  # who watches a video counts from 0, who watches files by their names
    keys = key_at(7 + np.arange(FRAMES), 25, fps)
    exact = first + (np.round(keys) - keys[0]) * 25 / fps
    assert np.abs(np.array(shown["pictures"]) - exact).max() <= 0.5 + 1e-3
    assert (shown["depth"], shown["alpha"], shown["method"]) == ("BACK", 1.0, "CROP")


def test_footage_of_one_character_is_there_once(told):
    assert told["footage"]["twice"] == {"images": 1, "backgrounds": 1}


def test_footage_that_cannot_be_shown_stops_no_import(told):
    for name in ("none.mp4", "words.txt", "seed3.npz"):
        assert told["footage"][name] == {"end": ["FINISHED"]}
        assert told["footage"][f"{name} shown"] == 0


def test_a_user_at_work_keeps_his_place_in_every_mode(told):
    assert len(told["work"]) == 8
    for work in told["work"].values():
        assert work["end"] == {"end": ["FINISHED"]} and work["bones"] == 24
        assert work["after"] == work["before"]
    assert told["work"]["MESH SCULPT"]["before"]["mode"] == "SCULPT"
    assert told["work"]["ARMATURE POSE"]["before"]["modes"] == {"Work": "POSE", "Other": "POSE"}


def test_a_scene_of_another_file_is_left_alone_in_one_sentence(told):
    assert "Theirs is linked from library.blend and cannot be changed" in told["linked_scene"]["end"]["error"]
    assert told["linked_scene"]["untouched"]
