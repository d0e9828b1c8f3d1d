# SPDX-License-Identifier: GPL-3.0-or-later
"""A server of the tests' own with a model to be fetched, and the catalogue that names it."""

import contextlib
import hashlib
import http.server
import json
import threading
from pathlib import Path

from backend.video.model_catalogue import CatalogueEntry

MODEL = bytes(range(256)) * 4000  # a megabyte


class Server(http.server.BaseHTTPRequestHandler):
    """/whole, /other (as long), /longer, /broken (breaks off), /endless (tells no length, and more than it should)."""

    def do_GET(self):
        if self.path == "/none":
            self.send_error(404)
            return
        body = {"/other": MODEL[::-1], "/longer": MODEL + b"more", "/endless": MODEL * 2}.get(self.path, MODEL)
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
