# SPDX-License-Identifier: GPL-3.0-or-later
"""The left leg, foot, arm and hand, in the figure's frame: metres, floor at y = 0."""

import numpy as np

from ..building.solids import Solid, ellipsoid, rod, sweep, union

#: height, inner x, outer x, front z, back z
_LEG = (
    (0.930, 0.030, 0.160, 0.080, -0.080),
    (0.880, 0.016, 0.170, 0.087, -0.092),
    (0.820, 0.013, 0.173, 0.090, -0.090),
    (0.760, 0.014, 0.171, 0.091, -0.082),
    (0.700, 0.019, 0.166, 0.089, -0.074),
    (0.620, 0.030, 0.158, 0.081, -0.064),
    (0.550, 0.042, 0.151, 0.068, -0.055),
    (0.500, 0.047, 0.149, 0.058, -0.050),
    (0.470, 0.049, 0.148, 0.054, -0.049),
    (0.430, 0.047, 0.147, 0.045, -0.058),
    (0.380, 0.043, 0.147, 0.036, -0.076),
    (0.330, 0.043, 0.147, 0.028, -0.085),
    (0.270, 0.047, 0.142, 0.020, -0.082),
    (0.210, 0.053, 0.132, 0.012, -0.072),
    (0.150, 0.060, 0.122, 0.008, -0.062),
    (0.100, 0.062, 0.120, 0.010, -0.062),
    (0.060, 0.062, 0.122, 0.016, -0.064),
)
#: z, inner x, outer x, sole y, upper y
_FOOT = (
    (-0.086, 0.080, 0.102, 0.020, 0.044),
    (-0.076, 0.068, 0.114, 0.007, 0.066),
    (-0.050, 0.061, 0.121, 0.000, 0.085),
    (-0.010, 0.060, 0.124, 0.000, 0.094),
    (0.040, 0.060, 0.138, 0.002, 0.080),
    (0.080, 0.063, 0.152, 0.000, 0.058),
    (0.110, 0.067, 0.158, 0.000, 0.043),
    (0.135, 0.073, 0.156, 0.001, 0.035),
    (0.150, 0.080, 0.150, 0.004, 0.030),
    (0.160, 0.088, 0.140, 0.010, 0.025),
)
#: toe: root (x, z), tip (x, z), radius
_TOES = (
    ((0.088, 0.12), (0.095, 0.165), 0.0135),
    ((0.112, 0.12), (0.118, 0.163), 0.0095),
    ((0.127, 0.11), (0.132, 0.156), 0.0090),
    ((0.139, 0.11), (0.143, 0.145), 0.0085),
    ((0.149, 0.10), (0.152, 0.132), 0.0085),
)
#: x, upper y, lower y, front z, back z
_ARM = (
    (0.110, 1.440, 1.350, 0.030, -0.080),
    (0.165, 1.449, 1.338, 0.032, -0.083),
    (0.200, 1.449, 1.342, 0.030, -0.082),
    (0.250, 1.447, 1.347, 0.026, -0.076),
    (0.310, 1.445, 1.353, 0.021, -0.070),
    (0.370, 1.440, 1.361, 0.013, -0.066),
    (0.420, 1.436, 1.367, 0.007, -0.064),
    (0.450, 1.436, 1.367, 0.010, -0.064),
    (0.500, 1.441, 1.363, 0.016, -0.066),
    (0.560, 1.437, 1.368, 0.011, -0.061),
    (0.620, 1.429, 1.377, 0.004, -0.055),
    (0.670, 1.423, 1.382, 0.003, -0.052),
    (0.700, 1.420, 1.384, 0.006, -0.054),
)
#: x, upper y, lower y, front z, back z
_PALM = (
    (0.680, 1.421, 1.384, 0.003, -0.051),
    (0.700, 1.419, 1.383, 0.008, -0.055),
    (0.730, 1.417, 1.382, 0.015, -0.060),
    (0.760, 1.414, 1.385, 0.017, -0.063),
    (0.774, 1.411, 1.388, 0.014, -0.061),
    (0.782, 1.408, 1.391, 0.010, -0.054),
)
#: finger: knuckle (x, z), tip (x, z), radius at knuckle and tip
_FINGERS = {
    "index": ((0.776, 0.008), (0.852, 0.023), 0.0098, 0.0080),
    "middle": ((0.780, -0.014), (0.866, -0.012), 0.0100, 0.0082),
    "ring": ((0.776, -0.036), (0.855, -0.048), 0.0096, 0.0078),
    "pinky": ((0.766, -0.056), (0.829, -0.080), 0.0088, 0.0070),
}
_HAND_HEIGHT = 1.399


def _boxed(table, along: int, across: tuple[int, int], roundness: float) -> Solid:
    """A sweep from rows (position, low u, high u, low v, high v) whose axis runs down the middle."""
    rows = []
    for t, *edges in table:
        (u0, u1), (v0, v1) = sorted(edges[:2]), sorted(edges[2:])
        rows.append((t, (u0 + u1) / 2, (v0 + v1) / 2, (u1 - u0) / 2, (u1 - u0) / 2, (v1 - v0) / 2, (v1 - v0) / 2))
    return sweep(along, across, sorted(rows), roundness)


def leg() -> Solid:
    """Thigh, knee, calf and foot with heel and toes."""
    shaft = _boxed(_LEG, 1, (0, 2), 2.1)
    foot = _boxed(_FOOT, 2, (0, 1), 2.6)
    toes = [rod((x0, r + 0.004, z0), (x1, r, z1), r, r) for (x0, z0), (x1, z1), r in _TOES]
    kneecap = ellipsoid((0.098, 0.492, 0.040), (0.026, 0.032, 0.022))

    def solid(points: np.ndarray) -> np.ndarray:
        field = union(union(shaft(points), kneecap(points), 0.02), foot(points), 0.03)
        for toe in toes:
            field = union(field, toe(points), 0.008)
        return field

    return solid


def arm() -> Solid:
    """Upper arm, elbow, forearm and hand with four fingers and a thumb; palm down, thumb to the front."""
    shaft, palm = _boxed(_ARM, 0, (1, 2), 2.0), _boxed(_PALM, 0, (1, 2), 2.4)
    deltoid = ellipsoid((0.200, 1.408, -0.022), (0.070, 0.050, 0.058))
    fingers = []
    for (x0, z0), (x1, z1), r0, r1 in _FINGERS.values():
        bend = (x0 + 0.45 * (x1 - x0), _HAND_HEIGHT + 0.001, z0 + 0.45 * (z1 - z0))
        fingers.append(rod((x0 - 0.02, _HAND_HEIGHT, z0), bend, r0, (r0 + r1) / 2))
        fingers.append(rod(bend, (x1, _HAND_HEIGHT - 0.007, z1), (r0 + r1) / 2, r1))
    thumb = (rod((0.708, 1.396, 0.004), (0.748, 1.389, 0.036), 0.016, 0.0125),
             rod((0.748, 1.389, 0.036), (0.786, 1.386, 0.053), 0.0115, 0.0092))  # fmt: skip

    def solid(points: np.ndarray) -> np.ndarray:
        field = union(shaft(points), deltoid(points), 0.03)
        hand = palm(points)
        digits = np.min([finger(points) for finger in fingers], axis=0)
        hand = union(hand, digits, 0.006)
        hand = union(hand, union(thumb[0](points), thumb[1](points), 0.006), 0.012)
        return union(field, hand, 0.015)

    return solid
