# SPDX-License-Identifier: GPL-3.0-or-later
"""How the camera pans, tilts, rolls and zooms, from what lies behind the people.

A camera that turns about itself moves every pixel by K' R K^-1, however far away what it shows is. Corners of the
background are followed from a key frame, so that errors add up from key frame to key frame only and not from frame to
frame; R and the zoom are fitted to those that agree on one such map. Where nobody tells the focal length the turns do.
"""

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
from scipy.optimize import least_squares
from scipy.spatial.transform import Rotation, Slerp

from ..keypoints.camera_track import CameraTrack
from ..keypoints.lens import Lens
from .pose import Box
from .self_calibration import Pair, focal_of_turns

LONGEST_SIDE = 640  # pixels of the image that is looked at
CORNERS = 300
FEWEST = 24  # corners that a turn can be fitted to
AGREEMENT = 1.5  # pixels
KEPT = 0.5  # of a key frame's corners; fewer: the next key frame
ROOM = 0.15  # about a person
MOST_KEPT = 1800  # frames whose corners are kept until the focal length is known
AT_REST = 0.004  # of the image's width: what moves less stands on a tripod
ZOOMS = 0.03
SEEMING_ZOOM = 0.1  # of the focal length: so much may be a pan that is seen with a wrong one
_ZOOM_PRIOR = 20.0  # pixels a corner per unit of its logarithm, for all corners together: few corners tell no zoom


@dataclass(frozen=True, eq=False)
class _View:
    """A frame's number, corners (N, 2) and grey image, and how its camera stands to the first frame's."""

    number: int
    grey: np.ndarray
    corners: np.ndarray
    rotation: np.ndarray
    log_zoom: float


@dataclass(frozen=True, eq=False)
class _Followed:
    """Corners (N, 2) of the key frame of that number, and where they are in a later one."""

    key: int
    old: np.ndarray
    new: np.ndarray


class CameraTracker:
    """Told the frames of one shot in order. focal: in pixels, as in the first frame; None: as the turns tell it, and
    where they do not, assumed to be the longer side of the image, as the lift does. found: what they told.
    lens: whose distortion is in the images, None: none."""

    def __init__(self, image_size: tuple[int, int], focal: float | None = None, lens: Lens | None = None):
        self.lens = lens if lens is not None and lens.distorts else None
        middle = np.array(image_size) / 2 if lens is None else np.array(lens.centre)
        width, height = image_size
        self.scale = min(1.0, LONGEST_SIDE / max(image_size))
        self.known, self.found = focal, None
        self.focal = (focal or float(max(image_size))) * self.scale
        self.centre = middle * self.scale
        self.size = (max(round(width * self.scale), 1), max(round(height * self.scale), 1))
        self.seconds: list[float] = []
        self.rotations: list[np.ndarray] = []
        self.log_zooms: list[float] = []
        self.lost = 0
        self._kept: list[_Followed | None] = []
        self._key: _View | None = None
        self._last: tuple[np.ndarray, np.ndarray, np.ndarray, float] | None = None  # grey, mask, turn, zoom

    def add(self, seconds: float, image: np.ndarray, people: list[Box]) -> None:
        """The next frame: image (H, W, 3) uint8 BGR, and where people are in it."""
        grey = cv2.cvtColor(cv2.resize(image, self.size, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
        mask = self._background(people)
        number, followed = len(self.seconds), None
        if self._key is None:
            turn, zoom = np.eye(3), 0.0
            self._key = _View(number, grey, _corners(grey, mask), turn, zoom)
        else:
            found = self._from(self._key, grey, mask)
            if found is None and self._last is not None and self._last[0] is not self._key.grey:
                before, where, turn, zoom = self._last
                self._key = _View(number - 1, before, _corners(before, where), turn, zoom)
                found = self._from(self._key, grey, mask)
            if found is None:  # nothing to hold on to: it is taken to go on pointing where it pointed
                self.lost += 1
                turn, zoom = self.rotations[-1], self.log_zooms[-1]
                self._key = _View(number, grey, _corners(grey, mask), turn, zoom)
            else:
                followed = found
                turn, zoom = self._fit(found, self._key, self.rotations[-1], self.log_zooms[-1])
                if len(found.old) < KEPT * len(self._key.corners):
                    self._key = _View(number, grey, _corners(grey, mask), turn, zoom)
        self._last = grey, mask, turn, zoom
        self.seconds.append(seconds)
        self.rotations.append(turn)
        self.log_zooms.append(zoom)
        if self.known is None and number < MOST_KEPT:
            self._kept.append(followed)
            if number == MOST_KEPT - 1:
                self._calibrate()

    def track(self, fps: float) -> CameraTrack | None:
        """The camera in every frame of the rate from the first to the last that was seen, relative to the one in whose
        direction it looks on average; None if it stood still."""
        if len(self.seconds) < 2 or not self._moved():
            return None
        self._calibrate()
        log_zooms = np.array(self.log_zooms)
        if np.abs(np.expm1(log_zooms - np.median(log_zooms))).max() < ZOOMS:
            log_zooms[:] = 0.0
        rotations = Rotation.from_matrix(np.stack(self.rotations))
        at = np.array(self.seconds) * fps
        first, last = math.ceil(at[0] - 0.5), math.floor(at[-1] + 0.5)
        frames = np.arange(first, last + 1)
        within = np.clip(frames, at[0], at[-1])
        turned = Slerp(at, rotations)(within)
        log_zooms = np.interp(within, at, log_zooms)
        middle, zero = turned.mean(), float(np.median(log_zooms))
        focal = self.known or self.found
        focal = focal and focal * math.exp(zero)
        return CameraTrack((turned * middle.inv()).as_matrix(), np.exp(log_zooms - zero), focal, int(first))

    def _calibrate(self) -> None:
        """Find the focal length by the corners that were kept, and the turns again with it."""
        seen, zoomed = [each for each in self._kept if each is not None], True
        for _ in range(2):  # what a zoom is, too, depends on the focal length
            zoomed = zoomed and np.ptp(self.log_zooms) > SEEMING_ZOOM
            zooms = self.log_zooms if zoomed else np.zeros(len(self.log_zooms))
            pairs = [Pair(each.old - self.centre, each.new - self.centre, zooms[each.key]) for each in seen]
            focal = focal_of_turns(pairs, max(self.size))
            if focal is None:
                break
            self.focal, self.found = focal, focal / self.scale
            self._fit_again()
            if not zoomed:
                break
        self._kept = []

    def _fit_again(self) -> None:
        """The turns and zooms of the frames whose corners were kept, with the focal length that is known now."""
        for number, each in enumerate(self._kept[1:], start=1):
            turn, zoom = self.rotations[number - 1], self.log_zooms[number - 1]
            if each is not None:
                key = replace(self._key, rotation=self.rotations[each.key], log_zoom=self.log_zooms[each.key])
                turn, zoom = self._fit(each, key, turn, zoom)
            self.rotations[number], self.log_zooms[number] = turn, zoom
        number = self._key.number
        self._key = replace(self._key, rotation=self.rotations[number], log_zoom=self.log_zooms[number])
        self._last = (*self._last[:2], self.rotations[-1], self.log_zooms[-1])

    def _moved(self) -> bool:
        turned = Rotation.from_matrix(np.stack(self.rotations))
        away = (turned * turned.mean().inv()).magnitude().max() * self.focal
        zoom = np.ptp(self.log_zooms) * self.size[0] / 2
        return max(away, zoom) > AT_REST * self.size[0]

    def _background(self, people: list[Box]) -> np.ndarray:
        mask = np.full(self.size[::-1], 255, np.uint8)
        for box in people:
            near = box.grown(ROOM)
            corners = (near.left, near.top, near.right, near.bottom)
            left, top, right, bottom = (max(int(side * self.scale), 0) for side in corners)
            mask[top:bottom, left:right] = 0
        return mask

    def _from(self, key: _View, grey: np.ndarray, mask: np.ndarray) -> _Followed | None:
        """The corners of a key frame that are found again in a frame and moved there as one camera's turn has it."""
        if len(key.corners) < FEWEST:
            return None
        guess = self._mapped(key, self.rotations[-1], self.log_zooms[-1])
        old, new = _follow(key.grey, grey, key.corners, guess, mask)
        if self.lens is not None:
            old, new = self._straight(old), self._straight(new)
            there = np.isfinite(old).all(1) & np.isfinite(new).all(1)
            old, new = old[there], new[there]
        if len(old) < FEWEST:
            return None
        cv2.setRNGSeed(0)
        _, inliers = cv2.findHomography(old, new, cv2.RANSAC, AGREEMENT)
        chosen = inliers.ravel() > 0 if inliers is not None else np.zeros(len(old), bool)
        if chosen.sum() < max(FEWEST, 0.4 * len(old)):
            return None
        return _Followed(key.number, old[chosen], new[chosen])

    def _mapped(self, key: _View, rotation: np.ndarray, log_zoom: float) -> np.ndarray:
        """Where the corners (N, 2) of a key frame are in a frame that is turned and zoomed like this."""
        relative = rotation @ key.rotation.T
        if self.lens is None:
            return self._turned(key, key.corners, relative, log_zoom)
        guess = self._turned(key, self._straight(key.corners), relative, log_zoom)
        return np.nan_to_num(self.lens.distorted(guess / self.scale) * self.scale, nan=-1.0)

    def _straight(self, corners: np.ndarray) -> np.ndarray:
        """Corners (N, 2) of an image without the lens's distortion; NaN where it can have shown none."""
        return self.lens.undistorted(corners / self.scale) * self.scale

    def _turned(self, key: _View, corners: np.ndarray, relative: np.ndarray, log_zoom: float) -> np.ndarray:
        rays = (corners - self.centre) / (self.focal * math.exp(key.log_zoom))
        seen = np.concatenate([rays, np.ones((len(rays), 1))], 1) @ relative.T
        depth = np.maximum(seen[:, 2:], 1e-3)
        return self.focal * math.exp(log_zoom) * seen[:, :2] / depth + self.centre

    def _fit(self, followed: _Followed, key: _View, rotation: np.ndarray, log_zoom: float) -> tuple[np.ndarray, float]:
        """The turn and zoom of the frame that a key frame's corners were followed to, from a first guess on."""
        start = rotation @ key.rotation.T

        def away(change: np.ndarray) -> np.ndarray:
            relative = Rotation.from_rotvec(change[:3]).as_matrix() @ start
            apart = self._turned(key, followed.old, relative, log_zoom + change[3]) - followed.new
            return np.append(apart.ravel(), _ZOOM_PRIOR * change[3])

        found = least_squares(away, np.zeros(4), loss="soft_l1", f_scale=0.5, max_nfev=20).x
        return Rotation.from_rotvec(found[:3]).as_matrix() @ start @ key.rotation, log_zoom + float(found[3])


def _corners(grey: np.ndarray, mask: np.ndarray) -> np.ndarray:
    found = cv2.goodFeaturesToTrack(grey, CORNERS, 0.01, 8, mask=mask)
    return np.zeros((0, 2)) if found is None else found[:, 0].astype(float)


def _follow(
    before: np.ndarray, after: np.ndarray, corners: np.ndarray, guess: np.ndarray, mask: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Corners (M, 2) of one image and where they are in another: there and back again to the same place, and neither
    outside of it nor on a person."""
    height, width = after.shape
    inside = (guess > 2).all(1) & (guess[:, 0] < width - 3) & (guess[:, 1] < height - 3)
    start = np.ascontiguousarray(corners[inside], np.float32).reshape(-1, 1, 2)
    guess = np.ascontiguousarray(guess[inside], np.float32).reshape(-1, 1, 2)
    if not len(start):
        return np.zeros((0, 2)), np.zeros((0, 2))
    options = {"winSize": (21, 21), "maxLevel": 3, "flags": cv2.OPTFLOW_USE_INITIAL_FLOW}
    there, good, _ = cv2.calcOpticalFlowPyrLK(before, after, start, guess, **options)
    back, again, _ = cv2.calcOpticalFlowPyrLK(after, before, there, start.copy(), **options)
    there = there[:, 0].astype(float)
    kept = (good.ravel() > 0) & (again.ravel() > 0) & (np.linalg.norm(back - start, axis=-1).ravel() < 1.0)
    kept &= (there >= 0).all(1) & (there[:, 0] < width) & (there[:, 1] < height)
    at = there[kept].astype(int)
    kept[np.nonzero(kept)[0][mask[at[:, 1], at[:, 0]] == 0]] = False
    return start[kept, 0].astype(float), there[kept]
