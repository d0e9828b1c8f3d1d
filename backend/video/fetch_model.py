# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetch a model of a catalogue: whole and checked by its hash, or not at all."""

import hashlib
import http.client
import os
import ssl
import urllib.error
import urllib.request
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from ..errors import UserError
from ..progress import Progress, silent
from ..whole_file import disk_full, temporary_name
from .model_catalogue import CatalogueEntry

STAGE = "Fetching"
_CHUNK = 1 << 18
_SILENCE = 30.0  # seconds without a byte
_UNIT = 1000  # progress counts kilobytes


class FetchError(UserError):
    """A model that could not be fetched; nothing of it is left."""


def fetch_model(entry: CatalogueEntry, folder: Path, progress: Progress = silent) -> Path:
    """The file of a catalogue's model, in the folder: fetched, or there already. Raises FetchError; Cancelled if
    ``progress`` does. Whatever happens, there is the whole model under its name, or what there was before."""
    path = folder / entry.file
    total = -(-(entry.archive or entry).size // _UNIT)
    progress(STAGE, 0, total)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.exists():
            if _hash_of(path) == entry.sha256.lower():
                progress(STAGE, total, total)
                return path
            raise FetchError(f"another file is called {path}: move it away, then fetch {entry.name} again")
        draft = temporary_name(path)
        packed = draft.with_suffix(".zip")
        try:
            if entry.archive is None:
                _download(entry, entry.size, entry.sha256, draft, progress, total)
            else:
                _download(entry, entry.archive.size, entry.archive.sha256, packed, progress, total)
                _unpack(entry, packed, draft)
            os.replace(draft, path)
        finally:
            draft.unlink(missing_ok=True)
            packed.unlink(missing_ok=True)
    except OSError as error:
        why = "there is no room on the disk" if disk_full(error) else error.strerror or str(error)
        raise FetchError(f"{entry.name} cannot be kept in {folder}: {why}") from None
    progress(STAGE, total, total)
    return path


def _download(
    entry: CatalogueEntry, size: int, sha256: str, draft: Path, progress: Progress, total: int
) -> None:  # fmt: skip
    """Stream what is at its address into a file. Raises FetchError for what is not what the catalogue says, OSError of
    the file alone."""
    digest, came = hashlib.sha256(), 0
    with _opened(entry) as answer, open(draft, "wb") as file:
        told = answer.headers.get("Content-Length", "")
        if told.isdigit() and int(told) != size:
            raise FetchError(_not_the_one(entry, f"it has {int(told):,} bytes and not {size:,}"))
        while chunk := _read(answer, entry):
            came += len(chunk)
            if came > size:
                raise FetchError(_not_the_one(entry, f"it has more than {size:,} bytes"))
            digest.update(chunk)
            file.write(chunk)
            progress(STAGE, min(came // _UNIT, total - 1), total)
        file.flush()
        os.fsync(file.fileno())
    if came < size:
        raise FetchError(f"the connection broke off after {came:,} of {size:,} bytes of {entry.name}: try again")
    if digest.hexdigest() != sha256.lower():
        raise FetchError(_not_the_one(entry, "its SHA-256 is another than the catalogue's"))


def _unpack(entry: CatalogueEntry, packed: Path, draft: Path) -> None:
    """The model out of its archive into a file. Raises FetchError where it is not in there; OSError."""
    digest, came = hashlib.sha256(), 0
    try:
        with zipfile.ZipFile(packed) as archive:
            found = [each for each in archive.infolist() if PurePosixPath(each.filename).name == entry.archive.member]
            if len(found) != 1:
                raise FetchError(_not_the_one(entry, f"it holds {len(found)} files called {entry.archive.member}"))
            with archive.open(found[0]) as source, open(draft, "wb") as file:
                while (chunk := source.read(_CHUNK)) and came <= entry.size:
                    came += len(chunk)
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise FetchError(_not_the_one(entry, f"it is no archive that can be opened ({str(error)[:60]})")) from None
    if came != entry.size or digest.hexdigest() != entry.sha256.lower():
        raise FetchError(_not_the_one(entry, "the model in it is another than the catalogue's"))


def _opened(entry: CatalogueEntry) -> http.client.HTTPResponse:
    request = urllib.request.Request(entry.address, headers={"User-Agent": "lift3d", "Accept-Encoding": "identity"})
    try:
        return urllib.request.urlopen(request, timeout=_SILENCE, context=_trusted())
    except urllib.error.HTTPError as error:
        raise FetchError(f"{entry.address} answers {error.code} {error.reason}: is the model still there?") from None
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise FetchError(f"{entry.address} cannot be reached ({reason}): is this computer online?") from None


def _read(answer: http.client.HTTPResponse, entry: CatalogueEntry) -> bytes:
    try:
        return answer.read(_CHUNK)
    except (OSError, http.client.HTTPException) as error:
        said = f"{type(error).__name__} {error}".strip()
        raise FetchError(f"the connection broke off while {entry.name} came ({said[:80]}): try again") from None


def _trusted() -> ssl.SSLContext:
    """Whom to believe: Blender's Python brings no certificates where the system has none for it."""
    try:
        import certifi
    except ImportError:
        return ssl.create_default_context()
    return ssl.create_default_context(cafile=certifi.where())


def _not_the_one(entry: CatalogueEntry, why: str) -> str:
    return f"what {entry.address} gave is not {entry.name}: {why}; nothing of it was kept"


def _hash_of(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
