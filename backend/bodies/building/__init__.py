# SPDX-License-Identifier: GPL-3.0-or-later
"""What the open bodies are built with, whatever their joints: clay, mesh, skinning, regressor, pose correctives."""
