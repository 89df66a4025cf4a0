"""Fetching what strangers' servers give: nothing from inside the network, nothing without end."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from annotator.lib import fetching
from annotator.lib.addresses import Guard, NotReachable
from annotator.lib.fetching import Pace, answer
from tests.annotator.webserver import Server, gives, moves, serving

HERE = Guard("imports", "MASKWRIGHT_IMPORT_NETWORKS", ["127.0.0.0/8"])
NOWHERE = Guard("imports", "MASKWRIGHT_IMPORT_NETWORKS", [])
PACE = Pace(grace=5)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as made:
        yield made


def fetched(url: str, guard: Guard = HERE, limit: int = 1 << 20, pace: Pace = PACE) -> bytes:
    with answer(url, guard, pace) as found:
        return b"".join(found.chunks(limit))


def test_a_file_comes_with_what_is_said_of_it(server: Server) -> None:
    about = {"Content-Type": "image/png; x=1", "Content-Disposition": 'attachment; filename="a b.png"'}
    server.replies["/a?b=c"] = gives(b"pixels", **about)
    with answer(server.at("/a?b=c"), HERE, PACE) as found:
        assert (found.size, found.media_type, found.file_name) == (6, "image/png", "a b.png")
        assert b"".join(found.chunks(6)) == b"pixels"


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://localhost:1/", "http://[::ffff:127.0.0.1]:1/",
                                 "http://169.254.169.254/latest/meta-data/", "http://2130706433:1/"])  # fmt: skip
def test_nothing_inside_the_network_is_asked(url: str) -> None:
    with pytest.raises(NotReachable, match=r"inside the network .*MASKWRIGHT_IMPORT_NETWORKS"):
        fetched(url, NOWHERE)


@pytest.mark.parametrize("to", ["http://127.0.0.2:1/secret", "//127.0.0.2:1/secret", "http://[::1]:1/"])
def test_a_redirect_inside_is_followed_no_further(server: Server, to: str) -> None:
    server.replies["/a"] = moves(to)
    with pytest.raises(NotReachable, match="inside the network"):
        fetched(server.at("/a"), Guard("imports", "S", ["127.0.0.1/32"]))


def test_redirects_are_followed_a_few_times_and_never_to_other_schemes(server: Server) -> None:
    server.replies |= {"/a": moves("b?c"), "/b?c": moves(server.at("/d")), "/d": gives(b"found")}
    assert fetched(server.at("/a")) == b"found"
    server.replies["/round"] = moves("/round")
    with pytest.raises(NotReachable, match="more than 5 times"):
        fetched(server.at("/round"))
    for to in ("file:///etc/passwd", "ftp://example.org/", "gopher://127.0.0.1/", "http://[", "http://me:word@x.org/"):
        server.replies["/odd"] = moves(to)
        with pytest.raises(NotReachable):
            fetched(server.at("/odd"))


def test_https_never_leads_to_http() -> None:
    with pytest.raises(NotReachable, match="from https"):
        fetching._onward("https://example.org/a", "http://example.org/a")


def test_a_name_that_leads_elsewhere_the_second_time_is_not_asked_a_second_time(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rebinding: the first answer of the name may be gone to, any later one is inside."""
    real, asked = socket.getaddrinfo, list[str]()

    def getaddrinfo(host: str, port: int, *args: Any, **values: Any) -> Any:
        if host != "rebinds.example":
            return real(host, port, *args, **values)
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1" if len(asked) == 1 else "127.0.0.2", port))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    server.replies |= {"/a": gives(b"fine"), "/moved": moves("/a")}
    only = Guard("imports", "S", ["127.0.0.1/32"])
    assert fetched(server.at("/a", "rebinds.example"), only) == b"fine"
    assert asked == ["rebinds.example"], "one look for one connection: nothing is left to change"
    assert server.asked[0][1].startswith("rebinds.example")
    asked.clear()
    with pytest.raises(NotReachable, match=r"127\.0\.0\.2"):
        fetched(server.at("/moved", "rebinds.example"), only)


def test_what_is_too_large_is_stopped_whether_it_says_so_or_not(server: Server) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(bytes(1 << 16))
        except OSError:
            stopped.set()

    stopped = threading.Event()
    server.replies |= {"/says": gives(b"", claimed=1 << 40), "/endless": endless}
    with pytest.raises(NotReachable, match="1,048,576 MB; 1 MB are the most"):
        fetched(server.at("/says"))
    with pytest.raises(NotReachable, match="It goes on; 1 MB are the most"):
        fetched(server.at("/endless"))
    assert stopped.wait(10), "nobody reads on"


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n",
                                  b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"])  # fmt: skip
def test_who_sends_byte_by_byte_is_not_waited_for(head: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as slow:
        stop = threading.Event()

        def drip() -> None:
            peer, _ = slow.accept()
            with peer:
                peer.sendall(head)
                while not stop.wait(0.02):
                    try:
                        peer.sendall(b"1")
                    except OSError:
                        return

        threading.Thread(target=drip, daemon=True).start()
        with pytest.raises(NotReachable):
            fetched(f"http://127.0.0.1:{slow.getsockname()[1]}/", pace=Pace(0.3, 1000))
        stop.set()


def test_what_breaks_off_is_no_file(server: Server) -> None:
    server.replies["/half"] = gives(b"half", claimed=8)
    with pytest.raises(NotReachable, match="broke off after 4 bytes"):
        fetched(server.at("/half"))


@pytest.mark.parametrize(
    ("status", "says"), [(404, r"404 \(Not Found\)"), (403, "sign-in"), (500, "500"), (206, "206")]
)
def test_an_answer_that_is_no_file_says_what_it_is(server: Server, status: int, says: str) -> None:
    server.replies["/a"] = gives(b"no", status)
    with pytest.raises(NotReachable, match=says):
        fetched(server.at("/a"))


def test_a_full_disk_is_not_the_servers_fault(server: Server) -> None:
    server.replies["/a"] = gives(b"pixels")
    with pytest.raises(OSError, match="No space"):
        _onto_a_full_disk(server.at("/a"))


def _onto_a_full_disk(url: str) -> None:
    with answer(url, HERE, PACE) as found:
        for _ in found.chunks(9):
            raise OSError(28, "No space left on device")
