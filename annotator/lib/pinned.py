"""A connection for a name, to the one address of it that was checked (`lib/addresses.py`)."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
from collections.abc import Iterator

from annotator.lib.addresses import NotReachable, Target


class Pinned(http.client.HTTPConnection):
    """Speaks to `address` whatever the name says by now; the certificate must be the name's."""

    def __init__(self, target: Target, address: str, seconds: float) -> None:
        # Before anything else: the standard port is left out of the Host header, as signed links need it.
        self.default_port = 443 if target.https else 80
        super().__init__(target.host, target.port, timeout=seconds)
        self._target, self._address = target, address
        self._line: socket.socket | None = None

    def connect(self) -> None:
        """Connect to the address."""
        self.sock = self._line = socket.create_connection((self._address, self._target.port), self.timeout)
        if self._target.https:
            context = ssl.create_default_context()
            self.sock = self._line = context.wrap_socket(self.sock, server_hostname=self._target.host)

    def hang_up(self) -> None:
        """End the connection from another thread, whoever still reads from it."""
        with contextlib.suppress(OSError):
            if self._line is not None:
                self._line.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def told(host: str, seconds: float) -> Iterator[None]:
    """What goes wrong with a connection, as NotReachable with a sentence."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise NotReachable(f"The certificate of {host} is not valid: {error.verify_message}.") from error
    except TimeoutError as error:
        raise NotReachable(f"{host} did not answer within {seconds:.0f} seconds.") from error
    except (OSError, http.client.HTTPException) as error:
        raise NotReachable(f"{host} could not be reached or did not answer ({type(error).__name__}).") from error
