# SPDX-License-Identifier: GPL-3.0-or-later
"""The distortion of a lens, by the models of Blender's tracking cameras, and pixels without it.

All work on (x, y) = (pixel - centre) / focal, x right and y up, r its length:

POLYNOMIAL  k1 k2 k3             distorted = (x, y) (1 + k1 r^2 + k2 r^4 + k3 r^6)
DIVISION    k1 k2                distorted = (x, y) / (1 + k1 r^2 + k2 r^4)
BROWN       k1 k2 k3 k4 p1 p2    distorted = (x, y) (1 + k1 r^2 + ... + k4 r^8)
                                             + (2 p2 x y + p1 (r^2 + 2 x^2), 2 p1 x y + p2 (r^2 + 2 y^2))
NUKE        k1 k2                undistorted = (x, y) / (1 + k1 s^2 + k2 s^4), s in halves of the picture's longer side
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .errors import KeypointError

MODELS = {"POLYNOMIAL": 3, "DIVISION": 2, "NUKE": 2, "BROWN": 6}
LARGEST = 100.0  # of a coefficient
_ROUNDS, _STEP, _CLOSE = 30, 1e-5, 1e-7

Plane = np.ndarray


@dataclass(frozen=True)
class Lens:
    """model: of MODELS; focal and centre in pixels of the picture, from its top left corner; image_size (width,
    height); coefficients in the order above. KeypointError if any of this does not hold."""

    model: str
    focal: float
    centre: tuple[float, float]
    coefficients: tuple[float, ...]
    image_size: tuple[int, int]

    def __post_init__(self):
        if self.model not in MODELS:
            raise KeypointError(f"A lens is {', '.join(MODELS)}; this one is {str(self.model)[:40]!r}.")
        try:
            numbers = np.array([self.focal, *self.centre, *self.coefficients], np.float64)
        except (TypeError, ValueError):
            raise KeypointError("The focal length, centre and coefficients of a lens are numbers.") from None
        wanted = MODELS[self.model]
        if numbers.shape != (3 + wanted,) or not np.isfinite(numbers).all():
            raise KeypointError(f"A {self.model} lens has a focal length, a centre and {wanted} coefficients.")
        if not (1 <= numbers[0] <= 1e6 and np.abs(numbers[1:3]).max() <= 1e6 and np.abs(numbers[3:]).max() <= LARGEST):
            raise KeypointError(f"The focal length {numbers[0]:g} or the coefficients are no lens's.")
        object.__setattr__(self, "focal", float(numbers[0]))
        object.__setattr__(self, "centre", tuple(numbers[1:3].tolist()))
        object.__setattr__(self, "coefficients", tuple(numbers[3:].tolist()))

    @property
    def distorts(self) -> bool:
        return any(self.coefficients)

    def distorted(self, pixels: np.ndarray) -> np.ndarray:
        """Where in the picture pixels (..., 2) of one without distortion are; NaN where this lens shows nothing."""
        return self._mapped(pixels, self._inverse(self._removed) if self.model == "NUKE" else self._added)

    def undistorted(self, pixels: np.ndarray) -> np.ndarray:
        """Where pixels (..., 2) of the picture are without distortion; NaN where this lens can have shown nothing."""
        return self._mapped(pixels, self._removed if self.model == "NUKE" else self._inverse(self._added))

    def _mapped(self, pixels: np.ndarray, function: Callable[[Plane], Plane]) -> np.ndarray:
        scale = self.focal * np.array([1.0, -1.0])
        with np.errstate(all="ignore"):
            found = function((np.asarray(pixels, np.float64) - self.centre) / scale) * scale + self.centre
        return np.where(np.isfinite(found).all(-1, keepdims=True), found, np.nan)

    def _added(self, plane: Plane) -> Plane:
        x, y = plane[..., 0], plane[..., 1]
        square = x * x + y * y
        radial, tangential = self.coefficients, (0.0, 0.0)
        if self.model == "BROWN":
            radial, tangential = radial[:4], radial[4:]
        factor = _polynomial(square, radial)
        if self.model == "DIVISION":
            return plane / factor[..., None]
        one, two = tangential
        across = 2 * two * x * y + one * (square + 2 * x * x)
        up = 2 * one * x * y + two * (square + 2 * y * y)
        return plane * factor[..., None] + np.stack([across, up], -1)

    def _removed(self, plane: Plane) -> Plane:
        half = max(self.image_size) / 2
        square = (plane * plane).sum(-1) * (self.focal / half) ** 2
        return plane / _polynomial(square, self.coefficients)[..., None]

    @staticmethod
    def _inverse(function: Callable[[Plane], Plane]) -> Callable[[Plane], Plane]:
        """The function's inverse, from the middle of the picture outwards: NaN beyond where that turns back."""

        def inverse(wanted: Plane) -> Plane:
            found = np.zeros_like(wanted)
            for part in np.linspace(0.1, 1.0, 10):  # along the ray, so that it stays on the branch of the middle
                for _ in range(_ROUNDS):
                    away = function(found) - part * wanted
                    if not (np.abs(away) > _CLOSE).any():
                        break
                    x = (function(found + [_STEP, 0]) - function(found - [_STEP, 0])) / (2 * _STEP)
                    y = (function(found + [0, _STEP]) - function(found - [0, _STEP])) / (2 * _STEP)
                    area = x[..., 0] * y[..., 1] - x[..., 1] * y[..., 0]
                    area = np.where(area > 1e-3, area, np.nan)  # it turns back there
                    step = np.stack(
                        [away[..., 0] * y[..., 1] - away[..., 1] * y[..., 0],
                         away[..., 1] * x[..., 0] - away[..., 0] * x[..., 1]], -1
                    )  # fmt: skip
                    found = found - step / area[..., None]
            return np.where((np.abs(away) <= 1e-5).all(-1, keepdims=True), found, np.nan)

        return inverse


def _polynomial(square: np.ndarray, coefficients: tuple[float, ...]) -> np.ndarray:
    """1 + k1 r^2 + k2 r^4 + ... of r^2."""
    total = np.zeros_like(square)
    for coefficient in reversed(coefficients):
        total = (total + coefficient) * square
    return 1 + total
