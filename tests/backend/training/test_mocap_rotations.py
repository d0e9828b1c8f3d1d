# SPDX-License-Identifier: GPL-3.0-or-later
import numpy as np
import pytest
import torch

from backend.bodies.skeleton import JOINT_NAMES, forward_kinematics, joint
from backend.bodies.smpl import load_body
from backend.geometry.rotations import (
    axis_angle_to_matrix,
    geodesic,
    matrix_to_axis_angle,
    matrix_to_quaternion,
    quaternion_to_matrix,
)
from backend.training.mocap_rotations import SOURCE, UPRIGHT, folder_rotations, mirrored, read_rotations, smpl_rotations

NAMES = list(SOURCE.values())
LIMBS = [("hip", "knee"), ("knee", "ankle"), ("ankle", "foot"), ("shoulder", "elbow"), ("elbow", "wrist")]


@pytest.fixture(scope="module")
def rest_joints() -> torch.Tensor:
    body = load_body()
    return body.rest_joints(torch.zeros(body.num_betas))


def source_rest(rest_joints: torch.Tensor) -> torch.Tensor:
    """A made-up zero pose (J, 3), Z up: the body's own with legs apart and arms a little forward, as CMU's is."""
    apart = torch.stack([rest_joints[joint(name)] for name in SOURCE])
    for index, name in enumerate(SOURCE):
        side = 1.0 if name.startswith("left") else -1.0
        if name.endswith(("knee", "ankle", "foot")):
            apart[index, 0] += side * 0.35 * (rest_joints[joint("left_hip"), 1] - rest_joints[joint(name), 1])
        if name.endswith(("elbow", "wrist")):
            apart[index, 2] += 0.3 * (rest_joints[joint(name), 0].abs() - 0.17)
    return apart @ UPRIGHT.T


def random_quaternions(frames: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    return matrix_to_quaternion(axis_angle_to_matrix(torch.randn(frames, len(NAMES), 3, generator=generator)))


def test_limbs_point_where_the_sources_do(rest_joints):
    rest, quaternions = source_rest(rest_joints), random_quaternions(6)
    rotations = smpl_rotations(NAMES, quaternions, rest, rest_joints)
    assert rotations.shape == (6, 24, 3, 3)
    placed = forward_kinematics(rotations, rest_joints)[1]
    world = quaternion_to_matrix(quaternions)
    for side in ("left", "right"):
        for a, b in LIMBS:
            a, b = f"{side}_{a}", f"{side}_{b}"
            bone = rest[NAMES.index(SOURCE[b])] - rest[NAMES.index(SOURCE[a])]
            expected = world[:, NAMES.index(SOURCE[a])] @ bone
            found = placed[:, joint(b)] - placed[:, joint(a)]
            cosine = torch.nn.functional.cosine_similarity(expected, found, dim=-1)
            assert cosine.min() > 0.9999, (a, b)


def test_the_same_rest_pose_upright_gives_the_rest_pose_but_for_the_arms_twist(rest_joints):
    rest = torch.stack([rest_joints[joint(name)] for name in SOURCE]) @ UPRIGHT.T
    still = torch.tensor([1.0, 0, 0, 0]).expand(2, len(NAMES), 4)
    rotations = smpl_rotations(NAMES, still, rest, rest_joints)
    assert torch.allclose(rotations[:, 0], UPRIGHT.expand(2, 3, 3), atol=1e-6)
    placed = forward_kinematics(rotations, rest_joints)[1]
    expected = forward_kinematics(torch.eye(3).expand(2, 24, 3, 3), rest_joints)[1]
    pelvis = rest_joints[0]
    # all but the hands, whose short bones turn with the arms' twist
    assert torch.allclose(((placed - pelvis) @ UPRIGHT)[:, :22], (expected - pelvis)[:, :22], atol=1e-5)


def test_mirrored_twice_is_as_before_and_once_mirrors_the_joints(rest_joints):
    rotations = axis_angle_to_matrix(0.5 * torch.randn(4, 24, 3, generator=torch.Generator().manual_seed(2)))
    assert torch.allclose(mirrored(mirrored(rotations)), rotations)
    flip = torch.tensor([-1.0, 1, 1])
    symmetric = (rest_joints + rest_joints[_mirror()] * flip) / 2
    placed = forward_kinematics(rotations, symmetric)[1]
    other = forward_kinematics(mirrored(rotations), symmetric)[1]
    assert torch.allclose(other[:, _mirror()] * flip, placed, atol=1e-5)
    assert torch.equal(mirrored(rotations[:, 1:22]), mirrored(rotations)[:, 1:22])


def _mirror():
    swap = {"left": "right", "right": "left"}
    return [JOINT_NAMES.index("_".join([swap.get(n.split("_")[0], n.split("_")[0]), *n.split("_")[1:]]))
            for n in JOINT_NAMES]  # fmt: skip


def test_clips_without_rotations_are_passed_over(tmp_path, rest_joints):
    clip = {"names": np.array(NAMES), "rest": source_rest(rest_joints).numpy()}
    np.savez(tmp_path / "a.npz", **clip)
    np.savez(tmp_path / "b.npz", rotations=random_quaternions(7).numpy(), **clip)
    assert read_rotations(tmp_path / "a.npz", rest_joints) is None
    assert folder_rotations(tmp_path, rest_joints, every=3).shape == (3, 21, 3, 3)


def test_real_clips_bend_knees_and_elbows_about_their_hinges(shared_data, rest_joints):
    rotations = read_rotations(shared_data / "human" / "test" / "05_09.npz", rest_joints)
    for name, hinge in (("left_knee", [1, 0, 0]), ("right_knee", [1, 0, 0]), ("left_elbow", [0, -1, 0]),
                        ("right_elbow", [0, 1, 0])):  # fmt: skip
        turn = matrix_to_axis_angle(rotations[:, joint(name)])
        bent = turn[turn.norm(dim=-1) > 0.5]
        along = (bent / bent.norm(dim=-1, keepdim=True)) @ torch.tensor(hinge, dtype=torch.float32)
        assert along.median() > 0.95, name
    assert geodesic(rotations[:, joint("left_hand")], torch.eye(3)).max() < 1e-2
