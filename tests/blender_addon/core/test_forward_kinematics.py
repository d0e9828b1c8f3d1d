# SPDX-License-Identifier: GPL-3.0-or-later
"""The oracle against its own oracle: smplx, on the bundled body."""

import numpy as np
import pytest

from blender_addon import places
from blender_addon.core.body_family import SMPL
from blender_addon.core.body_file import read_body
from blender_addon.core.forward_kinematics import joint_transforms, skinned_vertices
from tests.blender.synthetic import swinging

torch, smplx = pytest.importorskip("torch"), pytest.importorskip("smplx")


def test_joints_and_skin_equal_smplx_without_pose_correctives():
    with np.load(places.find(SMPL.body)) as file:
        arrays = {name: file[name] for name in file.files}
    arrays["posedirs"] = np.zeros_like(arrays["posedirs"])
    body, betas = read_body(), np.linspace(-1, 1, 10)
    poses, trans = swinging(6)
    model = smplx.SMPL(None, data_struct=smplx.utils.Struct(**arrays), batch_size=6, num_betas=10, dtype=torch.float64)
    tensors = [torch.tensor(value) for value in (poses, trans, np.broadcast_to(betas, (6, 10)))]
    truth = model(
        global_orient=tensors[0][:, 0], body_pose=tensors[0][:, 1:].flatten(1), transl=tensors[1], betas=tensors[2]
    )
    vertices, rest = body.shaped(betas)
    rotations, joints = joint_transforms(poses, trans, rest, body.parents)
    np.testing.assert_allclose(joints, truth.joints[:, :24].detach().numpy(), atol=1e-6)
    skin = skinned_vertices(rotations, joints, vertices, rest, body.weights)
    np.testing.assert_allclose(skin, truth.vertices.detach().numpy(), atol=1e-6)
