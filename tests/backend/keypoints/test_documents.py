# SPDX-License-Identifier: GPL-3.0-or-later
import os
import pickle

import pytest

from backend.keypoints import documents
from backend.keypoints.documents import load_document
from backend.keypoints.errors import KeypointError


class Trap:
    """A pickle of it runs a command when it is read."""

    def __init__(self, command):
        self.command = command

    def __reduce__(self):
        return os.system, (self.command,)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b" \n\t", "is empty"),
        (b"these are not keypoints", "not valid JSON"),
        (b'{"people": [', "not valid JSON"),
        (b"\xff\xfe{\0}\0", "not text in UTF-8"),
        (bytes(range(256)) * 10, "not text in UTF-8"),
        (b'{"name": "\xe9"}', "not text in UTF-8"),
        (b"PK\x03\x04 but no archive", "damaged or incomplete"),
        (b"\x93NUMPY\x01\x00", "save the keypoints as an .npz"),
        (b"\x89HDF\r\n\x1a\n", "HDF5"),
        (b"\0\0\0\x18ftypmp42", "a video"),
        (b"[" * 200_000, "nested far too deeply"),
        (b'{"a":' * 200_000, "nested far too deeply"),
        (b"[1" + b"0" * 5000 + b"]", "too large"),
    ],
)
def test_what_is_no_document_is_refused_in_one_line(tmp_path, content, says):
    path = tmp_path / "clip.json"
    path.write_bytes(content)
    with pytest.raises(KeypointError, match=says) as error:
        load_document(path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_is_refused_whatever_its_name_and_never_run(tmp_path, protocol):
    path = tmp_path / "clip.json"
    path.write_bytes(pickle.dumps(Trap(f"touch {tmp_path}/ran"), protocol=protocol))
    with pytest.raises(KeypointError, match="pickle" if protocol >= 2 else "not valid JSON"):
        load_document(path)
    assert not (tmp_path / "ran").exists()


def test_a_byte_order_mark_is_no_obstacle(tmp_path):
    path = tmp_path / "clip.json"
    path.write_bytes(b"\xef\xbb\xbf[1]")
    assert load_document(path) == [1]


def test_paths_that_cannot_be_read(tmp_path):
    with pytest.raises(KeypointError, match="No such file"):
        load_document(tmp_path / "nothing.json")
    with pytest.raises(KeypointError, match="not a valid path"):
        load_document(tmp_path / "a\0b")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(KeypointError, match="not an ordinary file"):
        load_document(tmp_path / "pipe")


def test_huge_files_are_refused_unread(tmp_path, monkeypatch):
    monkeypatch.setattr(documents, "LARGEST_FILE", 100)
    path = tmp_path / "clip.json"
    path.write_text("[" + "1," * 100 + "1]")
    with pytest.raises(KeypointError, match="up to 1 GB"):
        load_document(path)
