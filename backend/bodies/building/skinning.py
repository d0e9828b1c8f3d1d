# SPDX-License-Identifier: GPL-3.0-or-later
"""Skinning weights: at each joint the body is parted by a soft plane, and the partings are smoothed along the skin."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import scipy.sparse
import scipy.sparse.linalg

from ..joint_tree import JointTree
from .mesh import Mesh

#: (a point on the parting plane; its normal towards the far side; half the parting's width), in the figure's frame.
Parting = tuple[tuple[float, float, float], tuple[float, float, float], float]
#: Joint's name, and (V,) which side of its plane the vertices are on, 0 near and 1 far -> (V,) how much they follow
#: the joint: a hip's plane must not part the other leg.
Bound = Callable[[str, np.ndarray], np.ndarray]

MAX_INFLUENCES = 4


def step(value: np.ndarray, low: float, high: float) -> np.ndarray:
    """0 below low, 1 above high, smooth (C2) between."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return t**3 * (t * (6 * t - 15) + 10)


def smoother(mesh: Mesh, reach: float) -> scipy.sparse.linalg.SuperLU:
    """A factorised implicit diffusion along the mesh; `reach` metres is about how far it carries."""
    edges = mesh.edges()
    length = np.linalg.norm(mesh.vertices[edges[:, 0]] - mesh.vertices[edges[:, 1]], axis=1)
    size = len(mesh.vertices)
    w = (reach / np.maximum(length, 1e-3)) ** 2 / 4
    near = scipy.sparse.coo_matrix((w, (edges[:, 0], edges[:, 1])), shape=(size, size))
    near = (near + near.T).tocsc()
    system = scipy.sparse.identity(size) + scipy.sparse.diags(np.asarray(near.sum(1)).ravel()) - near
    return scipy.sparse.linalg.splu(system.tocsc())


def skin(
    mesh: Mesh,
    points: np.ndarray,
    partings: Mapping[str, Parting],
    bound: Bound,
    tree: JointTree,
    mirror: Sequence[int],
    reach: float,
    own_reach: Mapping[str, float] | None = None,
) -> np.ndarray:
    """(V, J) weights: rows sum to 1, at most 4 joints a vertex, left and right mirror each other.

    points (V, 3): the mesh's vertices in the frame of the partings, which name joints of the left side and the
    midline; mirror (J,): the joint on the other side; reach: metres that the partings are smoothed over; own_reach:
    where it is another one, for both sides.
    """
    far = np.zeros((len(points), len(tree)))
    far[:, 0] = 1
    for name, (point, normal, width) in partings.items():
        joint = tree.index(name)
        normal = np.array(normal, float) / np.linalg.norm(normal)
        far[:, joint] = bound(name, step((points - point) @ normal, -width, width))
        if mirror[joint] != joint:
            far[:, mirror[joint]] = far[mesh.mirror, joint]
    for metres, joints in _by_reach(reach, own_reach or {}, tree, mirror).items():
        far[:, joints] = np.clip(smoother(mesh, metres).solve(far[:, joints]), 0, 1)

    weights = np.zeros_like(far)
    share = np.zeros_like(far)  # how much of a vertex moves with the joint or with joints below it
    share[:, 0] = 1
    for joint in range(len(tree)):
        children = [c for c in range(len(tree)) if tree.parents[c] == joint]
        total = far[:, children].sum(1)
        fair = 1 / np.maximum(total, 1)
        share[:, children] = share[:, [joint]] * far[:, children] * fair[:, None]
        weights[:, joint] = share[:, joint] * (1 - np.minimum(total, 1))
    return _keep_largest((weights + weights[mesh.mirror][:, list(mirror)]) / 2)


def _by_reach(
    reach: float, own_reach: Mapping[str, float], tree: JointTree, mirror: Sequence[int]
) -> dict[float, list[int]]:
    """The joints but the root, by the reach that their partings are smoothed over."""
    own = {}
    for name, metres in own_reach.items():
        own[tree.index(name)] = own[mirror[tree.index(name)]] = metres
    groups: dict[float, list[int]] = {}
    for joint in range(1, len(tree)):
        groups.setdefault(own.get(joint, reach), []).append(joint)
    return groups


def _keep_largest(weights: np.ndarray) -> np.ndarray:
    """The largest four influences of each row, faded out smoothly instead of cut, and normalised."""
    fifth = np.sort(weights, axis=1)[:, -MAX_INFLUENCES - 1 : -MAX_INFLUENCES]
    kept = np.where(weights > fifth, weights - fifth, 0)
    kept[kept < 2e-3] = 0
    return kept / kept.sum(1, keepdims=True)
