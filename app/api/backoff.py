"""Wrong API keys: an address that tries one after the other waits longer and longer before the next is even looked at."""

from __future__ import annotations

import hashlib
import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

FREE_TRIES = 5
"""Wrong keys before the first wait: people mistype, and programs come with an old key."""
FIRST_SECONDS = 1.0
LONGEST_SECONDS = 300.0
FORGET_SECONDS = 3600.0
MOST_ADDRESSES = 10_000
MOST_KEYS = 100


@dataclass
class Tries:
    """What is known of one address."""

    wrong: int = 0
    closed_until: float = 0.0
    last: float = 0.0
    accepted: OrderedDict[bytes, None] = field(default_factory=OrderedDict)


class Backoff:
    """Waits by address, doubling with every wrong key.

    While an address waits, no key from it is looked at, right or wrong: else the answer would tell which it was. Keys that the
    address has used before go on working, so that one guesser behind a shared address does not shut out the others.

    Parameters
    ----------
    clock : callable
        Seconds.

    Examples
    --------
    >>> backoff = Backoff(clock=lambda: 0.0)
    >>> for _ in range(7):
    ...     backoff.failed("192.0.2.1")
    >>> backoff.wait_seconds("192.0.2.1", "a key"), backoff.wait_seconds("192.0.2.2", "a key")
    (2.0, 0.0)
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tries: OrderedDict[str, Tries] = OrderedDict()
        self._lock = threading.Lock()

    def wait_seconds(self, address: str, key: str) -> float:
        """Seconds until this address may try this key; 0 where it may now."""
        with self._lock:
            tries = self._tries.get(network(address))
            if tries is None or digest(key) in tries.accepted:
                return 0.0
            return max(0.0, tries.closed_until - self._clock())

    def failed(self, address: str) -> None:
        """Note a wrong key."""
        with self._lock:
            tries = self._of(address)
            now = self._clock()
            if now - tries.last > FORGET_SECONDS:
                tries.wrong = 0
            tries.wrong += 1
            tries.last = now
            doublings = tries.wrong - FREE_TRIES - 1
            if doublings >= 0:
                tries.closed_until = now + min(LONGEST_SECONDS, FIRST_SECONDS * 2.0 ** min(doublings, 30))

    def accepted(self, address: str, key: str) -> None:
        """Note a right key; the wrong ones before it still count, else a guesser with a key of its own would never wait."""
        with self._lock:
            known = self._of(address).accepted
            known[digest(key)] = None
            known.move_to_end(digest(key))
            if len(known) > MOST_KEYS:
                known.popitem(last=False)

    def _of(self, address: str) -> Tries:
        name = network(address)
        tries = self._tries.setdefault(name, Tries())
        self._tries.move_to_end(name)
        if len(self._tries) > MOST_ADDRESSES:  # a crowd of addresses must not fill the memory
            self._tries.popitem(last=False)
        return tries


def digest(key: str) -> bytes:
    """What is kept of a key."""
    return hashlib.sha256(key.encode()).digest()


def network(address: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 that one host of IPv6 can roam in.

    Examples
    --------
    >>> network("192.0.2.1"), network("::ffff:192.0.2.1"), network("2001:db8::1") == network("2001:db8::ffff")
    ('192.0.2.1', '192.0.2.1', True)
    """
    try:
        number = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:  # a Unix socket, or a test
        return address
    if isinstance(number, ipaddress.IPv6Address):
        if number.ipv4_mapped is not None:
            return str(number.ipv4_mapped)
        return str(ipaddress.ip_network((number, 64), strict=False))
    return str(number)
