"""A small site for tests and benchmarks in a real browser: static/ and chosen files, with the app's own headers."""

from __future__ import annotations

import mimetypes
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = b"<!doctype html><html lang='en'><title>Maskwright in a browser</title></html>"
POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; img-src 'self' blob: data:; "
    "style-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm"}
STATIC = {"/static/app/": ROOT / "static" / "app", "/static/vendor/": ROOT / "static" / "vendor"}
Answer = Callable[[str], "bytes | None"]


class Handler(BaseHTTPRequestHandler):
    """Files of the folders it is told of; the blank page at /; everything else from `answer`."""

    protocol_version = "HTTP/1.1"
    folders: Mapping[str, Path] = {}
    isolated = True
    answer: Answer

    def do_GET(self) -> None:
        """Answer one request."""
        path = self.path.split("?")[0]
        body = PAGE if path == "/" else self._body(path)
        self.send_response(200 if body is not None else 404)
        kind = "text/html" if path == "/" else TYPES.get(Path(path).suffix) or mimetypes.guess_type(path)[0]
        self.send_header("Content-Type", kind or "application/octet-stream")
        self.send_header("Content-Length", str(len(body or b"")))
        self.send_header("Content-Security-Policy", POLICY)
        if self.isolated:
            self.send_header("Cross-Origin-Opener-Policy", "same-origin")
            self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
            self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.end_headers()
        self.wfile.write(body or b"")

    def _body(self, path: str) -> bytes | None:
        for prefix, folder in self.folders.items():
            file = folder / path.removeprefix(prefix)
            if path.startswith(prefix) and file.is_file():
                return file.read_bytes()
        return type(self).answer(path)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def site(folders: Mapping[str, Path], *, isolated: bool = True, answer: Answer = lambda _: None) -> Iterator[str]:
    """Serve static/app, static/vendor and `folders` (URL prefix: folder) on a free port; yields the address."""
    body = {"folders": {**STATIC, **folders}, "isolated": isolated, "answer": staticmethod(answer)}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("SiteHandler", (Handler,), body))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
