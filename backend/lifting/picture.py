# SPDX-License-Identifier: GPL-3.0-or-later
"""One picture of a lifted motion: what the detector saw, what the lift makes of it, and the character in Blender."""

import os
import re
from pathlib import Path

import numpy as np

from ..bodies.skeleton import JOINT_NAMES, PARENTS
from ..errors import UserError
from .motion_file import read_motion

COLUMNS = 6
LEFT, RIGHT, MIDDLE = "#2a6fbb", "#c8402f", "#555555"
_NEEDED = ("keypoints", "keypoints_2d", "confidence", "frame_start", "source", "camera_rotation", "camera_translation")
_RENDER = re.compile(r"(?P<view>[a-z]+)_(?P<frame>-?\d+)\.png")


class PictureError(UserError):
    """A motion file or a render that cannot be drawn."""


def draw(motion_path: Path, output: Path, renders: Path | None = None) -> None:
    """Write the picture of a motion file as PNG, with a row for each view found among `renders` (VIEW_FRAME.png).

    Raises MotionError or PictureError for a file that is not there or not what it should be.
    """
    motion = _read(motion_path)
    views = find_renders(renders) if renders else {}
    frame_start, count = int(motion["frame_start"]), len(motion["joints"])
    frames = chosen_frames(count, frame_start, views)
    pixels = project(motion, motion["joints"])
    error = reprojection_error(motion)

    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    rows = 1 + len(views)
    figure, axes = plt.subplots(rows, len(frames), figsize=(2.6 * len(frames), 3.3 * rows + 0.5), squeeze=False)
    half = _crop(motion["keypoints_2d"], pixels)
    for column, frame in enumerate(frames):
        panel = axes[0, column]
        _draw_frame(panel, motion, pixels[frame - frame_start], frame - frame_start, half)
        seconds = (frame - frame_start) / float(motion["mocap_framerate"])
        panel.set_title(f"frame {frame}, {seconds:.1f} s", fontsize=9)
    for row, (view, files) in enumerate(views.items(), start=1):
        for column, frame in enumerate(frames):
            axes[row, column].imshow(plt.imread(files[frame]))
        axes[row, 0].set_ylabel(f"rendered, {view}", fontsize=9)
    axes[0, 0].set_ylabel("keypoints (dots), lifted skeleton (lines)", fontsize=9)
    for panel in axes.flat:
        panel.set_xticks([])
        panel.set_yticks([])
        for spine in panel.spines.values():
            spine.set_visible(False)
    figure.suptitle(
        f"{Path(str(motion['source'])).name}: {count} frames, skeleton {error:.1f} px from the keypoints on average",
        fontsize=11,
    )
    figure.tight_layout()
    _save(figure, output)
    plt.close(figure)


def project(motion: dict, points: np.ndarray) -> np.ndarray:
    """Pixels (T, P, 2) of world points (T, P, 3) through the motion file's camera, fixed or moving."""
    rotation, translation = motion["camera_rotation"], motion["camera_translation"]
    local = np.einsum("...ij,tpj->tpi" if rotation.ndim == 2 else "tij,tpj->tpi", rotation, points)
    local = local + (translation if translation.ndim == 1 else translation[:, None])
    matrix = motion["camera_matrix"]
    if "camera_zoom" in motion:
        matrix = np.repeat(matrix[None], len(points), 0)
        matrix[:, [0, 1], [0, 1]] *= motion["camera_zoom"][:, None]
    return (local / local[..., 2:] @ matrix.swapaxes(-1, -2))[..., :2]


def reprojection_error(motion: dict) -> float:
    """Mean distance in pixels between the source's points and the lifted ones, over the points the source has."""
    distance = np.linalg.norm(project(motion, motion["keypoints"]) - motion["keypoints_2d"], axis=-1)
    seen = np.isfinite(distance) & (motion["confidence"] > 0)
    return float(distance[seen].mean())


def chosen_frames(count: int, frame_start: int, views: dict[str, dict[int, Path]]) -> list[int]:
    """At most COLUMNS frame numbers, evenly spread over those that every view shows (all frames without renders)."""
    shown = set(range(frame_start, frame_start + count))
    for files in views.values():
        shown &= files.keys()
    if not shown:
        raise PictureError(f"The renders show none of the frames {frame_start} to {frame_start + count - 1}.")
    ordered = sorted(shown)
    picks = np.linspace(0, len(ordered) - 1, min(COLUMNS, len(ordered))).round().astype(int)
    return [ordered[pick] for pick in picks]


def find_renders(folder: Path) -> dict[str, dict[int, Path]]:
    """Renders by view and frame number: {"front": {1: PATH, ...}, ...}, front first."""
    views: dict[str, dict[int, Path]] = {}
    for path in sorted(folder.glob("*.png")):
        if match := _RENDER.fullmatch(path.name):
            views.setdefault(match["view"], {})[int(match["frame"])] = path
    if not views:
        raise PictureError(f"{folder} holds no renders: expected files like front_0001.png.")
    return dict(sorted(views.items()))


def _read(path: Path) -> dict[str, np.ndarray]:
    motion = read_motion(path)
    if missing := sorted(set(_NEEDED) - motion.keys()):
        raise PictureError(f"{path.name} cannot be drawn: expected a motion written by lift, it has no {missing[0]}")
    return motion


def _crop(points: np.ndarray, pixels: np.ndarray) -> float:
    """Half the side in pixels of a square that shows the person whole in every frame."""
    both = np.concatenate([points, pixels], 1)
    low, high = np.nanmin(both, 1), np.nanmax(both, 1)
    return float(np.nanmax(high - low) * 0.55)


def _draw_frame(panel, motion: dict, pixels: np.ndarray, index: int, half: float) -> None:
    points = motion["keypoints_2d"][index]
    for child, parent in enumerate(PARENTS):
        if parent >= 0:
            side = pixels[[parent, child]]
            panel.plot(side[:, 0], side[:, 1], color=_colour(child), linewidth=2, solid_capstyle="round")
    panel.scatter(points[:, 0], points[:, 1], s=14, color="black", zorder=3)
    both = np.concatenate([points, pixels])
    centre = (np.nanmin(both, 0) + np.nanmax(both, 0)) / 2
    panel.set_xlim(centre[0] - half, centre[0] + half)
    panel.set_ylim(centre[1] + half, centre[1] - half)
    panel.set_aspect("equal")
    panel.set_facecolor("#f2f2f2")


def _colour(joint: int) -> str:
    return {"left": LEFT, "right": RIGHT}.get(JOINT_NAMES[joint].split("_")[0], MIDDLE)


def _save(figure, output: Path) -> None:
    output.parent.mkdir(parents=True, exist_ok=True)
    partial = output.with_name(f".{output.name}.part")
    figure.savefig(partial, dpi=110, format="png", facecolor="white")
    os.replace(partial, output)
