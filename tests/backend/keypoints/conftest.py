# SPDX-License-Identifier: GPL-3.0-or-later
import json

import numpy as np
import pytest

from backend.keypoints.layouts import get_layout


def walking(layout="coco17", frames=40, start=(300.0, 100.0), step=(3.0, 0.0), stature=400.0):
    """(T,K,2) an upright figure that walks across the image, swinging its limbs."""
    layout = get_layout(layout)
    time = np.arange(frames)[:, None]
    points = np.array(start) + stature * layout.upright + time[..., None] * np.array(step)
    phase = np.where(np.char.startswith(np.array(layout.names), "left"), 0.0, np.pi)
    points[..., 0] += 0.1 * stature * layout.upright[:, 1] * np.sin(0.25 * time + phase)
    return points


def triples(points, confidence=0.9):
    """(T,K,2) -> (T,K,3) with one confidence."""
    return np.concatenate([points, np.full((*points.shape[:-1], 1), confidence)], axis=-1)


@pytest.fixture
def save(tmp_path):
    """Writes a document as JSON and gives its path."""

    def write(document, name="clip.json"):
        path = tmp_path / name
        path.write_text(document if isinstance(document, str) else json.dumps(document))
        return path

    return write


# test files are imported each by itself: fixtures are how they reach these two functions
@pytest.fixture(name="walking")
def _walking():
    return walking


@pytest.fixture(name="triples")
def _triples():
    return triples
