# SPDX-License-Identifier: GPL-3.0-or-later
"""Fill what a detector missed, so that a network gets whole frames, and weigh what it saw for the fit.

Only FilledKeypoints are invented here; the clip and its own confidence stay as they are.
"""

from dataclasses import dataclass

import numpy as np

from . import quadruped_places
from .clip import KeypointClip
from .errors import KeypointError
from .figures import QUADRUPED
from .layouts import Layout, get_layout
from .outliers import find_outliers


@dataclass(frozen=True, eq=False)
class FilledKeypoints:
    """points (T,K,2) pixels, finite everywhere; weight (T,K) in [0,1], 0 where the point is invented.

    missing: fraction of (T,K) the source does not have; unsure: fraction it has with little confidence;
    outliers (T,K) bool: points the source has that were judged to be mistakes (replaced, weight 0).
    """

    points: np.ndarray
    weight: np.ndarray
    missing: float
    unsure: float
    outliers: np.ndarray


def fill_gaps(clip: KeypointClip, min_confidence: float = 0.3) -> FilledKeypoints:
    """Whole frames from a clip with gaps.

    Inside a gap a point goes smoothly (monotone cubic) between its neighbours in time, at the ends it holds, in both
    cases relative to the body, so that a hidden foot walks along. A point never seen is placed from its mirrored
    counterpart, else from an upright figure of the body's size; an animal's from a standing one (quadruped_places). A
    point below min_confidence is drawn towards that filled track the more the less sure it is, with weight
    confidence^2 / min_confidence (confidence itself above).
    """
    if not 0 <= min_confidence <= 1:
        raise KeypointError(f"min_confidence lies between 0 and 1; this is {min_confidence}.")
    layout = get_layout(clip.layout)
    present = clip.present
    if not present.any():
        raise KeypointError("No keypoint is present in this clip.")
    trusted = present & (clip.confidence >= min_confidence)
    if trusted.sum() < max(3, 0.05 * present.sum()):  # a source with a low scale of its own: better than nothing
        trusted, min_confidence = present.copy(), 0.0
    outliers = find_outliers(clip.points, trusted, _body_length(clip.points, trusted))
    trusted &= ~outliers
    filled = _fill(clip.points, trusted, clip.fps, layout)

    # how much of the observation is kept: all of it where trusted, less the less sure
    kept = trusted.astype(float)
    unsure = present & ~trusted & ~outliers
    if min_confidence > 0:
        kept[unsure] = clip.confidence[unsure] / min_confidence
    observed = np.where(present[..., None], clip.points, filled)
    points = kept[..., None] * observed + (1 - kept[..., None]) * filled
    return FilledKeypoints(
        points=points,
        weight=clip.confidence * kept,
        missing=float(1 - present.mean()),
        unsure=float(unsure.mean()),
        outliers=outliers,
    )


def _body_length(points: np.ndarray, trusted: np.ndarray) -> float:
    """Median diagonal of the box about the trusted points of a frame, pixels; at least one."""
    seen = np.where(trusted[..., None], points, np.nan)[trusted.sum(axis=1) >= 2]
    if not len(seen):
        return 1.0
    return max(float(np.median(np.linalg.norm(np.nanmax(seen, axis=1) - np.nanmin(seen, axis=1), axis=-1))), 1.0)


def _fill(points: np.ndarray, trusted: np.ndarray, fps: float, layout: Layout) -> np.ndarray:
    """(T,K,2) finite everywhere, equal to points where trusted."""
    centre = _centre(points, trusted, fps, layout)
    relative = points - centre[:, None]
    frames = np.arange(len(points))
    for k in range(points.shape[1]):
        known = np.nonzero(trusted[:, k])[0]
        if len(known):
            relative[:, k] = _between(known, relative[known, k], frames)
    _place_unseen(relative, trusted.any(axis=0), layout)
    return np.where(trusted[..., None], points, relative + centre[:, None])


def _between(known: np.ndarray, values: np.ndarray, frames: np.ndarray) -> np.ndarray:
    """Values (M,2) at the frames `known` (M,) -> (T,2): monotone cubic between them, held before and after."""
    if len(known) == 1:
        return np.repeat(values, len(frames), axis=0)
    from scipy.interpolate import PchipInterpolator  # slow to import, and a look at a file fills nothing

    return PchipInterpolator(known, values)(np.clip(frames, known[0], known[-1]))


def _centre(points: np.ndarray, trusted: np.ndarray, fps: float, layout: Layout) -> np.ndarray:
    """(T,2) where the body is in each frame, smooth: the torso, or what there is of the person.

    Each point votes for the centre by its usual offset from it, so that one that comes and goes does not shift it.
    """
    torso = [layout.names.index(name) for name in layout.figure.core if name in layout.names]
    voters = torso if trusted[:, torso].any() else list(range(len(layout)))
    seen = np.where(trusted[..., None], points, np.nan)
    offsets = np.zeros((len(layout), 2))
    for _ in range(3):  # offsets need the centre and the centre the offsets: three rounds settle it
        frames, centre = _votes(seen[:, voters], offsets[voters])
        offsets[voters] = _median_offsets(seen[frames][:, voters], centre)
    frames, centre = _votes(seen[:, voters], offsets[voters])
    # frames without any of the voters: the other points, by their usual offset from the centre found so far
    offsets = _median_offsets(seen[frames], centre)
    others = np.setdiff1d(np.nonzero(trusted.any(axis=1))[0], frames)
    if len(others) and np.isfinite(offsets).any():
        more, their_centre = _votes(seen[others], offsets)
        frames, centre = np.r_[frames, others[more]], np.concatenate([centre, their_centre])
        order = np.argsort(frames)
        frames, centre = frames[order], centre[order]
    from scipy.ndimage import gaussian_filter1d  # see _between

    whole = _between(frames, centre, np.arange(len(points)))
    return gaussian_filter1d(whole, sigma=max(0.1 * fps, 0.5), axis=0, mode="nearest")


def _votes(seen: np.ndarray, offsets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Frames (M,) that have any point with a known offset, and the mean of the centres (M,2) their points vote for."""
    votes = seen - offsets
    count = np.isfinite(votes).all(axis=-1).sum(axis=1)
    frames = np.nonzero(count)[0]
    return frames, np.nansum(votes[frames], axis=1) / count[frames, None]


def _median_offsets(seen: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """(K,2) median of seen (M,K,2) - centre (M,2), NaN for a point that is never seen."""
    ever = np.isfinite(seen).all(axis=-1).any(axis=0)
    offsets = np.full((seen.shape[1], 2), np.nan)
    offsets[ever] = np.nanmedian(seen[:, ever] - centre[:, None], axis=0)
    return offsets


def _place_unseen(relative: np.ndarray, seen: np.ndarray, layout: Layout) -> None:
    """Place the points that no frame has, in place: relative (T,K,2) to the body's centre, seen (K,) bool."""
    upright, mirror = layout.upright, layout.mirror
    scale = _stature(relative, seen, layout)
    if layout.figure is QUADRUPED:
        quadruped_places.place_unseen(relative, seen, layout, scale)
        return
    anchor = np.nonzero(seen)[0]
    placed = seen.copy()
    # parents before children: a point hangs on its parent once that is placed
    for k in sorted(np.nonzero(~seen)[0], key=lambda k: _depth(k, layout)):
        parent, other = layout.parents[k], mirror[k]
        if parent >= 0 and placed[parent]:
            other_parent = layout.parents[other]
            if other != k and seen[other] and other_parent >= 0 and placed[other_parent]:
                # the two limbs are nearly parallel more often than mirrored: legs in profile, arms at the sides
                relative[:, k] = relative[:, parent] + relative[:, other] - relative[:, other_parent]
            else:
                relative[:, k] = relative[:, parent] + scale * (upright[k] - upright[parent])
        else:  # nothing to hang on: the upright figure put where the points that are seen are
            relative[:, k] = (relative[:, anchor] - scale * upright[anchor]).mean(axis=1) + scale * upright[k]
        placed[k] = True


def _depth(k: int, layout: Layout) -> int:
    depth = 0
    while layout.parents[k] >= 0:
        k, depth = layout.parents[k], depth + 1
    return depth


def _stature(relative: np.ndarray, seen: np.ndarray, layout: Layout) -> float:
    """Pixels per unit of the upright figure, from the lengths of the bones that are seen."""
    ratios = []
    for parent, child in layout.bones:
        usual = np.linalg.norm(layout.upright[parent] - layout.upright[child])
        if seen[parent] and seen[child] and usual > 0.03:
            # seen from aside a bone looks short, so the longer views of it tell more
            length = np.percentile(np.linalg.norm(relative[:, parent] - relative[:, child], axis=-1), 80)
            ratios.append(length / usual)
    return max(float(np.median(ratios)), 1.0) if ratios else 100.0
