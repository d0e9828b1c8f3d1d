# SPDX-License-Identifier: GPL-3.0-or-later
"""The evaluation's cameras stand, look and keep back as they say."""

import numpy as np
import pytest
import torch

from backend.evaluation import EvaluationError, filming
from backend.evaluation.metrics import mid_hip

from .figures import walker


def many(kind: str, keypoints: np.ndarray, count: int = 60):
    return [filming.film(keypoints, kind, filming.generator_for(0, str(number), "camera")) for number in range(count)]


def angles(film: filming.Film) -> tuple[float, float]:
    """Downward pitch and roll of a film's camera, degrees."""
    right, _, forward = film.camera.rotation.numpy()
    return -np.degrees(np.arcsin(forward[2])), -np.degrees(np.arcsin(right[2] / np.hypot(*forward[:2])))


def looks_at_the_first_mid_hip(film, keypoints) -> bool:
    seen = film.camera.project(torch.from_numpy(mid_hip(keypoints[0]))).numpy()
    return bool(np.allclose(seen, [[960, 540]]))


def test_paper_camera():
    keypoints = walker(travel=0.0)
    films = many("paper", keypoints)
    for film in films:
        assert film.focal == 1000.0
        assert looks_at_the_first_mid_hip(film, keypoints)
        assert film.camera.centre[2].item() == pytest.approx(mid_hip(keypoints[0])[0, 2])
        assert (film.camera.centre.numpy() - mid_hip(keypoints[0])) @ film.camera.forward.numpy() == pytest.approx(-3.0)
        np.testing.assert_allclose(angles(film), 0, atol=1e-5)
    around = np.array([film.camera.forward[:2].numpy() for film in films])
    assert np.linalg.norm(around.mean(0)) < 0.4, "the azimuths are all around"


def test_wild_camera():
    keypoints = walker(travel=0.0)
    films = many("wild", keypoints, 200)
    pitch, roll = np.array([angles(film) for film in films]).T
    assert -5 <= pitch.min() < 0 and 20 < pitch.max() <= 25.000001
    assert -3.000001 <= roll.min() < -2 and 2 < roll.max() <= 3.000001
    fields = np.degrees(2 * np.arctan(960 / np.array([film.focal for film in films])))
    assert 50 <= fields.min() < 55 and 85 < fields.max() <= 90
    distances = np.linalg.norm([film.camera.centre.numpy() - mid_hip(keypoints[0])[0] for film in films], axis=-1)
    assert 2.5 <= distances.min() < 3 and 5.5 < distances.max() <= 6
    assert all(looks_at_the_first_mid_hip(film, keypoints) for film in films)


@pytest.mark.parametrize("kind", filming.CAMERAS)
@pytest.mark.parametrize("travel", [0.0, 6.0])
def test_every_keypoint_stays_in_the_picture_in_front_of_the_camera(kind, travel):
    keypoints = walker(travel=travel)
    for film in many(kind, keypoints):
        assert film.pixels.min() >= 19.999 and (film.pixels <= [1900.001, 1060.001]).all()
        assert film.camera.to_camera(torch.from_numpy(keypoints))[..., 2].min() >= 0.499
        assert film.camera.centre[2] >= 0.199, "no camera is in the floor"


@pytest.mark.parametrize("kind", filming.CAMERAS)
def test_no_farther_back_than_needed(kind):
    for film in many(kind, walker(travel=6.0)):
        nearest = (film.camera.centre.numpy() - mid_hip(walker()[0])[0]) @ film.camera.forward.numpy()
        edge = min(film.pixels.min(), (np.array([1920, 1080]) - film.pixels).min())
        assert -nearest <= 6.0001 or edge == pytest.approx(20, abs=1e-3)


def test_the_camera_depends_on_the_window_and_the_seed_alone():
    keypoints = walker()

    def centre(seed, name):
        return filming.film(keypoints, "wild", filming.generator_for(seed, name, "camera")).camera.centre.numpy()

    np.testing.assert_array_equal(centre(3, "a"), centre(3, "a"))
    assert not np.allclose(centre(3, "a"), centre(3, "b"))
    assert not np.allclose(centre(3, "a"), centre(4, "a"))


def test_an_unknown_camera_is_said_in_one_line():
    with pytest.raises(EvaluationError, match="paper, wild"):
        filming.film(walker(), "drone", np.random.default_rng(0))
