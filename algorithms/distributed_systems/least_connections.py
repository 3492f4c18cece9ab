r"""Least connections sends each request to the server with the fewest active ones; the weighted form divides by capacity.

$$j^* = \arg\min_j \frac{c_j}{w_j} \qquad (c_j \text{ active connections}, \; w_j \text{ weight})$$

**Intuition.** A server that got long requests still has them open, so it receives no more until it catches up. The count of
open connections is feedback that costs nothing to collect. In a busy steady state the counts settle near proportion to the
weights.

**When to use it.** For requests whose duration varies much: websockets, file transfers, language model streams.

**Cost.** $O(k)$ a request, or $O(\log k)$ with a heap.

**Pitfalls.** It copes well with varying durations; that it would be inefficient there, as some lists say of it, contradicts
how it works. Its weakness is that a connection counts as one whatever it costs, and that plain counts ignore capacity:
use weights. A new server has zero connections and receives everything at once: ramp it up slowly. A server that fails
fast looks idle and attracts all traffic (black hole). Several balancers see only their own connections.

**References.** HAProxy documentation, *leastconn*. Linux Virtual Server, *Job Scheduling Algorithms* (weighted least-connection).
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, Ints

Capacities = Annotated[list[Annotated[float, Field(ge=0.1, le=100)]], Field(min_length=1, max_length=20)]


def fewest(active: Ints, weights: Floats) -> int:
    """Server with the smallest number of connections by weight; among equals the one with the largest weight.

    Examples
    --------
    >>> fewest(np.array([1, 3, 0, 0]), np.array([1.0, 4.0, 1.0, 2.0]))
    3
    """
    return int(np.lexsort((-weights, active / weights))[0])


def simulate(
    arrivals: Floats, work: Floats, speeds: Floats, choose: Callable[[Ints, int], int]
) -> tuple[Ints, Floats, float]:
    """Servers chosen (n,), connection-seconds of each server (k,) and the time at which the last request is done.

    Processor sharing: with c connections a server gives each a rate of speed / c.
    """
    k = len(speeds)
    active = np.zeros(k, dtype=np.int64)  # (k,)
    area, clock = np.zeros(k), 0.0  # (k,)
    served = np.zeros(k)  # work that each connection of the server has received since the start
    open_until: list[list[float]] = [[] for _ in range(k)]
    chosen = np.zeros(len(arrivals), dtype=np.int64)  # (n,)

    def advance(until: float) -> None:
        nonlocal clock
        while True:
            busy = np.flatnonzero(active)
            finish = [(open_until[j][0] - served[j]) * active[j] / speeds[j] + clock for j in busy]
            step = min(finish, default=np.inf)
            end = min(step, until)
            if end == np.inf:
                return
            area[:] += active * (end - clock)
            served[busy] += speeds[busy] / active[busy] * (end - clock)
            clock = end
            if step > until:
                return
            j = busy[int(np.argmin(finish))]
            served[j] = heapq.heappop(open_until[j])
            active[j] -= 1

    for i, (time, need) in enumerate(zip(arrivals, work, strict=True)):
        advance(time)
        j = chosen[i] = choose(active, i)
        active[j] += 1
        heapq.heappush(open_until[j], served[j] + need)
    advance(np.inf)
    return chosen, area, clock


@algorithm(
    id="least-connections",
    name="Least connections (plain and weighted)",
    aliases=("weighted least connections", "leastconn", "fewest active connections"),
    example={"capacities": [1, 2, 4], "mode": "weighted", "load": 0.8},
    cost="seconds",
)
def least_connections(
    capacities: Capacities,
    mode: Literal["plain", "weighted"] = "weighted",
    load: Annotated[float, Field(gt=0, le=0.95)] = 0.8,
    requests: Annotated[int, Field(ge=10, le=3_000)] = 1_000,
    active_now: Annotated[list[Annotated[int, Field(ge=0, le=10**6)]], Field(max_length=20)] = [],  # noqa: B006 (never changed)
    seed: Seed = 0,
) -> Output:
    """Simulate servers that share their speed among their connections, with requests of exponential size.

    Parameters
    ----------
    capacities : list of float
        Speed of each server, also its weight in the weighted form.
    mode : {"plain", "weighted"}
        Whether counts are divided by the weight.
    load : float
        Arriving work as a share of the total capacity.
    requests : int
        Number of requests.
    active_now : list of int
        Connections a server at this moment, to answer which one is next; empty for none.
    seed : int
        Seed of arrivals and sizes.

    Returns
    -------
    dict
        ``next_server`` for `active_now` (null without it); ``requests_per_server``; ``mean_connections`` of each server;
        ``mean_latency``, connection-seconds a request, and ``round_robin_mean_latency`` for the same requests.

    Raises
    ------
    ValueError
        If active_now and capacities differ in length.

    Examples
    --------
    >>> r = least_connections([1, 2, 4], requests=200, active_now=[1, 2, 3])
    >>> r["next_server"], int(r["requests_per_server"].sum())
    (2, 200)
    """
    if active_now and len(active_now) != len(capacities):
        raise ValueError(
            f"active_now has {len(active_now)} entries for {len(capacities)} servers; give one each or none"
        )
    speeds = np.asarray(capacities, dtype=float)  # (k,)
    weights = speeds if mode == "weighted" else np.ones(len(speeds))  # (k,)
    rng = np.random.default_rng(seed)
    arrivals = np.cumsum(rng.exponential(1 / (load * speeds.sum()), requests))  # (n,)
    work = rng.exponential(1.0, requests)  # (n,), mean 1

    chosen, area, end = simulate(arrivals, work, speeds, lambda active, _: fewest(active, weights))
    _, area_in_turns, _ = simulate(arrivals, work, speeds, lambda _, i: i % len(speeds))
    return {
        "next_server": fewest(np.asarray(active_now), weights) if active_now else None,
        "requests_per_server": np.bincount(chosen, minlength=len(speeds)),
        "mean_connections": area / end,
        "mean_latency": area.sum() / requests,
        "round_robin_mean_latency": area_in_turns.sum() / requests,
    }
