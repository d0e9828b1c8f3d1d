# SPDX-License-Identifier: GPL-3.0-or-later
"""What a real 2D detector does to perfect keypoints: jitter, misses, left and right swapped, honest confidence.

The amount of jitter a joint gets follows COCO's own measure of how exactly people can place it (the sigmas of object
keypoint similarity): a hip is vaguer than an eye. Half of that measure, most of it drifting slowly rather than
trembling, is what the better detectors of today show on ordinary footage.
"""

from __future__ import annotations

import numpy as np

from ..keypoints.anatomy import anatomy_of

#: COCO's sigmas, by joint without its side (neck: as the shoulders it is made of, which two errors average); paws are
#: as vague as hands and feet, and a box's corners plainer than any joint.
_SIGMA = {
    "nose": 0.026, "eye": 0.025, "ear": 0.035, "neck": 0.079, "shoulder": 0.079, "elbow": 0.072, "wrist": 0.062,
    "hip": 0.107, "knee": 0.087, "ankle": 0.089,
    "box": 0.04, "tail_root": 0.035, "front_paw": 0.062, "back_paw": 0.089,
}  # fmt: skip

# Object keypoint similarity measures in the square root of the person's area, about this much of the diagonal of the
# box around the keypoints.
_SIZE_OF_DIAGONAL = 0.43
_DRIFT = 0.4  # of sigma; correlated over about half a second
_TREMBLE = 0.2  # of sigma; new in every frame
_DRIFT_SECONDS = 0.5

# How often a gap begins, per joint and second, and how long it lasts on average.
_GAPS_PER_SECOND = {"wrist": 0.35, "ankle": 0.3, "ear": 0.35, "eye": 0.2, "elbow": 0.2, "knee": 0.15}
_OTHER_GAPS_PER_SECOND = 0.08
_GAP_SECONDS = 0.15

_SWAPS_PER_SECOND = 0.08
_SWAP_SECONDS = 0.2


def detect(
    pixels: np.ndarray, confidence: np.ndarray, random: np.random.Generator, fps: float = 30.0
) -> tuple[np.ndarray, np.ndarray]:
    """Keypoints as a detector would report them.

    pixels (T, K, 2) and confidence (T, K) of a clean film -> the same shapes: missed points are NaN with
    confidence 0; a person's neck stays the mid-point of the reported shoulders. The same generator state gives the same
    noise.
    """
    pixels = np.array(pixels, np.float64)
    anatomy = anatomy_of(pixels.shape[1])
    kinds = [_kind(name) for name in anatomy.layout.names]
    sigma = np.array([_SIGMA[kind] for kind in kinds])
    diagonal = np.linalg.norm(np.nanmax(pixels, axis=1) - np.nanmin(pixels, axis=1), axis=-1)
    size = _SIZE_OF_DIAGONAL * diagonal[:, None, None]  # (T, 1, 1)

    swapped = _swap_sides(pixels, random, fps)
    trembling = random.normal(size=pixels.shape)
    error = sigma[:, None] * (_DRIFT * _drifting(pixels.shape, random, fps) + _TREMBLE * trembling)
    pixels += size * error

    # A detector is unsure where it errs, where it confuses the sides, and a little at random.
    relative = np.linalg.norm(error, axis=-1) / sigma
    found = 0.97 - 0.25 * relative - 0.3 * swapped - np.abs(random.normal(scale=0.04, size=relative.shape))
    confidence = np.clip(found, 0.05, 1.0) * confidence

    rates = np.array([_GAPS_PER_SECOND.get(kind, _OTHER_GAPS_PER_SECOND) for kind in kinds])
    missed = _runs(rates, len(pixels), _GAP_SECONDS, random, fps)
    pixels[missed], confidence[missed] = np.nan, 0.0

    if not anatomy.person:
        return pixels, confidence
    neck, right, left = (anatomy.index(name) for name in ("neck", "right_shoulder", "left_shoulder"))
    pixels[:, neck] = (pixels[:, right] + pixels[:, left]) / 2
    confidence[:, neck] = np.minimum(confidence[:, right], confidence[:, left])
    return pixels, confidence


def _kind(name: str) -> str:
    return "box" if name.startswith("box_") else name.removeprefix("left_").removeprefix("right_")


def _drifting(shape: tuple[int, ...], random: np.random.Generator, fps: float) -> np.ndarray:
    """First-order autoregressive noise of unit variance along the first axis."""
    keep = np.exp(-1 / (_DRIFT_SECONDS * fps))
    steps = random.normal(size=shape)
    steps[1:] *= np.sqrt(1 - keep**2)
    for frame in range(1, len(steps)):
        steps[frame] += keep * steps[frame - 1]
    return steps


def _runs(rates: np.ndarray, frames: int, seconds: float, random: np.random.Generator, fps: float) -> np.ndarray:
    """Where something that begins `rates` (N,) times a second and lasts `seconds` on average goes on, (frames, N)."""
    begins = random.random((frames, len(rates))) < rates / fps
    lengths = random.geometric(min(1.0, 1 / (seconds * fps)), size=begins.shape)
    going_on = np.zeros_like(begins)
    for frame, thing in zip(*np.nonzero(begins), strict=True):
        going_on[frame : frame + lengths[frame, thing], thing] = True
    return going_on


def _swap_sides(pixels: np.ndarray, random: np.random.Generator, fps: float) -> np.ndarray:
    """Exchange left and right limbs for short runs, in place; where it happened, (T, K)."""
    anatomy = anatomy_of(pixels.shape[1])
    arms = ("shoulder", "elbow", "wrist" if anatomy.person else "front_paw")
    legs = ("hip", "knee", "ankle" if anatomy.person else "back_paw")
    swapped = np.zeros(pixels.shape[:2], bool)
    runs = _runs(np.full(2, _SWAPS_PER_SECOND), len(pixels), _SWAP_SECONDS, random, fps)
    for limbs, frames in zip((arms, legs), runs.T, strict=True):
        for kind in limbs:
            right, left = anatomy.index(f"right_{kind}"), anatomy.index(f"left_{kind}")
            pixels[np.ix_(frames, [right, left])] = pixels[np.ix_(frames, [left, right])]
            swapped[np.ix_(frames, [right, left])] = True
    return swapped
