# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the open quadruped body: `python -m backend.bodies.open_quadruped.build [OUT.npz]`."""

import sys

import numpy as np

from ..body_file import BUNDLED_QUADRUPED, write_body_file
from ..building.joint_regressor import follow_joints, joint_regressor
from ..building.relax import relax
from ..building.surface_nets import surface_nets
from ..smal_skeleton import JOINT_COUNT, JOINT_NAMES, MIRROR, PARENTS
from .figure import figure
from .landmarks import named_vertices
from .pose_correctives import pose_correctives
from .proportions import rest_joints
from .shape_directions import NAMES, shape_directions
from .skinning import skin
from .warp import GRID_SIZE, GRID_START, LATERAL, Warp

#: Grid cell in the warped space, metres: sets the number of vertices.
CELL = 0.0097


def build_body() -> dict[str, np.ndarray]:
    """All fields of the body file, from nothing but this package; the same arrays at every run."""
    solid, joints = figure(), rest_joints()
    mesh = relax(surface_nets(solid, Warp(), CELL, GRID_START, GRID_SIZE, LATERAL), solid)
    names = named_vertices(mesh)
    weights = skin(mesh)
    shapes, joint_shapes = shape_directions(mesh, weights)
    # a direction counts by its own size, or the horse's would be all that the regressor heeds
    extent = np.abs(shapes).max(axis=(0, 1))
    regressor = joint_regressor(
        mesh, joints, MIRROR, shapes / extent, joint_shapes / extent, nearest=700, stride=2, displacement=1e3
    )
    shapes = follow_joints(mesh, regressor, shapes, joint_shapes, reach=0.03)
    return {
        "v_template": mesh.vertices.astype(np.float32),
        "f": mesh.triangles.astype(np.int32),
        "weights": weights.astype(np.float32),
        "J_regressor": regressor.astype(np.float32),
        "shapedirs": shapes.astype(np.float32),
        "posedirs": pose_correctives(mesh, weights, joints).astype(np.float32),
        "kintree_table": np.array([PARENTS, range(JOINT_COUNT)], np.int64),
        "joint_names": np.array(JOINT_NAMES),
        "shape_names": np.array(NAMES),
        "vertex_names": np.array(list(names)),
        "vertex_ids": np.array(list(names.values()), np.int64),
    }


if __name__ == "__main__":
    write_body_file(sys.argv[1] if len(sys.argv) > 1 else BUNDLED_QUADRUPED, build_body())
