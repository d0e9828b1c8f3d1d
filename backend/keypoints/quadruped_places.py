# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the points of a quadruped are that a clip never shows: its shoulders and hips, say, which BADJA leaves out.

The standing figure is laid over the points that are shown, frame by frame, by an affine map whose horizontal axis may
shrink and turn over as the animal turns: it then faces the other way, and in between towards the camera. What is
missing comes from that figure, moved as its drawn neighbours are off it, and never farther from the next joint of its
leg than the bone is long. Eyes follow the head, which turns by itself.
"""

import numpy as np

from .layouts import Layout

# How much each point says about the attitude of the trunk; those of the head say little.
_TRUNK = {"neck": 4.0, "withers": 4.0, "tail_root": 4.0, "ischium": 4.0, "scapula": 2.0, "girth": 1.0}
_LEG = {"shoulder": 1.5, "hip": 1.5, "elbow": 1.0, "knee": 1.0, "carpus": 0.5, "hock": 0.5, "fetlock": 0.4, "paw": 0.4}
_HEAD = 0.15
_TAIL = ("tail_middle", "tail_tip")  # a tail wags
_PRIOR = 0.3  # weight of an upright figure of the usual size, in points
_FRONT = ("nose", "eye", "ear", "chin", "jaw", "throat", "neck", "withers", "scapula", "shoulder", "elbow", "carpus",
          "front")  # fmt: skip
_BACK = ("tail_root", "ischium", "hip", "knee", "hock", "back")
_LONGEST_BONE = 1.1  # of the usual length: animals differ
_ON_THE_HEAD = ("eye", "ear", "chin", "jaw")


def place_unseen(relative: np.ndarray, seen: np.ndarray, layout: Layout, scale: float) -> None:
    """Place the points that no frame has, in place.

    relative (T,K,2): pixels from the body's centre, finite in every frame for the points that are seen anywhere,
    seen (K,) bool. layout: of a quadruped. scale: pixels per unit of the standing figure.
    """
    figure = _laid_over(relative, seen, layout, scale)
    near = _neighbours(layout)
    placed = seen.copy()
    waiting = [k for k in range(len(layout)) if not seen[k]]
    while waiting:
        # those with the most neighbours first: a shoulder between neck and elbow before the elbow of a leg not seen
        k = max(waiting, key=lambda k: sum(placed[j] for j in near[k]))
        waiting.remove(k)
        around = [j for j in near[k] if placed[j]]
        off = np.mean([relative[:, j] - figure[:, j] for j in around], axis=0) if around else 0.0
        relative[:, k] = figure[:, k] + off
        if _is(layout.names[k], _ON_THE_HEAD):
            _on_the_head(relative, seen, layout, k)
        else:
            _within_reach(relative, seen, layout, k, scale)
        placed[k] = True


def facing(relative: np.ndarray, seen: np.ndarray, layout: Layout) -> np.ndarray:
    """(T,) how far the front of the animal is to the left of its back, in pixels; 0 where nobody can tell."""
    sides = []
    for words in (_FRONT, _BACK):
        chosen = [k for k, name in enumerate(layout.names) if seen[k] and _is(name, words)]
        sides.append(relative[:, chosen, 0].mean(axis=1) if chosen else None)
    if sides[0] is None or sides[1] is None:
        return np.zeros(len(relative))
    return sides[1] - sides[0]


def _laid_over(relative: np.ndarray, seen: np.ndarray, layout: Layout, scale: float) -> np.ndarray:
    """(T,K,2) the standing figure of the layout laid over the points that are seen, by weighted least squares."""
    upright = layout.upright
    weight = np.array([_weight(name) for name in layout.names]) * seen
    towards = np.where(facing(relative, seen, layout) < 0, -1.0, 1.0)
    middle = weight @ upright / weight.sum()
    shape = upright - middle  # (K,2)
    known = np.where(seen[:, None], relative, 0.0)
    centre = np.einsum("k,tkc->tc", weight, known) / weight.sum()
    there = known - centre[:, None]  # those not seen have no weight
    # axes (T,2,2): rows are where the figure's x and y go. Where the points do not tell, upright and of the usual size.
    usual = scale * np.stack([np.stack([towards, 0 * towards], -1), np.stack([0 * towards, towards**2], -1)], axis=1)
    spread = (weight[:, None] * shape).T @ shape + _PRIOR * np.diag([0.3, 0.3])
    axes = np.linalg.solve(spread, np.einsum("k,ka,tkc->tac", weight, shape, there) + _PRIOR * 0.3 * usual)
    return centre[:, None] + np.einsum("ka,tac->tkc", shape, axes)


def _on_the_head(relative: np.ndarray, seen: np.ndarray, layout: Layout, k: int) -> None:
    """Put a point of the head where it is on the line from the nose to the neck, above it as heads are held."""
    ends = [layout.names.index(name) if name in layout.names else -1 for name in ("nose", "neck")]
    if min(ends) < 0 or not seen[ends].all():
        return
    nose, neck = ends
    figure, line = layout.upright, relative[:, neck] - relative[:, nose]
    usual = figure[neck] - figure[nose]
    along, across = np.array([[usual[0], usual[1]], [usual[1], -usual[0]]]) @ (figure[k] - figure[nose])
    along, across = along / (usual @ usual), across / (usual @ usual)
    # the side of the line that is up; it fades to none where the head points straight up, down or at the camera
    length = np.linalg.norm(line, axis=-1, keepdims=True)
    side = np.clip(2 * line[:, :1] / np.maximum(length, 1e-6), -1, 1)
    normal = np.stack([line[:, 1], -line[:, 0]], axis=-1)
    relative[:, k] = relative[:, nose] + along * line + across * side * normal


def _within_reach(relative: np.ndarray, seen: np.ndarray, layout: Layout, k: int, scale: float) -> None:
    """Pull a placed joint towards the next one of its leg where that is farther off than the bone is long."""
    for other in (layout.parents[k], *(child for parent, child in layout.bones if parent == k)):
        if other < 0 or not seen[other] or _weight(layout.names[other]) > 2:
            continue
        reach = _LONGEST_BONE * scale * np.linalg.norm(layout.upright[k] - layout.upright[other])
        step = relative[:, k] - relative[:, other]
        length = np.linalg.norm(step, axis=-1, keepdims=True)
        relative[:, k] = relative[:, other] + step * np.minimum(1.0, reach / np.maximum(length, 1e-6))


def _neighbours(layout: Layout) -> list[list[int]]:
    near: list[list[int]] = [[] for _ in layout.names]
    for one, other in layout.bones:
        near[one].append(other)
        near[other].append(one)
    return near


def _weight(name: str) -> float:
    if name in _TRUNK:
        return _TRUNK[name]
    if name in _TAIL:
        return 0.05
    return next((value for part, value in _LEG.items() if name.endswith(part)), _HEAD)


def _is(name: str, words: tuple[str, ...]) -> bool:
    return any(word in name for word in words)
