# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender's lens in the unit of computer vision."""


def focal_in_pixels(
    lens: float, sensor_width: float, sensor_height: float, fit: str, image_size: tuple[int, int]
) -> float:
    """The focal length in pixels of a picture (width, height) of a Blender camera: lens and sensor in millimetres, fit
    as Blender's sensor_fit. With AUTO the sensor's width lies along the longer side of the picture."""
    width, height = image_size
    if fit == "VERTICAL":
        return lens / sensor_height * height
    along = width if fit == "HORIZONTAL" or width >= height else height
    return lens / sensor_width * along
