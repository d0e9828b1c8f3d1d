# SPDX-License-Identifier: GPL-3.0-or-later
"""The 2D keypoints of a take, kept with its action, so that they are there wherever the .blend goes."""

import bpy
import numpy as np

from ..core.source_keypoints import SourceKeypoints

_KEY = "lift3d_keypoints"


def keep_keypoints(action: bpy.types.Action, keypoints: SourceKeypoints) -> None:
    """Keep the names, and position and confidence in single precision: a tenth of a pixel is far below a detector's."""
    values = np.concatenate([keypoints.points, keypoints.confidence[..., None]], axis=-1)
    values[keypoints.confidence <= 0] = 0.0
    action[_KEY] = {"names": list(keypoints.names), "values": values.astype(np.float32).ravel()}


def kept_keypoints(action: bpy.types.Action) -> SourceKeypoints | None:
    """The keypoints of a take; None if it has none."""
    held = action.get(_KEY)
    if held is None:
        return None
    names = tuple(held["names"])
    values = np.array(held["values"], np.float32).reshape(-1, len(names), 3)
    points, confidence = values[..., :2], values[..., 2]
    return SourceKeypoints(names, np.where(confidence[..., None] > 0, points, np.nan), confidence)
