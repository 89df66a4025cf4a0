"""Web addresses that people give and this server goes to: taken apart, and held against where it may go.

A name is resolved once and all its addresses are checked; whoever connects goes to the one that was checked, so a name
that leads elsewhere the next time it is asked (DNS rebinding) gains nothing."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from annotator.lib.errors import ApiError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class NotReachable(Exception):
    """The address may not be gone to, cannot be found, or does not give what was asked; the text is a sentence."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Where one may go beside public addresses: `networks` inside, by the setting of that name; `who` does not go
    elsewhere, as a sentence calls them."""

    who: str
    setting: str
    networks: Sequence[str]


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
        raise _bad("Leave name and password out of the address: others see it.")
    if any(character <= " " or character == "\x7f" for character in url) or not url.isascii():
        raise _bad("A web address has no blanks, and letters beyond a to z are written as %XX in it.")
    if port == 0:
        raise _bad("Port 0 cannot be connected to.")
    https = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(https, host, port or (443 if https else 80), path)


def checked(target: Target, guard: Guard) -> str:
    """Resolve the host and return an address to connect to. Raises NotReachable unless all its addresses may be."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotReachable(f"The name {target.host} is not known.") from None
    addresses = [str(entry[4][0]) for entry in found]
    for text in addresses:
        if not allowed(ipaddress.ip_address(text.split("%")[0]), guard.networks):
            raise NotReachable(
                f"{target.host} lies inside the network ({text}), where {guard.who} do not go. "
                f"Who runs this server can allow it ({guard.setting})."
            )
    if not addresses:
        raise NotReachable(f"The name {target.host} has no address.")
    return addresses[0]


def allowed(address: Address, networks: Sequence[str] = ()) -> bool:
    """Tell whether one may go there: to public addresses, and into these networks."""
    inner = _inside(address)
    named = [ipaddress.ip_network(text) for text in networks]
    if any(inner in network for network in named if network.version == inner.version):
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
