r"""Centralized load balancing sees all servers and joins the shortest queue; distributed balancing decides on a few local samples.

$$\text{max load:}\quad \text{JSQ } \Big\lceil \frac{n}{k} \Big\rceil, \quad \text{one random choice } \sim \frac{\ln n}{\ln\ln n}, \quad
d \text{ choices} \sim \frac{\ln\ln n}{\ln d} \qquad (n = k)$$

**Intuition.** A central balancer with the true length of every queue places perfectly, and is a single point of failure and of
load. Many local balancers know little. Asking just two random servers and taking the shorter queue gives most of the
benefit: a long queue is joined only if both samples are long.

**When to use it.** Centralized (join-shortest-queue, JSQ) within one rack or process; two choices between data centres, in
client-side balancing, and in service meshes.

**Cost.** Messages a request: $k$ for JSQ with polling, $d$ for $d$ choices, none for random.

**Pitfalls.** Central knowledge is stale knowledge: with delayed lengths JSQ sends everything to one server, and two choices do
better. Going from one to two choices helps exponentially, from two to three hardly. The two samples must be independent.
The central node needs a standby. Queue length ignores the size of the requests.

**References.** Mitzenmacher, *The Power of Two Choices in Randomized Load Balancing* (2001). Azar, Broder, Karlin and Upfal,
*Balanced Allocations* (1999).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Ints


def choices(requests: int, servers: int, d: int, seed: int, refresh: int = 1) -> Ints:
    """Loads (k,) when each request joins the least loaded of d random servers, seen as they were at the last refresh.

    With d equal to the number of servers this is join-shortest-queue.

    Examples
    --------
    >>> choices(10, 5, d=5, seed=0).tolist()
    [2, 2, 2, 2, 2]
    """
    rng = np.random.default_rng(seed)
    samples = rng.integers(servers, size=(requests, d)) if d < servers else None  # (n, d)
    load = np.zeros(servers, dtype=np.int64)  # (k,)
    known = load.copy()
    for i in range(requests):
        if i % refresh == 0:
            known[:] = load
        j = int(known.argmin()) if samples is None else int(samples[i, known[samples[i]].argmin()])
        load[j] += 1
    return load


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Largest load of each policy, with fresh and with stale information."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    names = list(output["max_load"])
    place = np.arange(len(names))
    axes.bar(place - 0.2, [output["max_load"][n] for n in names], 0.4, label="fresh")
    axes.bar(place + 0.2, [output["max_load_stale"][n] for n in names], 0.4, label="stale")
    axes.set_xticks(place, names)
    axes.set(ylabel="largest load", yscale="log", title=f"{inputs['requests']} requests")
    axes.legend()
    return figure


@algorithm(
    id="centralized-vs-distributed-load-balancing",
    name="Centralized vs distributed load balancing",
    aliases=(
        "join-shortest-queue",
        "power of two choices",
        "JSQ",
        "decentralized load balancing",
        "two random choices",
    ),
    example={"requests": 1000, "servers": 1000},
    figure=draw,
)
def centralized_vs_distributed_load_balancing(
    requests: Annotated[int, Field(ge=1, le=10_000)] = 1000,
    servers: Annotated[int, Field(ge=3, le=1_000)] = 1000,
    stale_requests: Annotated[int, Field(ge=1, le=10_000)] = 100,
    seed: Seed = 0,
) -> Output:
    """Place requests that never leave, by three policies and with fresh or stale queue lengths.

    Parameters
    ----------
    requests : int
        Number n of requests.
    servers : int
        Number k of servers.
    stale_requests : int
        In the stale case the known lengths are renewed only every so many requests.
    seed : int
        Seed of the samples.

    Returns
    -------
    dict
        ``max_load`` and ``max_load_stale`` of ``random``, ``two choices`` and ``join shortest queue``;
        ``messages_per_request`` of each; ``perfect_max_load`` = ⌈n / k⌉.

    Examples
    --------
    >>> r = centralized_vs_distributed_load_balancing(requests=500, servers=500)
    >>> r["max_load"]["join shortest queue"], r["max_load"]["two choices"] < r["max_load"]["random"]
    (1, True)
    """
    policies = {"random": 1, "two choices": 2, "join shortest queue": servers}
    return {
        "max_load": {name: int(choices(requests, servers, d, seed).max()) for name, d in policies.items()},
        "max_load_stale": {
            name: int(choices(requests, servers, d, seed, stale_requests).max()) for name, d in policies.items()
        },
        "messages_per_request": {"random": 0, "two choices": 2, "join shortest queue": servers},
        "perfect_max_load": -(-requests // servers),
    }
