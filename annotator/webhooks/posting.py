"""One request to an address that was checked. It follows no redirect, and waits for nobody longer than `SECONDS`."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading

from annotator.webhooks.addresses import NotReachable, Target, checked

SECONDS = 10.0


class _Pinned(http.client.HTTPConnection):
    """A connection for a name, to one address of it."""

    def __init__(self, target: Target, address: str) -> None:
        super().__init__(target.host, target.port, timeout=SECONDS)
        self._target, self._address = target, address

    def connect(self) -> None:
        """Connect to the address; the certificate must be the name's."""
        self.sock = socket.create_connection((self._address, self._target.port), self.timeout)
        if self._target.https:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self._target.host)


def post(target: Target, body: bytes, headers: dict[str, str]) -> int:
    """Send, and return the status of the answer. Raises NotReachable with a sentence."""
    connection = _Pinned(target, checked(target))
    # Who answers byte by byte keeps within every single timeout: the whole has an end, too.
    end = threading.Timer(SECONDS, _hang_up, [connection])
    end.daemon = True
    try:
        end.start()
        connection.request("POST", target.path, body, headers)
        return connection.getresponse().status
    except ssl.SSLCertVerificationError as error:
        raise NotReachable(f"The certificate of {target.host} is not valid: {error.verify_message}.") from error
    except TimeoutError as error:
        raise NotReachable(f"{target.host} did not answer within {SECONDS:.0f} seconds.") from error
    except (OSError, http.client.HTTPException) as error:
        raise NotReachable(f"{target.host} could not be reached or did not answer ({type(error).__name__}).") from error
    finally:
        end.cancel()
        connection.close()


def _hang_up(connection: http.client.HTTPConnection) -> None:
    with contextlib.suppress(OSError):
        if connection.sock is not None:
            connection.sock.shutdown(socket.SHUT_RDWR)
