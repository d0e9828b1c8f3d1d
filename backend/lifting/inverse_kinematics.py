# SPDX-License-Identifier: GPL-3.0-or-later
"""A first pose in closed form: the rotations of a body whose 18 keypoints are given, one frame at a time.

Trunk and head come from frames spanned by the points, limbs from their directions and the plane in which they bend.
"""

import torch
from torch import Tensor

from ..bodies.skeleton import JOINT_COUNT, PARENTS, joint
from ..geometry.rotations import axis_angle_to_matrix, matrix_to_axis_angle, swing
from ..keypoints.layouts import LAYOUTS

_POINT = LAYOUTS["openpose18"].names.index
#: First bone, second bone, end of each limb (joint names without the side), and the axis about which it bends in the
#: rest pose on the left; on the right the mirror image.
_LIMBS = ((("shoulder", "elbow", "wrist"), (0.0, -1.0, 0.0)), (("hip", "knee", "ankle"), (1.0, 0.0, 0.0)))
#: How much the rest pose's bending plane counts beside the sine of the bend: a straight limb shows no plane.
_NEUTRAL = 0.25
#: The largest turn in radians between pelvis and chest; more is noise on the hips.
_TWIST = 0.8


def initial_pose(keypoints: Tensor, rest: Tensor, face: Tensor) -> tuple[Tensor, Tensor]:
    """Rotations (..., 24, 3, 3), local and global first, and translation (..., 3) of keypoints (..., 18, 3).

    keypoints: world, Z up, metres, smoothed; rest (..., 24, 3) rest joints and face (..., 5, 3) rest points of nose,
    right eye, left eye, right ear, left ear, Y up, broadcast over the frames. Wrists, hands and feet stay neutral.
    """
    left, right = keypoints[..., _POINT("left_hip"), :], keypoints[..., _POINT("right_hip"), :]
    neck, hips = keypoints[..., _POINT("neck"), :], (left + right) / 2
    shoulders = keypoints[..., _POINT("left_shoulder"), :] - keypoints[..., _POINT("right_shoulder"), :]
    rest_neck = (rest[..., joint("left_shoulder"), :] + rest[..., joint("right_shoulder"), :]) / 2
    rest_hips = (rest[..., joint("left_hip"), :] + rest[..., joint("right_hip"), :]) / 2
    across = torch.tensor([1.0, 0, 0], device=keypoints.device)
    upright = _frame(rest_neck - rest_hips, across)
    # Hips are narrow and noisy: the shoulders help to say where the pelvis faces.
    pelvis = _frame(neck - hips, _unit(left - right) + 0.5 * _unit(shoulders)) @ upright.transpose(-1, -2)
    chest = _frame(neck - hips, shoulders) @ upright.transpose(-1, -2)
    world: list[Tensor] = [pelvis] * JOINT_COUNT
    bend = matrix_to_axis_angle(pelvis.transpose(-1, -2) @ chest)
    bend = bend * (_TWIST / bend.norm(dim=-1, keepdim=True).clamp_min(_TWIST))
    for part, name in enumerate(("spine1", "spine2", "spine3"), 1):
        world[joint(name)] = pelvis @ axis_angle_to_matrix(bend * part / 3)
    chest = world[joint("spine3")]
    for side in ("left", "right"):
        world[joint(f"{side}_collar")] = chest
    head = _head(keypoints, chest, face, rest[..., joint("head"), :], rest_neck)
    half = matrix_to_axis_angle(chest.transpose(-1, -2) @ head) / 2
    world[joint("neck")], world[joint("head")] = chest @ axis_angle_to_matrix(half), head
    for (first, second, end), axis in _LIMBS:
        for side in ("left", "right"):
            hinge = torch.tensor(axis, device=keypoints.device) * (1 if side == "left" or first == "hip" else -1)
            names = [f"{side}_{part}" for part in (first, second, end)]
            before = chest if first == "shoulder" else pelvis
            bones = _limb(keypoints, rest, names, before, hinge, knee=first == "hip")
            world[joint(names[0])], world[joint(names[1])] = bones
            for last in (names[2], f"{side}_hand" if first == "shoulder" else f"{side}_foot"):
                world[joint(last)] = world[joint(names[1])]
    world = torch.stack(torch.broadcast_tensors(*world), -3)
    local = world[..., list(PARENTS[1:]), :, :].transpose(-1, -2) @ world[..., 1:, :, :]
    rest_middle = (rest_hips - rest[..., 0, :]).expand(hips.shape)
    translation = hips - (pelvis @ rest_middle[..., None])[..., 0] - rest[..., 0, :]
    return torch.cat([world[..., :1, :, :], local], -3), translation


def _limb(keypoints, rest, names, before, hinge, knee):
    """World rotations (..., 3, 3) of the two bones of a limb."""
    bones = [
        (keypoints[..., _POINT(b), :] - keypoints[..., _POINT(a), :], rest[..., joint(b), :] - rest[..., joint(a), :])
        for a, b in zip(names[:-1], names[1:], strict=True)
    ]
    (upper, rest_upper), (lower, rest_lower) = bones
    upper, lower = _unit(upper), _unit(lower)
    plain = swing((before @ rest_upper.expand(upper.shape)[..., None])[..., 0], upper) @ before
    neutral = plain @ hinge
    plane = torch.linalg.cross(upper, lower)
    if knee:  # a knee that seems to bend backwards is noise
        plane = plane - (plane * neutral).sum(-1, keepdim=True).clamp(max=0) * neutral
    plane = plane + _NEUTRAL * neutral
    return tuple(
        _frame(bone, plane) @ _frame(rest_bone, hinge).transpose(-1, -2)
        for bone, rest_bone in ((upper, rest_upper), (lower, rest_lower))
    )


def _head(keypoints, chest, face, rest_head, rest_neck):
    """World rotation (..., 3, 3) of the head: the face's points about the neck, pulled towards the chest's."""
    order = [_POINT(name) for name in ("nose", "right_eye", "left_eye", "right_ear", "left_ear")]
    seen = keypoints[..., order, :]
    covariance = (seen - seen.mean(-2, keepdim=True)).transpose(-1, -2) @ (face - face.mean(-2, keepdim=True))
    above = seen.mean(-2) - keypoints[..., _POINT("neck"), :]
    covariance = covariance + 0.5 * above[..., None] * (face.mean(-2) - rest_neck)[..., None, :]
    u, s, v = torch.linalg.svd(covariance + 0.004 * chest)
    sign = torch.det(u @ v)
    return torch.cat([u[..., :2], u[..., 2:] * sign[..., None, None]], -1) @ v


def _frame(first: Tensor, second: Tensor) -> Tensor:
    """Right-handed frames (..., 3, 3) as columns: along first, across in the plane of second, and their normal."""
    x = _unit(first)
    y = _unit(second - (second * x).sum(-1, keepdim=True) * x)
    x, y = torch.broadcast_tensors(x, y)
    return torch.stack([x, y, torch.linalg.cross(x, y)], -1)


def _unit(vector: Tensor) -> Tensor:
    return torch.nn.functional.normalize(vector, dim=-1, eps=1e-9)
