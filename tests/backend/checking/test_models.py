# SPDX-License-Identifier: GPL-3.0-or-later
"""Which models are at hand and under which licence, on folders made for the purpose."""

import pytest

from backend.checking.models import models, sentences


@pytest.fixture
def assets(tmp_path):
    tmp_path = tmp_path / "assets"
    (tmp_path / "bodies").mkdir(parents=True)
    (tmp_path / "bodies/human.npz").write_bytes(b"x" * 1_500_000)
    (tmp_path / "bodies/README.md").write_text("# Body\n\n**Licence:** GPL,\nour own.\n\nMore.\n", encoding="utf-8")
    (tmp_path / "checkpoints/human").mkdir(parents=True)
    for name in ("line.safetensors", "multiview.safetensors"):
        (tmp_path / "checkpoints/human" / name).write_bytes(b"x" * 1_000_000)
    return tmp_path


def test_models_come_with_their_size_and_the_licence_on_their_card(assets):
    body, network, _ = models(assets)
    assert body == {"file": "bodies/human.npz", "megabytes": 1.5, "licence": "GPL, our own."}
    assert network["file"] == "checkpoints/human/line.safetensors"
    assert network["licence"] == "no card beside the file"


def test_the_users_folders_hold_models_or_are_some(assets, tmp_path):
    mine = tmp_path / "mine"
    (mine / "dancer").mkdir(parents=True)
    (mine / "dancer/multiview.safetensors").write_bytes(b"x")
    (mine / "dancer/README.md").write_text("Licence: all mine. Ask me.")
    file = (mine / "dancer/multiview.safetensors").as_posix()
    expected = {"file": file, "megabytes": 0, "licence": "all mine. Ask me."}
    for folders in ([mine], [mine / "dancer"], [mine, mine / "dancer"], [tmp_path / "nowhere", mine]):
        assert models(assets, folders)[3:] == [expected]


def test_a_model_is_one_line(assets):
    (assets / "checkpoints/human/README.md").write_text("Licence: CC BY-SA 3.0, the strictest. Thanks to all.")
    assert sentences(models(assets)) == [
        "Model bodies/human.npz (1.5 MB): GPL",
        "Model checkpoints/human (2.0 MB): CC BY-SA 3.0",
    ]
