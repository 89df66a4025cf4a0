"""The proxies' configurations, started as they are shipped but for ports and certificate, before a server that tells
what reached it. Left out where the proxy is not installed."""

from __future__ import annotations

import datetime
import http.client
import http.server
import json
import os
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
NAME = "masks.example.org"
PATIENCE = 60.0


class Behind(http.server.BaseHTTPRequestHandler):
    """Tells the headers it got; below `runs/events/` it sends one event, and the end only when `go_on` is set."""

    go_on: threading.Event

    def do_GET(self) -> None:
        streams = self.path.endswith("/runs/events/")
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream" if streams else "application/json")
        if streams:
            self.send_header("X-Accel-Buffering", "no")
        self.end_headers()
        if streams:
            self.wfile.write(b": first\n\n")
            self.wfile.flush()
            self.go_on.wait(PATIENCE)
        self.wfile.write(json.dumps({name.lower(): value for name, value in self.headers.items()}).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def behind() -> Iterator[http.server.ThreadingHTTPServer]:
    Behind.go_on = threading.Event()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Behind) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        Behind.go_on.set()
        server.shutdown()


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for NAME that nobody vouches for, and its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False).sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    kind = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, *kind))
    return folder / "cert.pem", folder / "key.pem"


def changed(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def nginx(folder: Path, plain: int, secure: int, behind: int) -> list[str]:
    certificate(folder)
    site = changed(
        (DEPLOY / "nginx.conf").read_text(), ("listen 80;", f"listen {plain};"),
        ("listen 443 ssl", f"listen {secure} ssl"), ("127.0.0.1:8000", f"127.0.0.1:{behind}"),
        ("/etc/ssl/maskwright", str(folder)), ("/var/log/nginx/", f"{folder}/"),
    )  # fmt: skip
    kept = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    http = f"http {{ access_log {folder}/access.log; {kept}\n{site} }}"
    (folder / "nginx.conf").write_text(f"daemon off; pid {folder}/pid; error_log stderr; events {{}}\n{http}")
    return ["nginx", "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")]


def caddy(folder: Path, plain: int, secure: int, behind: int) -> list[str]:
    cert, key = certificate(folder)
    text = changed(
        (DEPLOY / "Caddyfile").read_text(), ("web:8000", f"127.0.0.1:{behind}"),
        ("\tservers {", f"\tadmin off\n\thttp_port {plain}\n\thttps_port {secure}\n\tservers {{"),
        ("{$MASKWRIGHT_HOST} {", f"{{$MASKWRIGHT_HOST}} {{\n\ttls {cert} {key}"),
    )  # fmt: skip
    (folder / "Caddyfile").write_text(text)
    return ["caddy", "run", "--config", str(folder / "Caddyfile")]


def free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


class ByName(http.client.HTTPSConnection):
    """To this machine, by the name that the certificate is for."""

    def connect(self) -> None:
        """Open it."""
        trusting = ssl._create_unverified_context()
        self.sock = trusting.wrap_socket(socket.create_connection(("127.0.0.1", self.port)), server_hostname=NAME)


@pytest.fixture(params=[nginx, caddy], ids=["nginx", "caddy"])
def ports(
    request: pytest.FixtureRequest, tmp_path: Path, behind: http.server.ThreadingHTTPServer
) -> Iterator[tuple[int, int]]:
    """The ports of a running proxy, without and with TLS."""
    configured: Callable[..., list[str]] = request.param
    if not (tool := shutil.which(configured.__name__)):
        pytest.skip(f"{configured.__name__} is not on this machine.")
    plain, secure = free_ports(2)
    argv = configured(tmp_path, plain, secure, behind.server_port)
    env = os.environ | {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "MASKWRIGHT_HOST": NAME}
    with (tmp_path / "log").open("wb") as log, subprocess.Popen([tool, *argv[1:]], env=env, stderr=log) as process:
        end = time.monotonic() + PATIENCE
        while not _listens(secure):
            said = (tmp_path / "log").read_text()
            assert process.poll() is None, said
            assert time.monotonic() < end, said
            time.sleep(0.05)
        yield plain, secure
        process.terminate()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def test_what_a_client_claims_is_said_anew_and_streams_are_not_held_back(ports: tuple[int, int]) -> None:
    plain, secure = ports
    to = http.client.HTTPConnection("127.0.0.1", plain, timeout=PATIENCE)
    to.request("GET", "/a?b=c", headers={"Host": NAME})
    answer = to.getresponse()
    assert (answer.status, answer.headers["Location"]) == (308, f"https://{NAME}/a?b=c")
    to.close()

    line = ByName(NAME, secure, timeout=PATIENCE)
    claims = {"X-Forwarded-For": "9.9.9.9", "X-Forwarded-Proto": "http", "X-Request-ID": "mine"}
    line.request("GET", "/", headers=claims)
    heard = json.loads(line.getresponse().read())
    assert heard["x-forwarded-for"] == "127.0.0.1"
    assert heard["x-forwarded-proto"] == "https"
    assert heard["host"] == f"{NAME}:{secure}", "the host as the browser sent it, with its port"
    assert heard["x-request-id"] == "mine"
    line.close()

    line = ByName(NAME, secure, timeout=PATIENCE)
    line.request("GET", "/api/v1/projects/1/runs/events/", headers={"Accept-Encoding": "gzip"})
    stream = line.getresponse()
    assert stream.read(9) == b": first\n\n"
    Behind.go_on.set()
    assert stream.read().startswith(b"{")
    line.close()


def test_the_secrets_of_links_stand_in_no_log(
    ports: tuple[int, int], behind: http.server.ThreadingHTTPServer, tmp_path: Path
) -> None:
    """Whether the server answers or is away; other addresses are told."""
    plain, secure = ports
    secret = "q7Zr_Secret-0123456789"
    places = [f"/{place}/{secret}/" for place in ("signin/link", "join", "password")]
    asked = [*places, f"/signin/sso/back/?code={secret}", f"/signin/?next=/join/{secret}/"]
    for away in (False, True):
        if away:
            behind.shutdown()
            behind.server_close()
        for address in [*asked, "/projects/"]:
            line = ByName(NAME, secure, timeout=PATIENCE)
            line.request("GET", address)
            assert line.getresponse().status == (502 if away else 200)
            line.close()
        to = http.client.HTTPConnection("127.0.0.1", plain, timeout=PATIENCE)
        to.request("GET", places[0], headers={"Host": NAME})
        assert to.getresponse().status == 308
        to.close()
    logs = "".join(path.read_text(errors="replace") for path in tmp_path.glob("*log"))
    assert "/projects/" in logs
    assert secret not in logs
