from __future__ import annotations

import socket

import pytest

from core.errors import UnreadableDocument
from indexing.sources.addresses import checked_address, is_public, resolve


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fc00::1",
        "fec0::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2001:db8::1",
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::808:808"]
)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


def test_one_private_address_among_several_refuses_the_host() -> None:
    with pytest.raises(UnreadableDocument) as caught:
        checked_address("mixed.test", 80, lambda host, port: ["8.8.8.8", "10.0.0.1"], allow_private=False)
    assert caught.value.reason == "url_refused"
    assert (
        checked_address("mixed.test", 80, lambda host, port: ["8.8.8.8", "10.0.0.1"], allow_private=True) == "8.8.8.8"
    )


def test_host_without_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*arguments: object, **options: object) -> object:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    for resolver in (resolve, lambda host, port: []):
        with pytest.raises(UnreadableDocument) as caught:
            checked_address("unknown.test", 80, resolver, allow_private=False)
        assert caught.value.reason == "url_failed"


def test_numeric_forms_of_loopback_are_seen_through() -> None:
    with pytest.raises(UnreadableDocument) as caught:
        checked_address("2130706433", 80, resolve, allow_private=False)
    assert caught.value.reason in ("url_refused", "url_failed")  # not every system reads the number as an address
