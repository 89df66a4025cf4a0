"""Where a webhook may go: to the internet, and inside the network only where a setting says so.

A name is resolved once; every address it has is checked, and the connection goes to a checked one. So a name that
points elsewhere a moment later gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from annotator.lib.errors import ApiError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class NotReachable(Exception):
    """The address may not be told anything, or cannot be found; the text is a sentence for people."""


@dataclass(frozen=True, slots=True)
class Target:
    """A web address in parts; `path` has the query with it."""

    https: bool
    host: str
    port: int
    path: str


def parsed(url: str) -> Target:
    """Take a web address apart. Raises ApiError (`bad_address`) with a sentence."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _bad("This is not a web address.") from None
    if parts.scheme not in ("http", "https") or not host:
        raise _bad("Write a whole web address, beginning with https://.")
    if parts.username is not None or parts.password is not None:
        raise _bad("Leave name and password out of the address: each delivery is signed instead.")
    if any(character <= " " or character == "\x7f" for character in url) or not url.isascii():
        raise _bad("A web address has no blanks, and letters beyond a to z are written as %XX in it.")
    if port == 0:
        raise _bad("Port 0 cannot be connected to.")
    https = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(https, host, port or (443 if https else 80), path)


def checked(target: Target) -> str:
    """Resolve the host and return an address to connect to. Raises NotReachable unless all its addresses may be."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotReachable(f"The name {target.host} is not known.") from None
    addresses = [str(entry[4][0]) for entry in found]
    for text in addresses:
        if not allowed(ipaddress.ip_address(text.split("%")[0])):
            raise NotReachable(
                f"{target.host} lies inside the network ({text}), where webhooks do not go. "
                "Who runs this server can allow it (MASKWRIGHT_WEBHOOK_NETWORKS)."
            )
    if not addresses:
        raise NotReachable(f"The name {target.host} has no address.")
    return addresses[0]


def allowed(address: Address) -> bool:
    """Tell whether webhooks may go there: to public addresses, and to networks that the setting names."""
    inner = _inside(address)
    networks = [ipaddress.ip_network(text) for text in settings.WEBHOOK_NETWORKS]
    if any(inner in network for network in networks if network.version == inner.version):
        return True
    return inner.is_global and not inner.is_multicast and not inner.is_reserved


def _inside(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, where it does."""
    if not isinstance(address, ipaddress.IPv6Address):
        return address
    embedded = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
    if embedded is None and address in NAT64:
        embedded = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return embedded or address


def _bad(sentence: str) -> ApiError:
    return ApiError("bad_address", sentence, fields={"url": [sentence]})
