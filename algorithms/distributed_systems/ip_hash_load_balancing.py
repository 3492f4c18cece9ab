r"""IP hash load balancing picks the server from a hash of the client's address, so one client always meets the same server.

$$\text{server} = h(\text{client IP}) \bmod N, \qquad \text{or the next server clockwise on a hash ring}$$

**Intuition.** The hash is a table that nobody has to store: any balancer computes the same answer. Sessions and caches stay
warm on one server without cookies.

**When to use it.** For session persistence at the network level, where cookies cannot be read, and to shard caches by client.

**Cost.** One hash a request.

**Pitfalls.** Persistence lasts only while the number of servers does: under modulo, going from $N$ to $N + 1$ servers remaps
$N / (N + 1)$ of the clients; a ring remaps about $1 / (N + 1)$. On the ring a request goes to the next server clockwise,
not to the closest one. Many clients behind one NAT or proxy share an address and land on one server, so skewed addresses
make a skewed load, whatever the hash. A mobile client changes its address and loses its session. Neither form looks at
load; bounded-load variants pass on what exceeds a limit.

**References.** Karger et al., *Consistent Hashing and Random Trees*, STOC 1997. Mirrokni, Thorup and Zadimoghaddam, *Consistent
Hashing with Bounded Loads*, arXiv:1608.01350.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.distributed_systems.consistent_hashing import Hashes, owners, positions, ring
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Ints

Servers = Annotated[int, Field(ge=1, le=32)]


def route(addresses: Hashes, servers: int, method: str) -> Ints:
    """Server of each hashed address."""
    if method == "ring":
        return owners(addresses, ring(dict.fromkeys(range(servers), 100)))
    return (addresses % np.uint64(servers)).astype(np.int64)


@algorithm(
    id="ip-hash-load-balancing",
    name="IP hash and consistent-hash balancing",
    aliases=(
        "session persistence",
        "sticky sessions",
        "consistent-hash load balancing",
        "IP hash",
        "source IP affinity",
    ),
    example={"ip": "203.0.113.7", "servers": 4, "new_servers": 5, "method": "modulo"},
)
def ip_hash_load_balancing(
    ip: Annotated[str, Field(pattern=r"^\d{1,3}(\.\d{1,3}){3}$", max_length=15)] = "203.0.113.7",
    servers: Servers = 4,
    new_servers: Servers = 5,
    method: Literal["modulo", "ring"] = "modulo",
    clients: Annotated[int, Field(ge=1, le=20_000)] = 10_000,
    nat_share: Annotated[float, Field(ge=0, le=1)] = 0.3,
    seed: Seed = 0,
) -> Output:
    """Route one client, then many before and after the number of servers changes.

    Parameters
    ----------
    ip : str
        Address of the one client.
    servers : int
        Servers before.
    new_servers : int
        Servers after.
    method : {"modulo", "ring"}
        Hash modulo N, or a ring with 100 virtual nodes a server.
    clients : int
        Requests from random addresses.
    nat_share : float
        Share of the requests that come from one shared address instead, in the skewed load.
    seed : int
        Seed of the addresses.

    Returns
    -------
    dict
        ``server`` and ``server_after`` of the one client; ``load`` of the servers; ``remapped_fraction`` of the clients;
        ``max_over_mean`` load, and ``max_over_mean_with_nat``.

    Examples
    --------
    >>> r = ip_hash_load_balancing(servers=4, new_servers=5)
    >>> abs(r["remapped_fraction"] - 0.8) < 0.02
    True
    """
    rng = np.random.default_rng(seed)
    names = [".".join(map(str, octets)) for octets in rng.integers(1, 255, (clients, 4)).tolist()]
    hashed = positions([ip, *names])  # (clients + 1,)
    before, after = route(hashed, servers, method), route(hashed, new_servers, method)
    load = np.bincount(before[1:], minlength=servers)  # (servers,)
    behind_nat = rng.random(clients) < nat_share  # (clients,)
    skewed = np.bincount(np.where(behind_nat, before[0], before[1:]), minlength=servers)
    return {
        "server": before[0],
        "server_after": after[0],
        "load": load,
        "remapped_fraction": float((before != after)[1:].mean()),
        "max_over_mean": load.max() / load.mean(),
        "max_over_mean_with_nat": skewed.max() / skewed.mean(),
    }
