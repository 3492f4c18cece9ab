"""How many machines a corpus takes: formulas of queueing and order statistics, and a simulator that they check.

A query goes to every shard and is done when the slowest has answered, so the tail of one shard becomes the middle of many
(Dean and Barroso, "The Tail at Scale", 2013). Each shard is a queue with some servers, first come, first served.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Seconds = NDArray[np.float64]
Draw = Callable[[np.random.Generator, int], Seconds]
"""Draws service times (n,) in seconds."""


def erlang_c(servers: int, load: float) -> float:
    """Probability that an arrival waits in an M/M/c queue (Erlang, 1917).

    Parameters
    ----------
    servers : int
        c, at least 1.
    load : float
        Offered load a = λ/μ in erlangs, below `servers`.

    Raises
    ------
    ValueError
        If the queue has no steady state.

    Examples
    --------
    >>> erlang_c(1, 0.5)  # M/M/1: the utilisation
    0.5
    >>> round(erlang_c(2, 1.0), 4)  # (1/2) · 2 / (1 + 1 + (1/2) · 2)
    0.3333
    """
    if not 0 <= load < servers:
        raise ValueError(f"{servers} servers have no steady state under a load of {load} erlangs")
    blocking = 1.0  # Erlang B by its recurrence, which does not overflow as the factorials do
    for c in range(1, servers + 1):
        blocking = load * blocking / (c + load * blocking)
    utilisation = load / servers
    return blocking / (1 - utilisation * (1 - blocking))


def mean_response(arrivals: float, service: float, servers: int = 1) -> float:
    """Mean time in an M/M/c queue in seconds: waiting and service.

    Parameters
    ----------
    arrivals : float
        λ, a second.
    service : float
        1/μ, mean service time in seconds.
    servers : int
        c.

    Examples
    --------
    >>> mean_response(5.0, 0.1)  # M/M/1: 1 / (μ - λ) = 1 / (10 - 5)
    0.2
    """
    load = arrivals * service
    return service + erlang_c(servers, load) * service / (servers - load)


def slowest_quantile(shards: int, quantile: float) -> float:
    """The quantile that one of `shards` independent times must reach for the slowest to reach `quantile`.

    Examples
    --------
    >>> round(slowest_quantile(100, 0.5), 4)  # half of all queries wait for a 1-in-145 event
    0.9931
    """
    return float(quantile ** (1 / shards))


def slowest(times: Seconds, shards: int, quantile: float) -> float:
    """Quantile of the slowest of `shards` independent draws from the distribution of `times` (n,)."""
    return float(np.quantile(times, slowest_quantile(shards, quantile)))


def expected_slowest(service: float, shards: int) -> float:
    """Mean of the largest of `shards` exponential times of a mean: its harmonic number times that.

    Examples
    --------
    >>> round(expected_slowest(1.0, 3), 4)  # 1 + 1/2 + 1/3
    1.8333
    """
    return service * sum(1 / k for k in range(1, shards + 1))


def exponential(mean: float) -> Draw:
    """Exponential service times."""
    return lambda rng, n: rng.exponential(mean, n)


def resampled(times: Sequence[float]) -> Draw:
    """Service times drawn from measured ones, with replacement."""
    measured = np.asarray(times, dtype=np.float64)
    return lambda rng, n: rng.choice(measured, n)


def queue(arrivals: Seconds, services: Seconds, servers: int = 1) -> Seconds:
    """Response times (n,) of a queue served first come, first served.

    Parameters
    ----------
    arrivals : (n,)
        Ascending.
    services : (n,)
        In the order of arrival.
    servers : int
        Working side by side.

    Examples
    --------
    >>> queue(np.array([0.0, 1.0, 1.0]), np.array([3.0, 1.0, 1.0])).tolist()
    [3.0, 3.0, 4.0]
    >>> queue(np.array([0.0, 1.0, 1.0]), np.array([3.0, 1.0, 1.0]), servers=2).tolist()
    [3.0, 1.0, 2.0]
    """
    free = [0.0] * servers
    done = np.empty(len(arrivals))
    for i, (arrival, service) in enumerate(zip(arrivals.tolist(), services.tolist(), strict=True)):
        end = max(arrival, heapq.heappop(free)) + service
        heapq.heappush(free, end)
        done[i] = end
    return done - arrivals


def simulate(
    arrivals: float,
    service: Draw,
    *,
    servers: int = 1,
    shards: int = 1,
    overhead: float = 0.0,
    number: int = 20_000,
    warm_up: float = 0.1,
    seed: int = 0,
) -> Seconds:
    """Response times of queries that arrive by a Poisson process and are answered by all shards.

    Parameters
    ----------
    arrivals : float
        λ, a second; each query is a job of every shard.
    service : callable
        Service time at one shard.
    servers : int
        Of each shard.
    shards : int
        All must answer.
    overhead : float
        Seconds added to each query: network and merging.
    number : int
        Queries simulated.
    warm_up : float
        Share of them left out at the beginning, while the queues fill.

    Returns
    -------
    (m,) float64
        Seconds.
    """
    rng = np.random.default_rng(seed)
    times = np.cumsum(rng.exponential(1 / arrivals, number))
    worst = np.zeros(number)
    for _ in range(shards):
        worst = np.maximum(worst, queue(times, service(rng, number), servers))
    return worst[int(number * warm_up) :] + overhead


@dataclass(frozen=True)
class Costs:
    """What was measured, or assumed where nothing could be; a chunk is one point.

    Attributes
    ----------
    ram_bytes : float
        That must be in memory a chunk and replica.
    disk_bytes : float
        On disk a chunk and replica.
    fixed_seconds : float
        CPU of one query at one shard, whatever the shard's size.
    seconds_a_chunk : float
        CPU of one query at one shard a chunk of the shard: what grows with the corpus (postings, comparisons).
    query_seconds : float
        CPU of one query outside the shards: its encoding and the fusion.
    encode_seconds : float
        CPU of encoding one chunk.
    """

    ram_bytes: float
    disk_bytes: float
    fixed_seconds: float
    seconds_a_chunk: float
    query_seconds: float
    encode_seconds: float


@dataclass(frozen=True)
class Machine:
    """A machine one can rent.

    Attributes
    ----------
    cores, ram_bytes, disk_bytes
        What it has.
    usable : float
        Share of memory and disk that data may take; the rest is the system, caches and room for merges.
    dollars_an_hour : float
        Price.
    """

    cores: int
    ram_bytes: float
    disk_bytes: float
    usable: float
    dollars_an_hour: float


@dataclass(frozen=True)
class Plan:
    """Machines for a corpus and a load, and what limits them.

    Attributes
    ----------
    machines : int
        `copies` times what holds the corpus once.
    shards : int
        A query is answered by all of them, each from one of its copies.
    bottleneck : str
        memory or disk where the corpus asks for the machines, processor where the queries ask for more copies than safety
        does, replication where one machine would do.
    service_seconds : float
        CPU of one query at one shard.
    query_core_seconds : float
        CPU of one query everywhere.
    dollars_a_thousand_queries : float
        At the rate that was planned for.
    encode_core_hours : float
        To encode the corpus once.
    """

    machines: int
    copies: int
    shards: int
    bottleneck: str
    ram_bytes: float
    disk_bytes: float
    service_seconds: float
    query_core_seconds: float
    dollars_a_thousand_queries: float
    encode_core_hours: float


def plan(
    chunks: int,
    rate: float,
    costs: Costs,
    machine: Machine,
    *,
    replicas: int = 2,
    shards_a_machine: int = 1,
    utilisation: float = 0.5,
) -> Plan:
    """Machines that hold `chunks` and answer `rate` queries a second.

    The corpus decides how many machines hold it once; the rate decides how often it is held. Shards beyond what memory and
    disk ask for cost every query their fixed share and help only the latency.

    Parameters
    ----------
    replicas : int
        Fewest copies, for safety.
    shards_a_machine : int
        Of one copy.
    utilisation : float
        Of the cores at the peak; half leaves a queue of about one service time and room for a lost machine.

    Examples
    --------
    >>> costs = Costs(ram_bytes=1e4, disk_bytes=1e5, fixed_seconds=0.01, seconds_a_chunk=0, query_seconds=0,
    ...               encode_seconds=0.1)
    >>> machine = Machine(10, 1e11, 4e12, 0.8, 1.0)
    >>> found = plan(10_000_000, 1.0, costs, machine)  # 1e11 bytes over 0.8 · 1e11, twice
    >>> found.machines, found.bottleneck
    (4, 'memory')
    >>> found = plan(10_000_000, 1500.0, costs, machine)  # 1500 · 2 · 0.01 core seconds over 2 · 10 · 0.5 cores a copy
    >>> found.machines, found.bottleneck
    (6, 'processor')
    """
    by = {
        "memory": math.ceil(chunks * costs.ram_bytes / (machine.ram_bytes * machine.usable)),
        "disk": math.ceil(chunks * costs.disk_bytes / (machine.disk_bytes * machine.usable)),
    }
    once = max(1, *by.values())
    shards = once * shards_a_machine
    work = shards * costs.fixed_seconds + chunks * costs.seconds_a_chunk + costs.query_seconds
    copies = max(replicas, math.ceil(rate * work / (once * machine.cores * utilisation)))
    machines = copies * once
    if copies > replicas:
        bottleneck = "processor"
    elif once > 1:
        bottleneck = max(by, key=lambda name: by[name])
    else:
        bottleneck = "replication"
    return Plan(
        machines=machines,
        copies=copies,
        shards=shards,
        bottleneck=bottleneck,
        ram_bytes=chunks * copies * costs.ram_bytes,
        disk_bytes=chunks * copies * costs.disk_bytes,
        service_seconds=costs.fixed_seconds + chunks / shards * costs.seconds_a_chunk,
        query_core_seconds=work,
        dollars_a_thousand_queries=machines * machine.dollars_an_hour / (rate * 3600) * 1000,
        encode_core_hours=chunks * costs.encode_seconds / 3600,
    )
