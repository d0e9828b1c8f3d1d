# SPDX-License-Identifier: GPL-3.0-or-later
"""Write a moving skeleton as BVH, as other programs expect it: Y up, only roots travelling.

Blender's own exporter leaves Z up, so that its files lie on their face wherever they are opened.
"""

from dataclasses import dataclass

import numpy as np

from .rotations import REST_TO_BLENDER

_TO_Y_UP = REST_TO_BLENDER.T


@dataclass(frozen=True)
class BvhSkeleton:
    """Bones at rest, Z up, in metres. names: J. parents: (J,), -1 for a root. heads, tails: (J, 3)."""

    names: list[str]
    parents: np.ndarray
    heads: np.ndarray
    tails: np.ndarray


def bvh_text(skeleton: BvhSkeleton, rotations: np.ndarray, roots: np.ndarray, fps: float) -> str:
    """The file's text. rotations: what turned each bone from its rest, in the world, Z up (T, J, 3, 3). roots: where
    the heads of the R roots are (T, R, 3), or of the only one (T, 3); each is a hierarchy of its own. Offsets stay
    those of the rest: a bone that was stretched is not.
    """
    local = rotations.copy()
    for bone, parent in enumerate(skeleton.parents):
        if parent >= 0:
            local[:, bone] = np.swapaxes(rotations[:, parent], -1, -2) @ rotations[:, bone]
    angles = np.degrees(zxy_angles(_TO_Y_UP @ local @ _TO_Y_UP.T))
    lines, order = _hierarchy(skeleton)
    places, numbers = roots.reshape(len(roots), -1, 3) @ _TO_Y_UP.T, np.flatnonzero(skeleton.parents < 0).tolist()
    columns = []
    for bone in order:
        if bone in numbers:
            columns.append(places[:, numbers.index(bone)])
        columns.append(angles[:, bone])
    values = np.concatenate(columns, axis=1)
    lines += ["MOTION", f"Frames: {len(values)}", f"Frame Time: {1 / fps:.8f}"]
    lines += [" ".join(f"{value:.6f}" for value in row) for row in values.tolist()]
    return "\n".join(lines) + "\n"


def zxy_angles(matrices: np.ndarray) -> np.ndarray:
    """Angles (T, ..., 3) in radians about Z, X and Y with R = Rz Rx Ry, each frame's nearest to the one before."""
    m = matrices
    x = np.arcsin(np.clip(m[..., 2, 1], -1, 1))
    z, y = np.arctan2(-m[..., 0, 1], m[..., 1, 1]), np.arctan2(-m[..., 2, 0], m[..., 2, 2])
    # Looking straight along X only z + y or z - y is known: all of it goes to z.
    blocked = np.abs(m[..., 2, 1]) > 1 - 1e-9
    z, y = np.where(blocked, np.arctan2(m[..., 1, 0], m[..., 0, 0]), z), np.where(blocked, 0.0, y)
    angles = np.stack([z, x, y], axis=-1)
    other = np.stack([z + np.pi, np.pi - x, y + np.pi], axis=-1)  # the same rotation
    for frame in range(1, len(angles)):
        before = angles[frame - 1]
        near, far = (_towards(each[frame], before) for each in (angles, other))
        closer = np.abs(far - before).sum(-1) < np.abs(near - before).sum(-1)
        angles[frame] = np.where(closer[..., None], far, near)
    return angles


def _towards(angles: np.ndarray, before: np.ndarray) -> np.ndarray:
    """The same angles, by whole turns as near as can be to others."""
    return angles + 2 * np.pi * np.round((before - angles) / (2 * np.pi))


def _hierarchy(skeleton: BvhSkeleton) -> tuple[list[str], list[int]]:
    """The lines that tell the skeleton, and the bones in the order in which they are told."""
    lines, order = ["HIERARCHY"], []

    def tell(bone: int, depth: int) -> None:
        order.append(bone)
        parent, tab = skeleton.parents[bone], "\t" * depth
        root = parent < 0
        # A root's position is in its channels: some readers add the offset to it and some do not.
        offset = np.zeros(3) if root else skeleton.heads[bone] - skeleton.heads[parent]
        children = np.flatnonzero(skeleton.parents == bone)
        position = "6 Xposition Yposition Zposition" if root else "3"
        name = "_".join(skeleton.names[bone].split())  # the format ends a name at a space
        lines.extend([f"{tab}{'ROOT' if root else 'JOINT'} {name}", f"{tab}{{", f"{tab}\t{_offset(offset)}"])
        lines.append(f"{tab}\tCHANNELS {position} Zrotation Xrotation Yrotation")
        for child in children:
            tell(int(child), depth + 1)
        if not len(children):
            end = _offset(skeleton.tails[bone] - skeleton.heads[bone])
            lines.extend([f"{tab}\tEnd Site", f"{tab}\t{{", f"{tab}\t\t{end}", f"{tab}\t}}"])
        lines.append(f"{tab}}}")

    for root in np.flatnonzero(skeleton.parents < 0):
        tell(int(root), 0)
    return lines, order


def _offset(vector: np.ndarray) -> str:
    return "OFFSET {:.6f} {:.6f} {:.6f}".format(*(_TO_Y_UP @ vector))
