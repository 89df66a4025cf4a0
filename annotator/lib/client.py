"""Which machine asks, also behind proxies that this installation trusts."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the address of who asks.

    `X-Forwarded-For` is believed as far as trusted proxies wrote it: from the right, the first address that is none of
    theirs (MASKWRIGHT_TRUSTED_PROXIES). What stands left of it anybody could have sent."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    while hops and _trusted(address) and _parsed(hops[-1]) is not None:
        address = hops.pop()
    return address


def _trusted(address: str) -> bool:
    found = _parsed(address)
    return found is not None and any(found in ip_network(proxy) for proxy in settings.TRUSTED_PROXIES)


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(address)
    except ValueError:
        return None
