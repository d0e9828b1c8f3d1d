# SPDX-License-Identifier: GPL-3.0-or-later
"""A film whose camera Blender has solved: a lift stands in the solved scene, and is seen right through its camera."""

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from backend.keypoints import KeypointClip
from backend.keypoints.camera_file import read_camera
from backend.keypoints.lens import Lens
from backend.lifting import lift
from backend.lifting.lift import lift_keypoints
from backend.lifting.models import load_models
from backend.lifting.motion_file import write_motion
from backend.lifting.options import LiftOptions
from tests.backend.lifting.clips import body, walk
from tests.blender.blenders import few_blenders, run_script, workplace

INSIDE = Path(__file__).with_name("inside_film_camera.py")
SIZE, FOCAL, FRAMES, FPS = (640, 360), 560.0, 36, 30.0
LENS = Lens("POLYNOMIAL", FOCAL, (320, 180), (-0.12, 0.02, 0.0), SIZE)


def cameras():
    """World-to-camera rotations (T, 3, 3) and positions (T, 3) of one that is carried past what it films."""
    part = np.linspace(0, 1, FRAMES)
    positions = np.stack([-1.5 + 3 * part, -4.5 + 0.8 * part, 1.5 + 0.1 * np.sin(5 * part)], -1)
    forward = np.array([0.2, 0.3, 0.9]) + 0.1 * np.sin(4 * part)[:, None] - positions
    forward /= np.linalg.norm(forward, axis=-1, keepdims=True)
    right = np.cross(forward, [0, 0, 1])
    right /= np.linalg.norm(right, axis=-1, keepdims=True)
    return np.stack([right, np.cross(forward, right), forward], 1), positions


def pictured(points, rotations, positions):
    """Pixels (T, N, 2) without distortion of points (T, N, 3) of the world."""
    seen = (points - positions[:, None]) @ rotations.transpose(0, 2, 1)
    return FOCAL * seen[..., :2] / seen[..., 2:] + np.array(SIZE) / 2


def tracks(rotations, positions):
    """Corners of the room in fractions of the picture from the bottom left, as the lens has bent it; None outside."""
    room = np.random.default_rng(0).uniform((-3.5, 1, 0), (3.5, 6, 3), (50, 3))
    at = LENS.distorted(pictured(np.broadcast_to(room, (FRAMES, 50, 3)), rotations, positions)) / SIZE
    inside = ((at > 0.01) & (at < 0.99)).all(-1)
    rows = [
        [[x, 1 - y] if there else None for (x, y), there in zip(column, shown, strict=True)]
        for column, shown in zip(at.swapaxes(0, 1).tolist(), inside.T, strict=True)
    ]
    return [row for row in rows if sum(each is not None for each in row) > FRAMES - 4]


def floored():
    """Keypoints (T, 18, 3) of somebody walking with the soles on the floor."""
    shot = walk(FRAMES)
    points = shot.keypoints.double().numpy().copy()
    points[..., 2] -= points[:, [10, 13], 2].min(1).mean() - 0.08
    return points


@pytest.fixture(scope="module", params=few_blenders())
def scene(request):
    with workplace("test-film-camera-") as name:
        folder, (rotations, positions) = Path(name), cameras()
        film = folder / "walk.avi"
        writer = cv2.VideoWriter(str(film), cv2.VideoWriter_fourcc(*"MJPG"), FPS, SIZE)
        for number in range(FRAMES):
            writer.write(np.full((SIZE[1], SIZE[0], 3), 5 * number, np.uint8))
        writer.release()
        matrices = np.tile(np.eye(4), (FRAMES, 1, 1))
        matrices[:, :3, :3], matrices[:, :3, 3] = rotations.transpose(0, 2, 1) @ np.diag([1, -1, -1]), positions
        told = {
            "focal": FOCAL, "coefficients": LENS.coefficients, "tracks": tracks(rotations, positions), "fps": FPS,
            "frames": FRAMES, "size": SIZE, "cameras": matrices.tolist(),
        }  # fmt: skip
        (folder / "told.json").write_text(json.dumps(told))
        variables = {"BLENDER_USER_RESOURCES": str(folder / "profile")}
        done = run_script(request.param, INSIDE, "solve", film, folder / "told.json", folder, variables=variables)
        assert done.returncode == 0 and (folder / "solve.json").exists(), done.stdout + done.stderr
        answer = json.loads((folder / "solve.json").read_text())
        (folder / "camera.json").write_text(json.dumps(answer["followed"]))
        yield folder, answer, request.param, variables


def test_nothing_is_taken_that_the_user_did_not_choose(scene):
    assert scene[1]["nothing"] == {} and "is not solved: solve it" in scene[1]["not solved"]["refused"]
    assert "runs at 35 frames a second and the clip at 30" in scene[1]["other rate"]["refused"]
    assert "begins before frame 0" in scene[1]["too early"]["refused"]
    assert scene[1]["stands"] == [1, 1] and scene[1]["another clip"] == [True, "FOUND"]
    words = " ".join(scene[1]["drawn"])
    assert "Lens of 560 px, its distortion is taken out" in words and "Stand in This Scene" in words


def test_the_lens_is_the_movie_clips(scene):
    camera = scene[1]["lens"]
    assert camera["focal"] == pytest.approx(FOCAL, abs=0.01) and camera["centre"] == pytest.approx([320, 180], abs=0.01)
    assert camera["lens"]["coefficients"] == pytest.approx(LENS.coefficients) and "rotations" not in camera
    assert camera["scene_start"] == 5 and camera["image_size"] == list(SIZE)


def test_the_solve_is_taken_with_the_users_floor_and_scale(scene):
    folder, answer, *_ = scene
    assert answer["solved"] == answer["used"] == ["FINISHED"] and answer["set"] == [True, "SOLVE", True]
    assert answer["error"] < 0.2
    rotations, positions = cameras()
    found = read_camera(folder / "camera.json")
    assert found.in_scene and (found.frame_start, found.scene_start) == (0, 5)
    np.testing.assert_allclose(found.rotations, rotations, atol=5e-3)
    np.testing.assert_allclose(found.positions, positions, atol=0.03)
    assert answer["part"]["frame_start"] == 10 and answer["part"]["scene_start"] == 15
    np.testing.assert_allclose(answer["part"]["positions"], answer["followed"]["positions"][10:21], atol=1e-6)
    for name in ("scene", "scene alone"):
        np.testing.assert_allclose(answer[name]["positions"], answer["followed"]["positions"], atol=1e-5)
        assert np.allclose(answer[name]["focal"], FOCAL, atol=0.05) and answer[name]["scene_start"] == 5
        assert answer[name]["lens"]["model"] == "POLYNOMIAL"


def test_the_solve_itself_tells_how_the_camera_turned(scene):
    folder, answer, *_ = scene
    assert not answer["raw"]["in_scene"]
    (folder / "raw.json").write_text(json.dumps(answer["raw"]))
    found, rotations = read_camera(folder / "raw.json").rotations, cameras()[0]
    np.testing.assert_allclose(found @ found[0].T, rotations @ rotations[0].T, atol=5e-3)


def test_somebody_lifted_stands_in_the_solved_scene(scene, monkeypatch):
    folder, _, blender, variables = scene
    monkeypatch.setattr(lift, "FIT_ITERATIONS", 60)
    truth, options = floored(), LiftOptions(device="cpu", samples=1)
    straight = pictured(truth, *cameras())
    clip = KeypointClip(LENS.distorted(straight), np.ones((FRAMES, 18)), FPS, SIZE, "openpose18", 0, "walk.json")
    clip = read_camera(folder / "camera.json").of(clip)
    motion = lift_keypoints(clip, options, load_models(options).load())
    write_motion(motion, folder / "walk.npz")
    done = run_script(blender, INSIDE, "show", folder / "walk.npz", folder, variables=variables)
    assert done.returncode == 0 and (folder / "show.json").exists(), done.stdout + done.stderr
    shown = json.loads((folder / "show.json").read_text())
    assert shown["behind"] == [["MOVIE_CLIP", True, True]] and shown["still behind"] == ["MOVIE_CLIP"]
    assert shown["rebuilt"] == ["FINISHED"]
    (said,) = shown["said"]
    assert said.startswith("solved shows walk.avi as the lens bent it")
    assert shown["apart"][0] < 1e-3 and shown["apart"][1] < 1e-3
    seen = np.array(shown["pixels"]) * SIZE
    seen[..., 1] = SIZE[1] - seen[..., 1]
    tall = np.ptp(straight[..., 1], axis=1).mean()
    assert np.linalg.norm(seen - straight, axis=-1).mean() < 0.02 * tall
    assert motion.frame_start == 5 and np.linalg.norm(motion.keypoints - truth, axis=-1).mean() < 0.35
    soles = motion.keypoints[:, [10, 13], 2].min(1) - 0.08
    assert abs(np.median(soles)) < 0.06
    mean = float(body().stature(torch.zeros(body().num_betas)))
    assert motion.height == pytest.approx(mean, abs=0.15)
    assert replace(motion, warnings=()).reprojection_error() < 0.02 * tall
