# SPDX-License-Identifier: GPL-3.0-or-later
"""People who were lifted together come into a scene with the one camera that filmed them, in every Blender at hand."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.blender.blenders import blenders, run_script, workplace
from tests.blender.synthetic import motion_arrays, source_arrays, write_motion

INSIDE = Path(__file__).with_name("inside_people.py")
FRAMES, FPS, SIZE = 30, 25.0, (640, 480)
GIVEN = {"frames": FRAMES, "fps": FPS, "size": SIZE}


def lay_out(folder: Path) -> None:
    """Two people, the second ten frames later; the same with another seed; one alone; two before a moving camera."""
    arrays = motion_arrays(**GIVEN)
    moving = motion_arrays(frames=FRAMES + 10, fps=FPS, size=SIZE, moving_camera=True)
    for person in (0, 1):
        source = source_arrays(arrays, shift=(3.0 + 10 * person, 4.0))
        own = {**source, "person": np.array(person), "source": np.array("pair.json"),
               "frame_start": np.array(7 + 10 * person), "trans": arrays["trans"] + np.float32([person, 0, 0]),
               "joints": None}  # fmt: skip
        write_motion(folder / f"pair_{person}.npz", **GIVEN, **own, world=np.array("first"))
        seen = {"camera_translation": arrays["camera_translation"] + [0.1, 0.2, 0.3], "seed": np.array(4)}
        write_motion(folder / f"again_{person}.npz", **GIVEN, **{**own, **seen}, world=np.array("second"))
        part = slice(10 * person, 10 * person + FRAMES)
        camera = {name: moving[name][part] for name in ("camera_rotation", "camera_translation")}
        write_motion(folder / f"moving_{person}.npz", **GIVEN, **{**own, **camera}, world=np.array("moving"))
        if person == 0:
            write_motion(folder / "alone.npz", **GIVEN, **own)
    film = cv2.VideoWriter(str(folder / "film.mp4"), cv2.VideoWriter_fourcc(*"mp4v"), FPS, SIZE)
    for _ in range(60):
        film.write(np.full((SIZE[1], SIZE[0], 3), 90, np.uint8))
    film.release()


@pytest.fixture(scope="module", params=blenders())
def told(request) -> dict:
    with workplace("test-people-") as folder:
        lay_out(Path(folder))
        answer = Path(folder) / "answer.json"
        done = run_script(request.param, INSIDE, folder, answer)
        assert done.returncode == 0 and answer.exists(), done.stdout + done.stderr
        return json.loads(answer.read_text(encoding="utf-8"))


def test_they_come_with_one_camera_and_one_film_over_all_their_frames(told):
    found = told["in_one_scene"]["first"]
    assert set(found) == {"pair 0", "pair 1"}
    for each in found.values():
        assert (each["camera"], each["films"], each["footage"], each["world"]) == ("pair Camera", 1, "film.mp4", 2)
        assert each["through"] == ["pair 0 seed 3", "pair 1 seed 3"]
        assert each["shown"] == [7, 40]  # from the first's first frame to the second's last
    held = told["in_one_scene"]["census"]
    assert held["cameras"] == ["pair Camera"] and len(held["images"]) == 1 and len(held["armatures"]) == 2


def test_one_undo_takes_all_of_them_out_again(told):
    undone, before = told["in_one_scene"]["undone"]
    assert undone == before and told["in_one_scene"]["redone"] == told["in_one_scene"]["first"]


def test_a_further_take_is_everybodys_and_so_is_the_way_back(told):
    scene = told["in_one_scene"]
    assert set(scene["again"]) == {"pair 0", "pair 1"}
    assert scene["takes"] == [[f"pair {n} seed 3", f"pair {n} seed 4"] for n in (0, 1)]
    assert [each["take"] for each in scene["again"].values()] == ["pair 0 seed 4", "pair 1 seed 4"]
    assert [each["take"] for each in scene["switched"].values()] == ["pair 0 seed 3", "pair 1 seed 3"]
    back, stood = scene["moved back"]
    assert not np.allclose(back, stood)
    assert {each["camera"] for each in scene["switched"].values()} == {"pair Camera"}


def test_built_again_they_still_share_camera_and_film(told):
    for each in told["in_one_scene"]["rebuilt"].values():
        assert (each["camera"], each["films"], each["shown"]) == ("pair Camera", 1, [7, 40])


def test_one_who_was_lifted_alone_has_a_camera_of_ones_own(told):
    found = told["in_one_scene"]["alone"]
    assert found["pair"]["camera"] not in ("pair Camera", "") and found["pair"]["world"] == 1


def test_a_camera_that_moves_does_so_over_the_frames_of_both(told):
    moving = motion_arrays(frames=FRAMES + 10, fps=FPS, size=SIZE, moving_camera=True)
    for frame, matrix in told["in_motion"]["places"].items():
        at = int(frame) - 7
        centre = -moving["camera_rotation"][at].T @ moving["camera_translation"][at]
        np.testing.assert_allclose(np.array(matrix).reshape(4, 4)[:3, 3], centre, atol=1e-4)
    assert sum("Camera" in name for name in told["in_motion"]["census"]["actions"]) == 1


def test_a_file_of_its_own_runs_from_the_first_frame_of_all_to_the_last(told):
    found = told["in_a_file"]
    assert found["range"] == [7, 46] and found["camera"] == "pair Camera"
    assert {each["films"] for each in found["cameras"].values()} == {1}
