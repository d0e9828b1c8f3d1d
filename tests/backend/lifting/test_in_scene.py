# SPDX-License-Identifier: GPL-3.0-or-later
"""A clip of a camera that was solved before is lifted into that camera's world."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation

from backend.diffusion.canonical import LIMB_METRES, limb_lengths, limb_sum, mid_hip
from backend.geometry.cameras import look_at
from backend.keypoints import KeypointError, write_keypoints
from backend.keypoints.camera_file import FilmCamera
from backend.keypoints.camera_track import CameraPath
from backend.keypoints.lens import Lens
from backend.lifting import lift
from backend.lifting.in_scene import fit_in_scene, foot_height, off_the_floor, place_animal, scale_by_floor
from backend.lifting.input_view import InputView, SceneView, prepare
from backend.lifting.lift import lift_keypoints
from backend.lifting.lift_file import lift_file
from backend.lifting.models import load_models
from backend.lifting.motion_file import MotionError, read_motion
from backend.lifting.options import LiftOptions
from backend.lifting.space import SpacePoints

from ..training.quadrupeds import trotter
from .clips import SIZE, KnowingModels, body, filmed_walk, save_untrained, walk

FRAMES, FOCAL, MIDDLE = 45, 1000.0, (960.0, 540.0)
OPTIONS = LiftOptions(device="cpu")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(lift, "FIT_ITERATIONS", 25)


def standing_walk():
    """The walk with its lower sole on the floor, and the camera that films it from there."""
    shot = walk(FRAMES)
    low = shot.keypoints[:, [10, 13], 2].amin(1).quantile(0.3) - foot_height(body())
    down = torch.tensor([0.0, 0.0, float(low)])
    camera = replace(shot.camera, translation=shot.camera.translation + shot.camera.rotation @ down)
    return replace(shot, keypoints=shot.keypoints - down, joints=shot.joints - down, camera=camera)


def camera_of(rotations, positions, **more):
    return FilmCamera(SIZE, np.array([FOCAL]), MIDDLE, rotations=rotations, positions=positions, in_scene=True, **more)


def test_somebody_is_found_again_in_the_world_of_a_turning_camera():
    shot = standing_walk()
    place = torch.tensor([20.0, -7.0, 0.0])  # the world's origin is elsewhere, its Y another direction
    turned = torch.as_tensor(Rotation.from_rotvec((0, 0, 0.8)).as_matrix(), dtype=torch.float32)
    truth = (shot.keypoints - place) @ turned.T
    pan = Rotation.from_rotvec(np.linspace(-0.15, 0.15, FRAMES)[:, None] * (0, 1, 0)).as_matrix()
    rotations = pan @ (shot.camera.rotation @ turned.T).double().numpy()
    positions = np.tile(((shot.camera.centre - place) @ turned.T).double().numpy(), (FRAMES, 1))
    seen = (truth.double().numpy() - positions[:, None]) @ rotations.transpose(0, 2, 1)
    clip = replace(filmed_walk(FRAMES), points=FOCAL * seen[..., :2] / seen[..., 2:] + MIDDLE)
    motion = lift_keypoints(
        camera_of(rotations, positions, scene_start=101).of(clip),
        LiftOptions(device="cpu"),
        KnowingModels(shot),
        "stage4",
    )
    assert motion.frame_start == 101 and motion.focal_source == "of the camera file"
    assert np.linalg.norm(motion.keypoints - truth.numpy(), axis=-1).mean() < 0.06
    assert motion.reprojection_error() < 6
    np.testing.assert_allclose(motion.camera.rotation.numpy(), rotations, atol=1e-5)
    np.testing.assert_allclose(motion.camera.centre.numpy(), positions, atol=1e-3)


def test_a_camera_that_is_carried_along_takes_the_body_with_it():
    shot, size = standing_walk(), 1.15
    moving = shot.camera.centre + torch.linspace(-1, 1, FRAMES)[:, None] * torch.tensor([1.0, 0.3, 0.1])
    relative = (shot.keypoints - moving[:, None]) @ shot.camera.rotation.T  # the camera's frame, looking one way
    rays, scene = relative[..., :2] / relative[..., 2:], SceneView(shot.camera.rotation, size * moving)
    view = replace(prepare(filmed_walk(FRAMES), FOCAL), rays=rays, scene=scene, warnings=())
    space = SpacePoints(relative, torch.tensor([0.0, -1, 0]))
    fit = fit_in_scene(view, space, KnowingModels(shot), None, (0.4, 2.6), 25, lambda *args: None)
    assert (fit.keypoints[0] - size * shot.keypoints).norm(dim=-1).mean() < 0.02
    mean = float(body().stature(torch.zeros(body().num_betas)))
    assert float(body().stature(fit.betas[0])) == pytest.approx(size * mean, abs=0.03)
    assert off_the_floor(fit) == ()
    (words,) = off_the_floor(replace(fit, floor=torch.tensor([-0.12])))
    assert "0.12 m under the scene's floor" in words


def test_a_given_height_stays_and_the_feet_are_said_to_be_off_the_floor():
    shot = standing_walk()
    rotations = np.tile(shot.camera.rotation.double().numpy(), (FRAMES, 1, 1))
    positions = np.tile(shot.camera.centre.double().numpy(), (FRAMES, 1)) + (0, 0, 0.5)
    clip = camera_of(rotations, positions).of(filmed_walk(FRAMES))
    options = replace(OPTIONS, height=float(body().stature(torch.zeros(body().num_betas))))
    motion = lift_keypoints(clip, options, KnowingModels(shot), "stage4")
    assert motion.height == pytest.approx(options.height, abs=0.01)
    (words,) = (words for words in motion.warnings if "over the scene's floor" in words)
    assert 0.35 < float(words.split()[3]) < 0.6
    assert motion.camera.rotation.shape == (3, 3)  # it stood still


def test_a_scene_without_the_films_floor_gets_one_line():
    relative = standing_walk().keypoints - standing_walk().camera.centre
    here = standing_walk().camera.centre.expand(FRAMES, 3)
    assert scale_by_floor(relative, here, foot_height(body())) == pytest.approx(1, abs=0.02)
    with pytest.raises(MotionError, match="-3.00 m over the scene's floor"):
        scale_by_floor(relative, here * 0 - 3, 0.08)
    with pytest.raises(MotionError, match="above the camera's horizon"):
        scale_by_floor(relative + torch.tensor([0, 0, 9.0]), here, 0.08)


def test_a_film_ten_times_too_large_gets_one_line():
    rotation = walk(FRAMES).camera.rotation.double().numpy()
    camera = camera_of(np.tile(rotation, (FRAMES, 1, 1)), np.tile([0, 0, 20.0], (FRAMES, 1)))
    with pytest.raises(MotionError, match="m tall: set the scene's floor"):
        lift_keypoints(camera.of(filmed_walk(FRAMES)), OPTIONS, KnowingModels(standing_walk()), "stage4")


def test_an_animal_stands_on_the_scenes_floor_whatever_its_size():
    models = load_models(OPTIONS, "cat").load()
    truth = torch.as_tensor(trotter(FRAMES), dtype=torch.float32)
    truth = truth - torch.tensor([0.0, 0.0, float(truth[..., 2].min()) - 0.045])  # paws over soles
    middle = mid_hip(truth).mean((0, 1))
    start = middle + torch.tensor([0.5, -3.0, 0.8])
    moving = start + torch.linspace(-0.6, 0.6, FRAMES)[:, None] * torch.tensor([1.0, 0.2, 0.05])
    rotation, _ = look_at(start, middle)
    relative = (truth - moving[:, None]) @ rotation.T
    rays = relative[..., :2] / relative[..., 2:]
    canonical = relative * float(LIMB_METRES / limb_sum(limb_lengths(truth)).median())
    scene = SceneView(rotation, moving)
    view = InputView(rays, torch.ones(rays.shape[:2]), FOCAL, "", MIDDLE, (), scene=scene)
    fit = fit_in_scene(view, SpacePoints(canonical, torch.zeros(3)), models, None, (0.03, 4.0), 60, lambda *args: None)
    placed = place_animal(fit, view, models, None, (0.03, 4.0), keep=False)
    size = float(np.ptp(truth.numpy(), axis=1).max())
    assert (placed.keypoints[0] - truth).norm(dim=-1).mean() < 0.08 * size
    assert abs(float(placed.floor[0])) < 0.05 * size
    with pytest.raises(MotionError, match="the animal would be"):
        place_animal(fit, view, models, None, (3.0, 4.0), keep=False)


def test_what_has_no_known_feet_gets_one_line():
    space = SpacePoints(torch.ones(FRAMES, 23, 3), torch.tensor([0.0, -1, 0]))
    view = replace(prepare(filmed_walk(FRAMES), FOCAL), scene=SceneView(torch.eye(3), torch.ones(FRAMES, 3)))
    with pytest.raises(MotionError, match="a box cannot be placed"):
        fit_in_scene(view, space, KnowingModels(standing_walk()), None, (0.4, 2.6), 5, lambda *args: None)


def test_only_the_lens_moves_the_points_and_leaves_the_camera_at_rest():
    lens = Lens("POLYNOMIAL", 1100.0, (900.0, 500.0), (-0.12, 0.02, 0.0), SIZE)
    clip = filmed_walk(30)
    bent = replace(clip, points=lens.distorted(clip.points))
    straight = FilmCamera(SIZE, np.array([1100.0]), (900.0, 500.0), lens).of(bent)
    np.testing.assert_allclose(straight.points, clip.points, atol=1e-3)
    view = prepare(straight, None)
    assert view.principal_point == (900.0, 500.0) and view.focal == 1100.0 and view.scene is None
    expected = (clip.to_layout("openpose18").points - (900, 500)) / 1100
    np.testing.assert_allclose(view.rays.numpy(), expected, atol=1e-5)


def test_a_path_belongs_to_its_frames():
    path = CameraPath(np.eye(3), np.arange(90.0).reshape(30, 3))
    still = replace(FilmCamera(SIZE, np.array([FOCAL]), MIDDLE).of(filmed_walk(30)).camera, path=path)
    np.testing.assert_array_equal(still.part(10, 5).path.positions, path.positions[10:15])


def test_a_lift_takes_the_camera_from_its_file(tmp_path):
    shot = walk(30)
    write_keypoints(filmed_walk(30, frame_start=3), tmp_path / "walk.json")
    w, x, y, z = np.roll(Rotation.from_matrix(shot.camera.rotation.double().numpy()).as_quat(), 1).tolist()
    camera = {
        "format": "lift3d-camera", "version": 1, "image_size": SIZE, "focal": FOCAL, "scene_start": 11,
        "rotations": [[w, x, y, z]] * 40, "positions": [shot.camera.centre.tolist()] * 40, "in_scene": True,
    }  # fmt: skip
    (tmp_path / "camera.json").write_text(json.dumps(camera))
    options = replace(OPTIONS, camera=tmp_path / "camera.json", model=save_untrained(tmp_path), height=1.7, samples=1)
    result = lift_file(tmp_path / "walk.json", tmp_path / "walk.npz", options)
    held = read_motion(tmp_path / "walk.npz")
    assert result.first_frame == held["frame_start"] == 14 and held["focal_source"] == "of the camera file"
    np.testing.assert_allclose(held["camera_rotation"], shot.camera.rotation.numpy(), atol=1e-5)
    np.testing.assert_allclose(held["camera_translation"], shot.camera.translation.numpy(), atol=1e-4)
    with pytest.raises(KeypointError, match=r"known in the frames 0 to 39"):
        write_keypoints(filmed_walk(30, frame_start=20), tmp_path / "walk.json")
        lift_file(tmp_path / "walk.json", tmp_path / "walk.npz", options)
