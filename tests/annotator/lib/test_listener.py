"""An answer that goes on for long ends when its listener goes, not at its next word."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator

import pytest

from annotator.lib import listener
from annotator.lib.listener import Listener

PATIENCE = 60
"""Seconds after which a test that should end at once has failed."""


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """The server's end of a connection, and the client's."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        client = socket.create_connection(listening.getsockname())
        server = listening.accept()[0]
    yield server, client
    server.close()
    client.close()


def stays_while(sock: socket.socket, go: threading.Event) -> tuple[threading.Thread, list[bool]]:
    """Wait for an hour in another thread."""
    said: list[bool] = []

    def wait() -> None:
        go.set()
        said.append(Listener(sock).stays(3600))

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    return thread, said


@pytest.mark.parametrize("linux", [True, False])
def test_who_goes_is_noticed_while_it_waits(
    pair: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch, linux: bool
) -> None:
    if not linux:
        monkeypatch.setattr(listener, "_HUNG_UP", 0)
    server, client = pair
    waiting = threading.Event()
    thread, said = stays_while(server, waiting)
    waiting.wait(PATIENCE)
    assert not said
    client.close()
    thread.join(PATIENCE)
    assert said == [False]


def test_who_is_there_stays(pair: tuple[socket.socket, socket.socket]) -> None:
    server, client = pair
    assert Listener(server).stays(0.01)
    client.sendall(b"GET /next HTTP/1.1\r\n")  # a request that waits its turn is no farewell, and stays where it is
    assert Listener(server).stays(0.01)
    assert server.recv(100) == b"GET /next HTTP/1.1\r\n"


def test_who_goes_after_a_request_that_nobody_read_is_noticed(pair: tuple[socket.socket, socket.socket]) -> None:
    if not listener._HUNG_UP:
        pytest.skip("Only Linux tells.")
    server, client = pair
    client.sendall(b"GET /next HTTP/1.1\r\n")
    client.close()
    assert not Listener(server).stays(3600)


def test_a_connection_that_is_closed_here_is_gone(pair: tuple[socket.socket, socket.socket]) -> None:
    server, _ = pair
    server.close()
    assert not Listener(server).stays(3600)


def test_without_a_connection_they_seem_to_be_there() -> None:
    assert Listener(None).stays(0)


def test_what_is_read_of_tls_is_not_taken(pair: tuple[socket.socket, socket.socket]) -> None:
    server, client = pair
    wrapped = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).wrap_socket(
        server, server_side=True, do_handshake_on_connect=False
    )
    client.sendall(b"\x16")
    assert Listener(wrapped).stays(0.01)
    wrapped.close()
