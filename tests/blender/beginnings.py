# SPDX-License-Identifier: GPL-3.0-or-later
"""How the files of each format that a batch writes begin; a .blend is compressed by Zstandard."""

BEGINNINGS = {
    "blend": b"\x28\xb5\x2f\xfd",
    "fbx": b"Kaydara FBX Binary",
    "bvh": b"HIERARCHY",
    "glb": b"glTF",
    "usd": b"PXR-USDC",
    "npz": b"PK",
}
