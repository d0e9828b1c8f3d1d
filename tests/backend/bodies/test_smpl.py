# SPDX-License-Identifier: GPL-3.0-or-later
import time

import pytest
import roma
import torch

from backend.bodies import BodyError
from backend.bodies.skeleton import joint
from backend.bodies.smpl import KEYPOINT_ROWS, load_body


def random_pose(count: int, seed: int = 0):
    generator = torch.Generator().manual_seed(seed)
    rotations = roma.rotvec_to_rotmat(torch.randn(count, 24, 3, generator=generator) * 0.6)
    return rotations, torch.randn(count, 10, generator=generator), torch.randn(count, 3, generator=generator)


def test_the_fast_path_equals_smplx(body):
    rotations, betas, place = random_pose(7)
    posed = body.forward(rotations, betas, place)
    joints, keypoints = body.keypoints(rotations, betas, place)
    torch.testing.assert_close(joints, posed.joints, atol=2e-6, rtol=0)
    torch.testing.assert_close(keypoints, posed.keypoints, atol=2e-6, rtol=0)
    assert posed.vertices.shape == (7, len(body.fields["v_template"]), 3)


def test_smplx_itself_called_with_axis_angles_gives_the_same(body):
    rotations, betas, place = random_pose(3, seed=1)
    turns = roma.rotmat_to_rotvec(rotations)
    out = body.model(betas=betas, global_orient=turns[:, 0], body_pose=turns[:, 1:].flatten(1), transl=place)
    joints, keypoints = body.keypoints(rotations, betas, place)
    torch.testing.assert_close(out.joints[:, :24], joints, atol=2e-5, rtol=0)
    # smplx's joints 24.. are nose, right eye, left eye, right ear, left ear; OpenPose's 0 and 14.. the same
    torch.testing.assert_close(out.joints[:, 24:29], keypoints[:, [0, 14, 15, 16, 17]], atol=2e-5, rtol=0)


def test_one_shape_serves_all_frames_and_many_frames_go_in_parts(body):
    rotations, betas, place = random_pose(1)
    rotations, place = rotations.expand(130, 24, 3, 3), place.expand(130, 3)
    posed = body.forward(rotations, betas[0], place)
    assert posed.keypoints.shape == (130, 18, 3)
    torch.testing.assert_close(posed.keypoints[0], posed.keypoints[129])
    torch.testing.assert_close(posed.joints, body.keypoints(rotations, betas[0], place)[0], atol=2e-6, rtol=0)


def test_keypoints_are_openposes_points(body):
    names = ["right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow", "left_wrist",
             "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle"]  # fmt: skip
    assert list(KEYPOINT_ROWS[2:14]) == [joint(name) for name in names]
    rest = torch.eye(3).expand(1, 24, 3, 3)
    joints, points = (out[0] for out in body.keypoints(rest, torch.zeros(10), torch.zeros(1, 3)))
    torch.testing.assert_close(points[1], (joints[16] + joints[17]) / 2)
    nose, right_eye, left_eye, right_ear, left_ear = points[[0, 14, 15, 16, 17]]
    assert nose[2] > right_eye[2] > right_ear[2] and nose[0] == 0  # the face looks along +Z
    assert left_ear[0] > left_eye[0] > 0 > right_eye[0] > right_ear[0]  # x to the body's left
    torch.testing.assert_close(left_ear, right_ear * torch.tensor([-1.0, 1, 1]))
    assert points[:, 1].max() > 0.4 and joints[0].abs().max() < 0.25  # Y up, origin near the pelvis


def test_translation_is_added_after_posing(body):
    rotations, betas, place = random_pose(2)
    joints = body.keypoints(rotations, betas, place)[0]
    torch.testing.assert_close(joints[:, 0], body.rest_joints(betas)[:, 0] + place)


def test_gradients_flow_to_rotations_betas_and_translation(body):
    rotations, betas, place = (tensor[:1].double().requires_grad_() for tensor in random_pose(1))
    double = load_body()
    double.model.double()
    double.to("cpu")

    def points(r, b, t):
        return double.keypoints(r, b, t)[1]

    assert torch.autograd.gradcheck(points, (rotations, betas, place), atol=1e-6, fast_mode=True)


def test_sixty_thousand_frames_are_quick(body):
    rotations, _, place = random_pose(1)
    start = time.process_time()
    body.keypoints(rotations.expand(60_000, 24, 3, 3), torch.zeros(10), place.expand(60_000, 3))
    assert time.process_time() - start < 15  # about 2 s on one core; the mesh would take minutes


def test_loading_prints_nothing(capsys):
    load_body()
    assert capsys.readouterr().out == ""


def test_stature_is_the_height_of_the_mesh(body):
    betas = torch.randn(3, 10, generator=torch.Generator().manual_seed(0))
    shaped = body.model.v_template + torch.einsum("nb,vcb->nvc", betas, body.model.shapedirs)
    torch.testing.assert_close(body.stature(betas), shaped[..., 1].amax(1) - shaped[..., 1].amin(1))


@pytest.mark.parametrize(("rotations", "betas", "place"), [
    ((2, 24, 3), (10,), (2, 3)), ((2, 24, 3, 3), (9,), (2, 3)), ((2, 24, 3, 3), (10,), (3, 3)),
])  # fmt: skip
def test_wrong_shapes_give_one_line(body, rotations, betas, place):
    with pytest.raises(BodyError, match="Expected"):
        body.keypoints(torch.zeros(rotations), torch.zeros(betas), torch.zeros(place))


def test_an_unknown_gender_gives_one_line():
    with pytest.raises(BodyError, match="neutral, male, female"):
        load_body(gender="x")
