# SPDX-License-Identifier: GPL-3.0-or-later
"""A procedural person who walks round a curve, stops and waves: the 18 points of openpose18 in 3D.

No motion capture is behind it. The feet come first: planned footsteps with a heel, a flat and a forefoot rocker, so
that a planted foot cannot slide; the pelvis follows them; the knees are where the hips and ankles leave them.
Sources: segment lengths as fractions of stature, Drillis and Contini (1966) in Winter, Biomechanics and Motor Control
of Human Movement, ch. 4; timing, foot angles, pelvis and trunk excursions, arm swing: Winter, ch. 3 and Perry and
Burnfield, Gait Analysis, ch. 3 to 8, rounded. World: metres, Z up, floor at 0.
"""

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline, PchipInterpolator
from scipy.spatial.transform import Rotation

from backend.keypoints.layouts import get_layout

STATURE = 1.74
THIGH, SHANK, ANKLE = 0.245 * STATURE, 0.246 * STATURE, 0.041 * STATURE
UPPER_ARM, FOREARM = 0.178 * STATURE, 0.148 * STATURE
HIP_HALF, SHOULDER_HALF, TRUNK = 0.050 * STATURE, 0.104 * STATURE, 0.288 * STATURE
HEEL, BALL = 0.05, 0.135  # behind and in front of the ankle, on the sole
# Points of the head from the middle of the shoulders: x forward, y left, z up.
FACE = {"nose": (0.115, 0.0, 0.185), "eye": (0.09, 0.032, 0.22), "ear": (0.01, 0.075, 0.2)}

STRIDE_TIME, STEP, STANCE = 1.12, 0.60, 0.62  # seconds, metres, share of the stride
SPEED = 2 * STEP / STRIDE_TIME
FOOT_APART = 0.055  # of a footprint from the line walked
CONTACT = 0.31 * STRIDE_TIME  # from heel strike to the pelvis above the foot
TURN_RADIUS, STRAIGHT = 1.75, 0.4
STEPS = 6
STOP = (STEPS - 1) * STRIDE_TIME / 2 - 0.55  # when the body starts to slow down, seconds
END = (STEPS - 1) * STEP - 0.08  # metres to the last two footprints, side by side
SLOWING = 2 * ((END - 0.045) / SPEED - STOP)  # for how long the body slows down


def smooth(t: np.ndarray, start: float, end: float) -> np.ndarray:
    """0 before start, 1 after end, minimum jerk in between."""
    u = np.clip((np.asarray(t, float) - start) / (end - start), 0, 1)
    return u**3 * (10 - 15 * u + 6 * u**2)


def path(s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points (..., 2) and headings (...) in radians on the line walked, after s metres: straight, then a right turn."""
    s = np.asarray(s, float)
    turn = np.clip((s - STRAIGHT) / TURN_RADIUS, 0, None)
    x = np.minimum(s, STRAIGHT) + TURN_RADIUS * np.sin(turn)
    y = -TURN_RADIUS * (1 - np.cos(turn))
    return np.stack([x, y], -1) + (-1.8, 1.15), -turn


def travelled(t: np.ndarray) -> np.ndarray:
    """Metres the pelvis has gone at time t: steady, then slowing to a stand over the last footprint."""
    t = np.asarray(t, float)
    u = np.clip((t - STOP) / SLOWING, 0, 1)
    # The integral of a smooth fall of speed, 1 - (3u^2 - 2u^3).
    return SPEED * (np.minimum(t, STOP) + SLOWING * (u - u**3 + u**4 / 2))


def pace(t: np.ndarray) -> np.ndarray:
    """Speed at time t as a share of the steady one."""
    u = np.clip((np.asarray(t, float) - STOP) / SLOWING, 0, 1)
    return 1 - 3 * u**2 + 2 * u**3


@dataclass(frozen=True)
class Footprint:
    """One foot on the ground: where its ankle stands when flat, its heading, when it lands and leaves."""

    ankle: np.ndarray
    heading: float
    lands: float
    leaves: float
    strike: float  # degrees of toe-up at landing

    def pitch(self, t: np.ndarray) -> np.ndarray:
        """Foot angle in degrees while on the ground, toes up positive."""
        length = min(self.leaves - self.lands, STANCE * STRIDE_TIME)
        landing = self.strike * (1 - smooth(t, self.lands - 0.1 * length, self.lands + 0.2 * length))
        rise = np.clip((t - (self.leaves - 0.46 * length)) / (0.46 * length), 0, None)
        return landing - 60 * rise**2.2

    def ankle_at(self, t: np.ndarray) -> np.ndarray:
        """Ankle (..., 3) while on the ground: turned about the heel when toes are up, else about the ball."""
        angle = np.radians(self.pitch(t))
        pivot = np.where(angle > 0, -HEEL, BALL)
        along = pivot - pivot * np.cos(angle) - ANKLE * np.sin(angle)
        up = -pivot * np.sin(angle) + ANKLE * np.cos(angle)
        forward = np.array([np.cos(self.heading), np.sin(self.heading), 0])
        flat = self.ankle * (1, 1, 0)
        return flat + along[..., None] * forward + up[..., None] * np.array([0, 0, 1])


def footprints(side: int) -> list[Footprint]:
    """One foot's footprints in time, side +1 left or -1 right: even steps are the right foot's."""
    prints = []
    for k in range(-2, STEPS + 1):
        if (k % 2 == 0) != (side < 0):
            continue
        line, heading = path(min(k * STEP, END))
        forward, left = np.array([np.cos(heading), np.sin(heading)]), np.array([-np.sin(heading), np.cos(heading)])
        stays, closing = k >= STEPS - 1, k == STEPS
        ankle = line + side * (FOOT_APART + 0.035 * stays) * left - 0.085 * forward
        lands = k * STRIDE_TIME / 2 - CONTACT + 0.04 * closing
        leaves = np.inf if stays else lands + STANCE * STRIDE_TIME
        toe_out = np.radians(7) * side
        prints.append(Footprint(np.array([*ankle, ANKLE]), heading + toe_out, lands, leaves, 8 if closing else 20))
    return prints


def ankles(side: int, t: np.ndarray) -> np.ndarray:
    """One foot's ankle (T, 3) at times t (T,), side +1 left or -1 right."""
    out = np.full((len(t), 3), np.nan)
    prints = footprints(side)
    for now, after in zip(prints, [*prints[1:], None], strict=True):
        down = (t >= now.lands) & (t <= now.leaves)
        out[down] = now.ankle_at(t[down])
        if after is not None:
            up = (t > now.leaves) & (t < after.lands)
            out[up] = swing(now, after)(t[up])
    return out


def swing(before: Footprint, after: Footprint) -> CubicSpline:
    """The ankle's way (seconds -> (..., 3)) through the air, leaving and landing with the planted foot's velocity."""
    start, end, tick = before.leaves, after.lands, 1e-3
    a = before.ankle_at(np.array([start - tick, start]))
    b = after.ankle_at(np.array([end, end + tick]))
    length = end - start
    when = start + length * np.array([0, 0.22, 0.55, 0.82, 1])
    share = PchipInterpolator([0, 0.22, 0.55, 0.82, 1], [0, 0.17, 0.56, 0.9, 1])
    points = a[1] + (b[0] - a[1]) * share(np.array([0, 0.22, 0.55, 0.82, 1]))[:, None]
    points[1:4, 2] = (0.178, 0.127, 0.108)
    return CubicSpline(when, points, bc_type=((1, (a[1] - a[0]) / tick), (1, (b[1] - b[0]) / tick)))


def frame(yaw: np.ndarray, pitch: np.ndarray, roll: np.ndarray) -> np.ndarray:
    """Matrices (T, 3, 3) whose columns are a segment's forward, left and up: yaw about Z, lean forward, drop right."""
    angles = np.stack(np.broadcast_arrays(yaw, pitch, roll), -1)
    return Rotation.from_euler("ZYX", angles).as_matrix()


def bend(hip: np.ndarray, ankle: np.ndarray, forward: np.ndarray) -> np.ndarray:
    """Knees (T, 3) between hips and ankles, bent towards `forward`; ValueError when a leg would not reach."""
    axis = ankle - hip
    reach = np.linalg.norm(axis, axis=-1, keepdims=True)
    if (reach > THIGH + SHANK).any():
        raise ValueError(f"a leg of {THIGH + SHANK:.3f} m would have to reach {reach.max():.3f} m")
    axis = axis / reach
    side = forward - (forward * axis).sum(-1, keepdims=True) * axis
    side /= np.linalg.norm(side, axis=-1, keepdims=True)
    along = (reach**2 + THIGH**2 - SHANK**2) / (2 * reach)
    return hip + along * axis + np.sqrt(THIGH**2 - along**2) * side


def person(t: np.ndarray) -> np.ndarray:
    """The 18 points (T, 18, 3) of openpose18 at times t (T,), in seconds from a right mid-stance."""
    phase, walk = 2 * np.pi * t / STRIDE_TIME, pace(t)  # phase 0: right mid-stance; pi: left
    wave = smooth(t, STOP - 0.05, STOP + 0.6)
    ground, heading = path(travelled(t))
    left = np.stack([-np.sin(heading), np.cos(heading)], -1)
    sway = -0.02 * np.cos(phase) * walk + 0.006 * np.sin(2.1 * t + 1) * (1 - walk)
    height = 0.892 + 0.016 * np.cos(2 * phase) * walk + 0.028 * smooth(t, STOP + 0.45, STOP + 1.3)
    pelvis = np.concatenate([ground + sway[:, None] * left, height[:, None]], -1)

    # A leg's own hip leads at its heel strike, a quarter stride before its mid-stance; the swinging leg's hip hangs.
    drop = np.radians(3.5) * np.cos(phase + 0.3) * walk
    hips = frame(heading - np.radians(5) * np.sin(phase) * walk, np.radians(4), -drop)
    # The chest turns and leans against the hips, and away from the raised arm.
    counter = np.radians(6) * np.sin(phase) * walk
    chest = frame(heading + counter, np.radians(5) * walk, 0.026 * drop - np.radians(4) * wave)
    neck = pelvis + hips @ np.array([-0.02, 0, 0.09]) + chest @ np.array([0, 0, TRUNK - 0.09])

    points = {}
    for side, name in ((1, "left"), (-1, "right")):
        hip = pelvis + hips @ np.array([0, side * HIP_HALF, 0])
        ankle = ankles(side, t)
        outward = hips[:, :, 0] + 0.12 * side * hips[:, :, 1]
        points[f"{name}_hip"], points[f"{name}_ankle"] = hip, ankle
        points[f"{name}_knee"] = bend(hip, ankle, outward)
        raised = wave if side < 0 else np.zeros_like(t)
        shrug = np.stack([0 * t, side * SHOULDER_HALF + 0 * t, 0.035 * raised], -1)
        shoulder = neck + np.einsum("tij,tj->ti", chest, shrug)
        forward = -side * np.sin(phase) * walk  # an arm swings with the other side's leg
        points[f"{name}_shoulder"] = shoulder
        points[f"{name}_elbow"], points[f"{name}_wrist"] = arm(shoulder, chest, side, forward, walk, raised, t)
    points["neck"] = (points["right_shoulder"] + points["left_shoulder"]) / 2

    # The eyes hold the camera as far as the neck turns comfortably.
    look = np.clip(-np.pi / 2 - heading, -0.75, 0.75) * smooth(t, -0.5, 1.2)
    head = frame(heading + look, np.radians(6), np.radians(-2) + np.radians(3) * np.sin(5 * t) * wave)
    for name, place in FACE.items():
        for side, label in ((1, f"left_{name}"), (-1, f"right_{name}")) if place[1] else ((1, name),):
            points[label] = neck + head @ (np.array(place) * (1, side, 1))
    return np.stack([points[name] for name in get_layout("openpose18").names], 1)


def arm(shoulder, chest, side, forward, walk, raised, t) -> tuple[np.ndarray, np.ndarray]:
    """Elbow and wrist (T, 3): an arm swinging with `forward` (T,) in -1..1, or `raised` (T,) in 0..1 to wave.

    The arm hangs in the chest's frame. Flexion swings it forward, abduction lifts it sideways, the elbow bends about
    an axis that turns from sideways (swing) to backwards (wave: forearm up, in the plane of the chest).
    """
    flexion = np.radians(2 + 17 * forward) * (1 - raised) + np.radians(20) * raised
    abduction = np.radians(9 + 62 * raised)
    waving = np.radians(24) * np.sin(2 * np.pi * 1.75 * (t - STOP - 0.45)) * smooth(t, STOP + 0.3, STOP + 0.75)
    elbow_bend = np.radians(17 + 11 * walk + 12 * forward) * (1 - raised) + (np.radians(104) + waving) * raised
    twist = np.radians(90) * raised + np.radians(12) * (1 - raised)

    zero = np.zeros_like(flexion)
    down = np.stack([zero, zero, zero - 1], -1)

    def turned(axis: tuple[float, float, float], angle: np.ndarray) -> Rotation:
        return Rotation.from_rotvec(np.asarray(axis) * angle[:, None])

    upper = turned((1, 0, 0), side * abduction) * turned((0, -1, 0), flexion) * turned((0, 0, 1), side * twist)
    fore = upper * turned((0, -1, 0), elbow_bend)
    elbow = shoulder + UPPER_ARM * np.einsum("tij,tj->ti", chest, upper.apply(down))
    return elbow, elbow + FOREARM * np.einsum("tij,tj->ti", chest, fore.apply(down))
