# SPDX-License-Identifier: GPL-3.0-or-later
"""FID with an extractor trained for a few seconds: nothing between like and like, and more the worse the motion."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch

from backend.errors import Cancelled
from backend.evaluation import EvaluationError, benchmark
from backend.evaluation.benchmark import observe
from backend.evaluation.fid import add_fid, azimuth_of, frechet_distance, lifted_features, seen_from, true_features
from backend.evaluation.filming import film
from backend.evaluation.motion_features import PRESETS, load_features, train
from backend.evaluation.windows import Window
from backend.geometry.cameras import Camera
from backend.progress import silent
from backend.training.data import TrainingSet
from backend.training.filming import MocapFootage
from backend.training.loop import LoopConfig
from backend.training.mocap import MocapClip, TrainingError

from .figures import walker
from .test_benchmark import flat, perfect, windows

CPU = torch.device("cpu")
PAPER = benchmark.Conditions()


@dataclass
class Lifted:
    keypoints: np.ndarray
    camera: Camera


def people(count: int, seed: int = 0) -> list[Window]:
    """Walkers of other speeds, arms and sizes."""
    random = np.random.default_rng(seed)
    made = []
    for number in range(count):
        motion = random.uniform(0.9, 1.1) * walker(int(random.integers(60, 121)), travel=random.uniform(0, 2))
        made.append(Window(str(number), motion, 1.7))
    return made


@pytest.fixture(scope="module")
def footage():
    clips = [MocapClip(w.keypoints.astype(np.float32), 30.0, w.name, "none") for w in people(12, seed=5)]
    return TrainingSet(MocapFootage(clips, 120), "walkers", ("none",), (), "0")


def trained(footage, folder, resume=False, progress=silent):
    with pytest.MonkeyPatch.context() as patch:
        config, _ = PRESETS["tiny"]
        loop = LoopConfig(40, 8, 2e-3, warm_up=5, average=0.9, log_every=10, save_every=20)
        patch.setitem(PRESETS, "tiny", (config, loop))
        patch.setattr("backend.training.loop.plot_losses", lambda *args: None)
        losses = []
        path = train(
            footage, folder, "tiny", 0, CPU, resume, progress, lambda stage, step, row: losses.append(row["loss"])
        )
    return load_features(path), losses


@pytest.fixture(scope="module")
def extractor(footage, tmp_path_factory):
    return trained(footage, tmp_path_factory.mktemp("features"))[0]


def aside(window):
    return film(window.keypoints, "paper", np.random.default_rng(len(window.keypoints))).camera


def test_the_extractor_learns_and_a_finished_training_is_not_repeated(footage, tmp_path):
    first, losses = trained(footage, tmp_path)
    assert len(losses) == 4 and losses[-1] < 0.8 * losses[0]
    again, nothing = trained(footage, tmp_path, resume=True)
    points, present = seen_from(walker(90), (0.3,))
    assert not nothing and torch.equal(first.features(points, present), again.features(points, present))


def test_a_training_that_was_stopped_goes_on_to_the_same_weights(footage, extractor, tmp_path):
    def stop(stage, done, total):
        if done == 27:
            raise Cancelled

    with pytest.raises(Cancelled):
        trained(footage, tmp_path, progress=stop)
    again, losses = trained(footage, tmp_path, resume=True)
    assert len(losses) == 2  # of steps 30 and 40: the first rows belong to what was stopped
    theirs = again.state_dict()
    assert all(torch.equal(weights, theirs[name]) for name, weights in extractor.state_dict().items())


def test_a_preset_that_there_is_not_is_refused(footage, tmp_path):
    with pytest.raises(TrainingError, match="tiny, cpu, gpu, got 'huge'"):
        train(footage, tmp_path, "huge", 0, CPU, False, silent, lambda *row: None)


def test_what_lies_behind_the_last_frame_does_not_count(extractor):
    points, present = seen_from(walker(90), (0.3,))
    assert present[0].sum() == 90
    changed = points.clone()
    changed[:, 90:] = 7.0
    assert torch.equal(extractor.features(points, present), extractor.features(changed, present))


def test_the_truth_is_at_nothing_and_noise_takes_it_away(extractor):
    made = people(16)
    truth = true_features(made, extractor, PAPER)
    lifted = [Lifted(window.keypoints, observe(window, PAPER)[0].camera) for window in made]
    distances = [frechet_distance(lifted_features(lifted, extractor), truth)]
    for amount in (0.05, 0.15, 0.4):
        random = np.random.default_rng(1)
        shaken = [replace(each, keypoints=each.keypoints + amount * random.standard_normal(each.keypoints.shape))
                  for each in lifted]  # fmt: skip
        distances.append(frechet_distance(lifted_features(shaken, extractor), truth))
    assert distances == sorted(distances) and len(truth) == 3 * 16
    assert distances[0] == pytest.approx(0, abs=1e-6) and distances[1] > 1e-4


def test_north_is_anywhere(extractor):
    """Truth and lifted motion are seen from the same sides, wherever the world of either has its north."""
    made = people(4)
    turn = np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]])
    lifted = []
    for window in made:
        camera = observe(window, PAPER)[0].camera
        turned = Camera(camera.matrix, camera.rotation @ torch.from_numpy(turn).T, camera.translation)
        lifted.append(Lifted(window.keypoints @ turn.T, turned))
    truth = true_features(made, extractor, PAPER)
    np.testing.assert_allclose(lifted_features(lifted, extractor), truth, atol=1e-4)


def test_known_gaussians_have_the_known_distance():
    random = np.random.default_rng(0)
    one = random.standard_normal((200_000, 2))
    two = 2 * random.standard_normal((200_000, 2)) + [3.0, 0]
    # 9 + (1 - 2)^2 for both axes, over a variance of 4 for both
    assert frechet_distance(one, two) == pytest.approx((9 + 1 + 1) / 8, rel=0.02)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("rows", [2, 6, 18, 100])
def test_few_motions_are_measured_as_the_covariances_say(rows):
    random = np.random.default_rng(0)
    made = random.standard_normal((100, 32)) @ (random.standard_normal((32, 32)) * np.geomspace(1, 1e-3, 32))
    few = made[:rows]
    one, two = np.cov(few, rowvar=False), np.cov(made, rowvar=False)
    values, vectors = np.linalg.eigh(two)
    root = vectors * np.sqrt(values) @ vectors.T
    common = np.sqrt(np.linalg.eigvalsh(root @ one @ root).clip(0)).sum()
    apart = ((few.mean(0) - made.mean(0)) ** 2).sum()
    expected = (apart + np.trace(one) + np.trace(two) - 2 * common) / np.trace(two)
    assert frechet_distance(few, made) == pytest.approx(expected, rel=1e-5, abs=1e-6)
    assert frechet_distance(few, few) == pytest.approx(0, abs=1e-9)


def test_sides_of_two_extractors_are_refused():
    with pytest.raises(EvaluationError, match="one extractor.*4 and 5"):
        frechet_distance(np.eye(4), np.eye(5))


def test_a_truth_that_is_always_the_same_is_refused():
    with pytest.raises(EvaluationError, match="true motions that differ"):
        frechet_distance(np.eye(4), np.ones((5, 4)))


@pytest.mark.parametrize("bad", [np.zeros((1, 4)), np.full((5, 4), np.nan), np.zeros(4)])
def test_features_that_tell_nothing_are_refused(bad):
    with pytest.raises(EvaluationError, match="finite features of at least two"):
        frechet_distance(bad, np.zeros((5, 4)))


def test_the_views_are_those_that_the_camera_did_not_take():
    turn = np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]])
    motion = walker(30)
    camera = aside(Window("w", motion, 1.7))
    turned = Camera(camera.matrix, camera.rotation @ torch.from_numpy(turn).T, camera.translation)
    assert (azimuth_of(turned) - azimuth_of(camera)) % (2 * np.pi) == pytest.approx(np.pi / 2)
    here, there = seen_from(motion, (azimuth_of(camera),)), seen_from(motion @ turn.T, (azimuth_of(turned),))
    torch.testing.assert_close(here[0], there[0], atol=1e-4, rtol=0)


def test_every_row_gets_its_fid_and_the_plane_the_worst(extractor):
    motions = {"full": [], "plane": []}
    report = benchmark.run(
        windows(), {"full": perfect(), "plane": flat}, benchmark.Conditions(),
        keep=lambda method, window, motion, clean: motions[method].append(motion),
    )  # fmt: skip
    add_fid(report, motions, true_features(windows(), extractor, PAPER), extractor)
    full, plane = (row["fid"] for row in report["rows"])
    assert full == pytest.approx(0, abs=1e-3) and plane > 1
    add_fid(report, motions, true_features(windows(), extractor, PAPER), extractor)
    assert [row["fid"] for row in report["rows"]] == [full, plane]
