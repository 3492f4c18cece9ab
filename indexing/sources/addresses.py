"""Which addresses a URL may lead to: public ones only, so that no page can be used to reach a private network."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence

from indexing.parsing.reasons import unreadable

Resolver = Callable[[str, int], Sequence[str]]
NAT64 = ipaddress.ip_network("64:ff9b::/96")


def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system for the addresses of a host.

    Raises
    ------
    UnreadableDocument
        ``url_failed`` where it has none.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:  # UnicodeError: a label over 63 characters
        raise unreadable("url_failed", f"host {host!r} is not known: {error}") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: str) -> bool:
    """Whether an address is one of the public internet, IPv4 hidden in IPv6 included.

    Examples
    --------
    >>> [is_public(each) for each in ("93.184.216.34", "127.0.0.1", "169.254.169.254", "::ffff:10.0.0.1")]
    [True, False, False, False]
    """
    number = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(number, ipaddress.IPv6Address):
        inner = number.ipv4_mapped or number.sixtofour or (number.teredo[1] if number.teredo else None)
        if number in NAT64:
            inner = ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if number.is_site_local:
            return False
    return number.is_global and not (number.is_multicast or number.is_reserved or number.is_unspecified)


def checked_address(host: str, port: int, resolver: Resolver, allow_private: bool) -> str:
    """Resolve a host once and give the address to connect to.

    Raises
    ------
    UnreadableDocument
        ``url_refused`` where any of its addresses is not public.
    """
    addresses = resolver(host, port)
    if not addresses:
        raise unreadable("url_failed", f"host {host!r} has no address")
    if not allow_private and not all(is_public(address) for address in addresses):
        raise unreadable("url_refused", f"host {host!r} has an address that is not public")
    return addresses[0]
