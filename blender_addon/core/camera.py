# SPDX-License-Identifier: GPL-3.0-or-later
"""A pinhole camera as computer vision writes it, and the same camera as Blender writes it."""

from dataclasses import dataclass

import numpy as np

# OpenCV's camera looks along +Z with y down; Blender's along -Z with y up.
FLIP = np.diag([1.0, -1.0, -1.0])
SENSOR_WIDTH = 36.0  # millimetres; only its ratio to the lens matters


@dataclass(frozen=True)
class Camera:
    """x_camera = R x_world + t; pixels are K x_camera over its z, from the picture's top left corner.

    matrix: K (3, 3). rotation: (N, 3, 3) and translation: (N, 3), with N = 1 for a camera at rest and otherwise one a
    frame. image_size: width and height in pixels. zoom: (N,), the focal lengths over the matrix's, None: all 1.
    """

    matrix: np.ndarray
    rotation: np.ndarray
    translation: np.ndarray
    image_size: tuple[int, int]
    zoom: np.ndarray | None = None

    @property
    def moves(self) -> bool:
        return len(self.rotation) > 1

    def project(self, points: np.ndarray) -> np.ndarray:
        """Pixels (N, P, 2) of world points (N, P, 3)."""
        seen = points @ self.rotation.swapaxes(-1, -2) + self.translation[:, None]
        if self.zoom is not None:
            seen = seen * np.stack([self.zoom, self.zoom, np.ones_like(self.zoom)], -1)[:, None]
        seen = seen @ self.matrix.T
        return seen[..., :2] / seen[..., 2:]

    def blender_rotations(self) -> np.ndarray:
        """Rotation parts (N, 3, 3) of Blender's `matrix_world`: camera axes as columns in the world."""
        return self.rotation.swapaxes(-1, -2) @ FLIP

    def blender_locations(self) -> np.ndarray:
        """Places (N, 3) of the camera in the world, metres."""
        return -np.einsum("nba,nb->na", self.rotation, self.translation)

    def blender_lens(self) -> dict[str, float]:
        """Values for Blender's camera data with `sensor_fit='HORIZONTAL'`: lens and sensor_width in millimetres,
        shift_x and shift_y in picture widths. Blender's pixels are square: the mean of both focal lengths is taken.
        """
        width, height = self.image_size
        focal = float(self.matrix[0, 0] + self.matrix[1, 1]) / 2
        return {
            "sensor_width": SENSOR_WIDTH,
            "lens": focal * SENSOR_WIDTH / width,
            "shift_x": (width / 2 - float(self.matrix[0, 2])) / width,
            "shift_y": (float(self.matrix[1, 2]) - height / 2) / width,
        }

    def blender_lenses(self) -> np.ndarray | None:
        """The lens (N,) of every frame in millimetres, None where it is always that of `blender_lens`."""
        return None if self.zoom is None else self.zoom * self.blender_lens()["lens"]
