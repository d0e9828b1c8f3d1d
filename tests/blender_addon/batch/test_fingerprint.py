# SPDX-License-Identifier: GPL-3.0-or-later
"""A hash that changes with every byte and name that counts, and with nothing else."""

import hashlib

from blender_addon.batch.fingerprint import fingerprint


def test_a_files_hash_is_its_contents_wherever_it_lies(tmp_path):
    (tmp_path / "a.json").write_bytes(b"x" * 3_000_000)
    (tmp_path / "b.json").write_bytes(b"x" * 3_000_000)
    assert fingerprint(tmp_path / "a.json") == fingerprint(tmp_path / "b.json")
    assert fingerprint(tmp_path / "a.json") == hashlib.sha256(b"x" * 3_000_000).hexdigest()


def test_a_folders_hash_changes_with_bytes_names_and_files_that_count(tmp_path):
    (tmp_path / "1.json").write_text("a")
    (tmp_path / "2.json").write_text("b")
    before = fingerprint(tmp_path, (".json",))
    (tmp_path / "notes.txt").write_text("c")
    (tmp_path / ".hidden.json").write_text("d")
    assert fingerprint(tmp_path, (".json",)) == before != fingerprint(tmp_path)
    (tmp_path / "1.json").write_text("")
    (tmp_path / "2.json").write_text("ab")
    assert fingerprint(tmp_path, (".json",)) != before
    (tmp_path / "1.json").write_text("a")
    (tmp_path / "2.json").rename(tmp_path / "3.json")
    (tmp_path / "3.json").write_text("b")
    assert fingerprint(tmp_path, (".json",)) != before
