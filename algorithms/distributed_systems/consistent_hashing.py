r"""Consistent hashing places nodes and keys on one circle of hash values and gives each key to the next node clockwise.

$$\text{owner}(k) = \text{first node at or after } h(k), \qquad
\text{moved by a new node} \approx \frac{1}{N + 1} \;\text{ against } \frac{N}{N + 1} \text{ for } h(k) \bmod N$$

**Intuition.** A new node splits one arc of the circle and takes keys from one neighbour only. Modulo hashing renumbers
nearly everything.

**When to use it.** Caches and stores whose nodes come and go: Dynamo, Cassandra, memcached clients.

**Cost.** Lookup is a binary search over the positions.

**Pitfalls.** A node owns the arc from its predecessor (excluded) to itself (included), not the arc behind it. "Next" means
clockwise, not nearest. When a node leaves, one node takes over all its keys, the clockwise successor, not both
neighbours; with virtual nodes its keys spread over many. With one position a node loads are very uneven; some 200 virtual
nodes bring the maximum within about ten percent of the mean, and a count proportional to capacity gives weights. Modulo
hashing does not move all keys: $1 / (N + 1)$ stay, so 4 to 5 nodes moves 80 percent. Redis Cluster does not use a ring;
it has 16384 fixed slots.

**References.** Karger et al., *Consistent Hashing and Random Trees*, STOC 1997. DeCandia et al., *Dynamo*, SOSP 2007.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.registry import Output, algorithm
from algorithms.toy_data import Ints

Hashes = NDArray[np.uint64]
Places = Annotated[dict[str, Annotated[float, Field(ge=0, le=1e12)]], Field(min_length=1, max_length=256)]
Weights = Annotated[list[Annotated[float, Field(gt=0, le=10)]], Field(max_length=32)]


def positions(names: list[str]) -> Hashes:
    """Place of each name on the circle of 64-bit values: the first eight bytes of its MD5."""
    return np.array([int.from_bytes(hashlib.md5(n.encode()).digest()[:8], "big") for n in names], dtype=np.uint64)


def ring(nodes: dict[int, int]) -> tuple[Hashes, Ints]:
    """Sorted positions and their nodes, from the number of virtual nodes of each node."""
    names = [(f"node-{node}#{v}", node) for node, count in nodes.items() for v in range(count)]
    places = positions([name for name, _ in names])
    order = np.argsort(places, kind="stable")
    return places[order], np.array([node for _, node in names])[order]


def owners(keys: Hashes, circle: tuple[Hashes, Ints]) -> Ints:
    """Node of each key: the first at or after it, the first of all beyond the last.

    Examples
    --------
    >>> places, nodes = np.array([10, 20], dtype=np.uint64), np.array([0, 1])
    >>> owners(np.array([5, 10, 11, 21], dtype=np.uint64), (places, nodes)).tolist()
    [0, 0, 1, 0]
    """
    places, nodes = circle
    return np.asarray(nodes[np.searchsorted(places, keys, side="left") % len(places)])


def own_ring(places: dict[str, float], new_place: float | None, size: float) -> dict[str, Any]:
    """Share of a ring that each node owns, and what a new node takes from whom.

    Examples
    --------
    >>> own_ring({"A": 10, "B": 50}, 40, 100)["percent_moved"], own_ring({"A": 10, "B": 50}, 40, 100)["moved_from"]
    (30.0, 'B')
    """
    if max(places.values()) > size or (new_place or 0) > size:
        raise ValueError(f"a position lies beyond the ring of size {size:g}")
    order = sorted(places, key=lambda name: places[name])
    shares = {name: ((places[name] - places[order[i - 1]]) % size or size) / size for i, name in enumerate(order)}
    if new_place is None:
        return {"shares": shares, "moved_from": None, "percent_moved": None}
    before = [name for name in order if places[name] < new_place]
    after = [name for name in order if places[name] >= new_place]
    start = places[before[-1] if before else order[-1]]
    moved = ((new_place - start) % size) / size
    return {"shares": shares, "moved_from": (after or order)[0], "percent_moved": 100 * moved}


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Keys a node before and after the change."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    for shift, key in ((-0.2, "load_before"), (0.2, "load_after")):
        axes.bar(np.arange(len(output[key])) + shift, output[key], 0.4, label=key.replace("_", " "))
    axes.set(xlabel="node", ylabel="keys", title=f"{inputs['virtual_nodes']} virtual nodes")
    axes.set_ylim(top=1.25 * axes.get_ylim()[1])  # room for the legend above the bars
    axes.legend(ncols=2, loc="upper center")
    return figure


@algorithm(
    id="consistent-hashing",
    name="Consistent hashing ring",
    aliases=(
        "hash ring",
        "virtual nodes",
        "vnodes",
        "DynamoDB",
        "Cassandra",
        "modulo hashing",
        "hash % N",
        "naive sharding",
    ),
    example={"nodes": 4, "virtual_nodes": 200, "keys": 20_000, "change": "add"},
    figure=draw,
)
def consistent_hashing(
    nodes: Annotated[int, Field(ge=2, le=32)] = 4,
    virtual_nodes: Annotated[int, Field(ge=1, le=300)] = 200,
    keys: Annotated[int, Field(ge=1, le=50_000)] = 20_000,
    change: Literal["add", "remove"] = "add",
    weights: Weights = [],  # noqa: B006 (never changed)
    places: Places | None = None,
    new_place: Annotated[float | None, Field(ge=0, le=1e12)] = None,
    ring_size: Annotated[float, Field(gt=0, le=1e12)] = 65_536,
) -> Output:
    """Distribute keys over nodes, add or remove the last node, and count the keys that move.

    Parameters
    ----------
    nodes : int
        Number N of nodes before the change.
    virtual_nodes : int
        Positions of each node on the circle.
    keys : int
        Number of keys.
    change : {"add", "remove"}
        Add a node N, or remove node N - 1.
    weights : list of float
        Capacity of each node; its virtual nodes are multiplied by it. Empty for equal nodes; a new node has weight 1.
    places : dict
        Position of each node on a ring of your own; adds ``own_ring`` to the output.
    new_place : float or None
        Position at which a new node joins your own ring.
    ring_size : float
        Size of your own ring.

    Returns
    -------
    dict
        ``load_before`` and ``load_after``, keys a node; ``max_over_mean_before``; ``moved_fraction`` and
        ``expected_fraction``; ``recipients``, nodes that received keys; ``unnecessary_moves``, moved keys that neither come
        from the removed nor go to the new node (always 0); ``modulo_moved_fraction`` with hash mod N; with `places`,
        ``own_ring``: `arcs` and the new node's share and owner.

    Raises
    ------
    ValueError
        If the number of weights differs from the nodes.

    Examples
    --------
    >>> r = consistent_hashing(nodes=4, keys=2000)
    >>> r["recipients"].tolist(), r["unnecessary_moves"], bool(0.1 < r["moved_fraction"] < 0.3)
    ([4], 0, True)
    """
    if weights and len(weights) != nodes:
        raise ValueError(f"{len(weights)} weights for {nodes} nodes; give one a node or none")
    share = weights or [1.0] * nodes
    counts = {node: max(1, round(virtual_nodes * share[node])) for node in range(nodes)}
    changed = (
        {**counts, nodes: virtual_nodes} if change == "add" else {n: c for n, c in counts.items() if n < nodes - 1}
    )
    hashed = positions([f"key-{i}" for i in range(keys)])
    before, after = owners(hashed, ring(counts)), owners(hashed, ring(changed))  # (keys,), (keys,)
    moved = before != after  # (keys,)
    needed = after == nodes if change == "add" else before == nodes - 1  # (keys,)
    load = np.bincount(before, minlength=nodes)
    modulo = hashed % np.uint64(nodes) != hashed % np.uint64(len(changed))
    total = sum(changed.values()) if change == "add" else sum(counts.values())
    own = {"own_ring": own_ring(places, new_place, ring_size)} if places else {}
    return {
        **own,
        "load_before": load,
        "load_after": np.bincount(after, minlength=nodes),
        "max_over_mean_before": load.max() / load.mean(),
        "moved_fraction": moved.mean(),
        "expected_fraction": (virtual_nodes if change == "add" else counts[nodes - 1]) / total,
        "recipients": np.unique(after[moved]),
        "unnecessary_moves": int((moved & ~needed).sum()),
        "modulo_moved_fraction": modulo.mean(),
    }
