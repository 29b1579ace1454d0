"""A registry on this machine with one image of one small layer: https://distribution.github.io/distribution/spec/api/."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
CONFIG = "application/vnd.docker.container.image.v1+json"
LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"


class Registry:
    """Serves whatever name is asked for; `move` gives its tags another image, `offline` none."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}
        self.offline = False
        self.manifest, self.digest = b"", ""
        self.move("first")

    def move(self, content: str) -> None:
        """The tags mean another image from now on."""
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as archive:
            archive.addfile(tarfile.TarInfo(content))
        plain, packed = buffer.getvalue(), gzip.compress(buffer.getvalue(), mtime=0)
        config = {
            "architecture": "amd64",
            "os": "linux",
            "config": {"Cmd": ["/none"]},
            "rootfs": {"type": "layers", "diff_ids": [_digest(plain)]},
        }
        self.manifest = json.dumps(
            {
                "schemaVersion": 2,
                "mediaType": MANIFEST,
                "config": self._blob(json.dumps(config).encode(), CONFIG),
                "layers": [self._blob(packed, LAYER)],
            }
        ).encode()
        self.digest = _digest(self.manifest)
        self.blobs[self.digest] = self.manifest

    def _blob(self, content: bytes, kind: str) -> dict[str, Any]:
        digest = _digest(content)
        self.blobs[digest] = content
        return {"mediaType": kind, "size": len(content), "digest": digest}

    def find(self, path: str) -> tuple[str, bytes] | None:
        """Type and content of what a path names."""
        if path == "/v2/":
            return "application/json", b"{}"
        name = path.rpartition("/")[2]
        if "/manifests/" in path:
            content = self.blobs.get(name) if name.startswith("sha256:") else None if name == "gone" else self.manifest
            return None if content is None else (MANIFEST, content)
        return ("application/octet-stream", self.blobs[name]) if name in self.blobs else None


@contextmanager
def serve(registry: Registry) -> Iterator[str]:
    """Its address while it serves; Docker takes loopback addresses without TLS."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found = None if registry.offline else registry.find(self.path)
            kind, content = found or ("application/json", b'{"errors":[{"code":"MANIFEST_UNKNOWN"}]}')
            self.send_response(503 if registry.offline else 200 if found else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Docker-Content-Digest", _digest(content))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content)

        def do_HEAD(self) -> None:
            self.do_GET()

        def log_message(self, *_words: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _digest(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()
