"""A bucket that fails as it is told: moto's S3 over HTTP, with its faults in front."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.bench.faults.machine import until

NAME = "masks"
HANGS_SECONDS = 120.0
ERROR = "<?xml version='1.0'?><Error><Code>{code}</Code><Message>told so</Message></Error>"
ANSWERS = {
    "busy": ("503 Slow Down", "SlowDown"), "broken": ("500 Internal Server Error", "InternalError"),
    "denied": ("403 Forbidden", "AccessDenied"), "full": ("507 Insufficient Storage", "XMinioStorageFull"),
}  # fmt: skip
Start = Callable[..., Any]


class Bucket:
    """The server. `do` is what it does to each request: nothing (blank), one of ANSWERS, `cut`, `slow` or `hang`."""

    def __init__(self) -> None:
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
        from werkzeug.serving import make_server

        self.do, self.seconds, self.met = "", 0.0, 0
        self._moto: Callable[[dict[str, Any], Start], Iterable[bytes]] = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", 0, self, threaded=True)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Its address, as `MASKWRIGHT_S3_ENDPOINT` has it."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def env(self) -> dict[str, str]:
        """What an administrator writes to have an installation's files in it."""
        return {
            "MASKWRIGHT_BLOB_BACKEND": "storages.backends.s3.S3Storage", "MASKWRIGHT_S3_BUCKET": NAME,
            "MASKWRIGHT_S3_ENDPOINT": self.url, "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "us-east-1",
        }  # fmt: skip

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Answer as moto does, or as it is told."""
        do = self.do
        if not do:
            return self._moto(environ, start)
        self.met += 1
        if do == "slow":
            time.sleep(self.seconds)
            return self._moto(environ, start)
        if do == "hang":
            until(lambda: self.do != do, HANGS_SECONDS)
        if do in ("cut", "hang"):
            # An error alone would leave the line open, and whoever asked waiting.
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise ConnectionResetError("the line to the bucket is cut")
        status, code = ANSWERS[do]
        body = ERROR.format(code=code).encode()
        start(status, [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))])
        return [body]

    def close(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def bucket() -> Iterator[Bucket]:
    """A server with an empty bucket in it."""
    import logging

    import boto3

    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    made = Bucket()
    try:
        keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
        boto3.client("s3", endpoint_url=made.url, **keys).create_bucket(Bucket=NAME)
        yield made
    finally:
        made.close()
