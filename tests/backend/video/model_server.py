# SPDX-License-Identifier: GPL-3.0-or-later
"""A server of the tests' own with a model to be fetched, and the catalogue that names it."""

import contextlib
import hashlib
import http.server
import io
import json
import threading
import zipfile
from pathlib import Path

from backend.video.model_catalogue import CatalogueEntry

MODEL = bytes(range(256)) * 4000  # a megabyte


def packed(*names: str, content: bytes = MODEL) -> bytes:
    """A .zip with the model under these names."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return data.getvalue()


ARCHIVES = {
    "/zip": packed("readme.md", "20230831/some model/end2end.onnx"),
    "/zip-without": packed("model.onnx"),
    "/zip-twice": packed("a/end2end.onnx", "b/end2end.onnx"),
    "/zip-of-another": packed("a/end2end.onnx", content=MODEL[::-1]),
    "/no-zip": b"no archive at all",
}


class Server(http.server.BaseHTTPRequestHandler):
    """/whole, /other (as long), /longer, /broken (breaks off), /endless (tells no length, and more than it should)."""

    def do_GET(self):
        if self.path == "/none":
            self.send_error(404)
            return
        body = {"/other": MODEL[::-1], "/longer": MODEL + b"more", "/endless": MODEL * 2, **ARCHIVES}.get(
            self.path, MODEL
        )
        self.send_response(200)
        if self.path != "/endless":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body[: len(body) // 2] if self.path == "/broken" else body)
        except OSError:
            pass  # whoever asked has hung up

    def log_message(self, *words):
        pass


@contextlib.contextmanager
def serving():
    """Its address, while it serves."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def made_up(address: str) -> CatalogueEntry:
    digest, where = hashlib.sha256(MODEL).hexdigest(), f"{address}/whole"
    return CatalogueEntry("made-up", "made_up.onnx", where, len(MODEL), digest, "CC0", "person", "a test's")


def write_catalogue(path: Path, address: str) -> Path:
    """A catalogue with that one model, and one that is elsewhere."""
    entry = made_up(address)
    held = {name: getattr(entry, name) for name in entry.__dataclass_fields__}
    elsewhere = [{"purpose": "animal", "about": "Somebody's model of llamas"}]
    document = {"format": "lift3d-model-catalogue", "version": 1, "models": [held], "elsewhere": elsewhere}
    path.write_text(json.dumps(document))
    return path
