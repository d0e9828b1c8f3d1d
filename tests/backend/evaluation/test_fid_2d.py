# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import torch

from backend.evaluation.fid import add_fid
from backend.evaluation.fid_2d import seen_features
from backend.evaluation.filming import film
from backend.evaluation.motion_features import FeatureConfig, MotionAutoencoder
from backend.keypoints.clip import KeypointClip

from .test_fid import Lifted, people


def test_new_views_of_true_motion_are_nearer_to_the_clips_than_those_of_a_plane():
    torch.manual_seed(0)
    extractor = MotionAutoencoder(FeatureConfig(width=32, blocks=1, features=8)).eval()
    clips, true, flat = [], [], []
    for number, window in enumerate(people(12)):
        shot = film(window.keypoints, "paper", np.random.default_rng(number))
        clips.append(KeypointClip(shot.pixels, shot.confidence, 30.0, shot.image_size, "openpose18"))
        true.append(Lifted(window.keypoints, shot.camera))
        along = shot.camera.forward.numpy()
        depth = (window.keypoints - window.keypoints.mean((0, 1))) @ along
        flat.append(Lifted(window.keypoints - depth[..., None] * along, shot.camera))
    report = {"rows": [{"method": "true"}, {"method": "flat"}]}
    add_fid(report, {"true": true, "flat": flat}, seen_features(clips, extractor), extractor)
    near, far = (row["fid"] for row in report["rows"])
    assert seen_features(clips, extractor).shape == (12, 8) and 0 <= near < far
