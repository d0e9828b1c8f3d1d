# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a lifted motion is from the truth, by the definitions of MVLift's release, in millimetres and pixels.

All functions but those of a thing take numpy arrays of a figure's K keypoints: prediction and truth (T, K, 3) in
metres with Z up, or (T, K, 2) in pixels. "Mid-hip" is the mean of the two hip keypoints.
"""

from __future__ import annotations

import numpy as np

from ..keypoints.anatomy import anatomy_of

_MILLIMETRES = 1000.0

#: J2D is stated in pixels of an image this wide, whatever the filmed image's own width.
CANVAS_WIDTH = 1920


def mid_hip(keypoints: np.ndarray) -> np.ndarray:
    """The middle of the hips (..., K, D) -> (..., 1, D)."""
    right, left = anatomy_of(keypoints.shape[-2]).hips
    return (keypoints[..., [right], :] + keypoints[..., [left], :]) / 2


def align_first_frame(prediction: np.ndarray, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both motions with their first mid-hip at the origin, the truth turned to face where the prediction faces.

    A single camera cannot know north: the truth is turned about Z so that in the first frame its hip axis (right hip
    to left hip; of an animal, whose hips are narrow, its back from the hips to the neck) has the prediction's direction
    on the ground plane. This is all of the truth that a comparison uses.
    """
    return _turned_and_centred(prediction, truth, _facing(prediction[0]) - _facing(truth[0]))


def align_by_camera(
    prediction: np.ndarray, truth: np.ndarray, forward_predicted: np.ndarray, forward_true: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """As align_first_frame, but the truth is turned so that the two cameras look the same way on the ground plane.

    forward_* (3,): the viewing directions in the first frame. Kinder to a method that mistakes where the hips point in
    one frame, and without favour to one whose hips always point along the image.
    """
    predicted, true = (np.arctan2(forward[1], forward[0]) for forward in (forward_predicted, forward_true))
    return _turned_and_centred(prediction, truth, predicted - true)


def _turned_and_centred(prediction: np.ndarray, truth: np.ndarray, turn: float) -> tuple[np.ndarray, np.ndarray]:
    cos, sin = np.cos(turn), np.sin(turn)
    about_z = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])
    return prediction - mid_hip(prediction[0]), (truth - mid_hip(truth[0])) @ about_z.T


def align_as_published(prediction: np.ndarray, truth: np.ndarray, people: int) -> tuple[np.ndarray, np.ndarray]:
    """Both motions of a person with a thing with their first mid-hip at the origin, the prediction turned and scaled.

    MVLift's release turns the prediction by the rotation that brings the person's keypoints (the first ``people``) of
    the first frame nearest to the true ones, and scales it, thing and path too, by one factor for the sequence. The
    factor here is that by which the person's keypoints about the mid-hip fit best over the whole sequence.
    """
    prediction, truth = prediction - mid_hip(prediction[0]), truth - mid_hip(truth[0])
    u, _, vt = np.linalg.svd(truth[0, :people].T @ prediction[0, :people])
    sign = np.diag([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
    prediction = prediction @ (u @ sign @ vt).T
    mine, true = ((each - mid_hip(each))[:, :people] for each in (prediction, truth))
    return prediction * ((mine * true).sum() / np.maximum((mine**2).sum(), 1e-12)), truth


def t_root_object_mm(prediction: np.ndarray, truth: np.ndarray) -> float:
    """T_root^O: mean Euclidean distance of the centroids of a thing's keypoints (T, K, 3), as the person is aligned."""
    return _mean_distance(prediction.mean(1), truth.mean(1))


def o_mpjpe_mm(prediction: np.ndarray, truth: np.ndarray) -> float:
    """O-MPJPE: mean distance of a thing's keypoints (T, K, 3) after putting both centroids on one point."""
    return _mean_distance(*(each - each.mean(1, keepdims=True) for each in (prediction, truth)))


def _facing(keypoints: np.ndarray) -> float:
    """An azimuth that turns with the figure, keypoints (K, 3)."""
    anatomy = anatomy_of(len(keypoints))
    right, left = anatomy.hips
    if anatomy.person:
        x, y = (keypoints[left] - keypoints[right])[:2]
    else:
        x, y = (keypoints[anatomy.trunk] - (keypoints[left] + keypoints[right]) / 2)[:2]
    return np.arctan2(y, x)


def mpjpe_mm(prediction: np.ndarray, truth: np.ndarray) -> float:
    """Mean distance of the keypoints after putting both mid-hips on one point in every frame.

    No rotation happens here: pass motions aligned by align_first_frame.
    """
    return _mean_distance(prediction - mid_hip(prediction), truth - mid_hip(truth))


def pa_mpjpe_mm(prediction: np.ndarray, truth: np.ndarray) -> float:
    """As mpjpe_mm after ONE similarity (rotation, scale, translation) for the whole sequence, as in the release."""
    prediction = (prediction - mid_hip(prediction)).reshape(1, -1, 3)
    truth = (truth - mid_hip(truth)).reshape(1, -1, 3)
    return _mean_distance(_nearest_similar(prediction, truth), truth)


def pa_mpjpe_frame_mm(prediction: np.ndarray, truth: np.ndarray) -> float:
    """As mpjpe_mm after a similarity of its own for every frame, as is usual elsewhere."""
    return _mean_distance(_nearest_similar(prediction, truth), truth)


def t_root_mm(prediction: np.ndarray, truth: np.ndarray) -> float:
    """Mean Euclidean distance of the mid-hips of two motions aligned by align_first_frame."""
    return _mean_distance(mid_hip(prediction), mid_hip(truth))


def t_root_axis_mm(prediction: np.ndarray, truth: np.ndarray) -> float:
    """As t_root_mm, but the mean absolute error of one axis: the figure MVLift's release prints as T_root."""
    return float(np.abs(mid_hip(prediction) - mid_hip(truth)).mean() * _MILLIMETRES)


def j2d_px(prediction: np.ndarray, truth: np.ndarray, width: float = CANVAS_WIDTH) -> float:
    """Mean image distance in the filmed view, each motion's first mid-hip subtracted; images `width` pixels wide."""
    difference = (prediction - mid_hip(prediction[0])) - (truth - mid_hip(truth[0]))
    return float(np.linalg.norm(difference, axis=-1).mean() * CANVAS_WIDTH / width)


def j2d_c_px(prediction: np.ndarray, truth: np.ndarray, width: float = CANVAS_WIDTH) -> float:
    """As j2d_px with the mid-hip subtracted in every frame and the prediction scaled, each frame, to fit best."""
    prediction, truth = prediction - mid_hip(prediction), truth - mid_hip(truth)
    size = (prediction**2).sum((-2, -1), keepdims=True)
    scale = (prediction * truth).sum((-2, -1), keepdims=True) / np.maximum(size, 1e-12)
    return float(np.linalg.norm(scale * prediction - truth, axis=-1).mean() * CANVAS_WIDTH / width)


def root_travel_m(keypoints: np.ndarray) -> float:
    """How far the mid-hip gets from its place in the first frame, metres."""
    return float(np.linalg.norm(mid_hip(keypoints) - mid_hip(keypoints[0]), axis=-1).max())


def _mean_distance(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.linalg.norm(a - b, axis=-1).mean() * _MILLIMETRES)


def _nearest_similar(points: np.ndarray, target: np.ndarray) -> np.ndarray:
    """points (N, P, 3) moved onto target (N, P, 3) by the best similarity of each of the N (Umeyama 1991)."""
    points = points - points.mean(1, keepdims=True)
    middle = target.mean(1, keepdims=True)
    u, singular, vt = np.linalg.svd((target - middle).transpose(0, 2, 1) @ points)
    # A mirrored body is no answer: turn the weakest direction instead.
    sign = np.ones_like(singular)
    sign[:, 2] = np.sign(np.linalg.det(u) * np.linalg.det(vt))
    rotation = (u * sign[:, None]) @ vt
    scale = (singular * sign).sum(1) / np.maximum((points**2).sum((1, 2)), 1e-12)
    return scale[:, None, None] * points @ rotation.transpose(0, 2, 1) + middle
