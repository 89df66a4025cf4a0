"""This server goes to the internet, and inside the network only where a setting says so."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest

from annotator.lib.addresses import Guard, NotReachable, Target, allowed, checked, parsed
from annotator.lib.errors import ApiError

INSIDE = (
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1",
    "64:ff9b::a00:1", "2002:a00:1::", "240.0.0.1",
)  # fmt: skip


@pytest.mark.parametrize("text", INSIDE)
def test_addresses_inside_are_refused(text: str) -> None:
    assert not allowed(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"])
def test_addresses_of_the_internet_are_not(text: str) -> None:
    assert allowed(ipaddress.ip_address(text))


def test_a_setting_opens_networks_and_no_others() -> None:
    networks = ["10.0.0.0/8", "fc00::/7"]
    assert allowed(ipaddress.ip_address("10.1.2.3"), networks)
    assert allowed(ipaddress.ip_address("fc00::1"), networks)
    assert allowed(ipaddress.ip_address("::ffff:10.1.2.3"), networks)
    assert not allowed(ipaddress.ip_address("192.168.1.1"), networks)


def answers(monkeypatch: pytest.MonkeyPatch, *found: str) -> None:
    def getaddrinfo(host: str, port: int, **kwargs: Any) -> list[Any]:
        if not found:
            raise socket.gaierror
        return [(0, 0, 0, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def test_a_name_with_one_address_inside_is_refused_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    target, guard = Target(True, "example.org", 443, "/"), Guard("webhooks", "MASKWRIGHT_WEBHOOK_NETWORKS", [])
    answers(monkeypatch, "93.184.216.34", "10.0.0.1")
    with pytest.raises(NotReachable, match="lies inside the network"):
        checked(target, guard)
    answers(monkeypatch, "93.184.216.34")
    assert checked(target, guard) == "93.184.216.34"
    answers(monkeypatch)
    with pytest.raises(NotReachable, match="not known"):
        checked(target, guard)


@pytest.mark.parametrize(
    "url",
    ["", "example.org", "ftp://example.org/", "file:///etc/passwd", "https://", "https://me:pass@example.org/",
     "https://example.org:0/", "https://example.org:99999/", "https://exa mple.org/",
     "https://example.org/a\r\nHost: b", "https://[::1", "https://bücher.example/"],
)  # fmt: skip
def test_what_is_no_address_is_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(ApiError) as refused:
        parsed(url)
    assert refused.value.code == "bad_address"
    assert refused.value.message.endswith((".", "it."))


def test_an_address_is_taken_apart() -> None:
    assert parsed("https://example.org:8443/a/b?c=d#e") == Target(True, "example.org", 8443, "/a/b?c=d")
    assert parsed("http://[2606:2800:220:1::1]") == Target(False, "2606:2800:220:1::1", 80, "/")
