r"""The latency-throughput trade-off of batching: larger batches serve more requests a second and make each one wait longer.

$$\text{throughput}(B) = \frac{B}{a + b B} \;\to\; \frac1b, \qquad L = \lambda W \;\;\text{(Little's law)}$$

**Intuition.** A batch costs a fixed time $a$ (loading weights, launching kernels) and a time $b$ an item. The fixed part
is shared, so throughput rises with $B$ and levels off at $1 / b$; the time of one batch, $a + bB$, rises all the way.
Little's law ties the three together: mean concurrency equals throughput times mean latency.

**When to use it.** To choose a batch size under a latency objective, and to check a benchmark: if its numbers break
Little's law, it was measured wrongly.

**Cost.** Simulation is linear in the number of requests.

**Pitfalls.** Report p95 and p99 as well as the median: queues have long tails, and the mean hides them. A closed-loop
client, which waits for each answer, slows down with the server and so understates latency (coordinated omission); send
at a fixed rate. Near saturation latency grows without bound, so leave headroom. Percentiles of several servers must not
be averaged. Small batches can be worse in both: when they cannot keep up with the arrivals, the queue explodes.

**References.** Little, *A Proof for the Queuing Formula L = λW* (1961). Dean and Barroso, *The Tail at Scale* (2013).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

SWEEP = np.array([1, 2, 4, 8, 16, 32, 64])


def serve(arrivals: Floats, size: int, a: float, b: float) -> tuple[Floats, int]:
    """Departure time of each request (n,) at one server that takes all waiting requests up to `size`; batches run.

    Examples
    --------
    >>> departures, batches = serve(np.array([0.0, 0.5, 0.6]), size=2, a=1.0, b=0.0)
    >>> departures.tolist(), batches
    ([1.0, 2.0, 2.0], 2)
    """
    departures = np.empty(len(arrivals))  # (n,)
    free, index, batches = 0.0, 0, 0
    while index < len(arrivals):
        start = max(free, arrivals[index])
        end = min(index + size, int(np.searchsorted(arrivals, start, side="right")))
        free = start + a + b * (end - index)
        departures[index:end] = free
        index, batches = end, batches + 1
    return departures, batches


def mean_in_system(arrivals: Floats, departures: Floats) -> float:
    """Time average of the number of requests present, by sweeping over arrivals (+1) and departures (-1)."""
    times = np.concatenate([arrivals, departures])  # (2n,)
    order = np.argsort(times, kind="stable")
    present = np.cumsum(np.repeat([1, -1], len(arrivals))[order])  # (2n,)
    spans = np.diff(times[order])  # (2n - 1,)
    return float((present[:-1] * spans).sum() / spans.sum())


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Throughput and time of one batch by batch size."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["batch_latency"], output["throughput"], "o-")
    for size, x, y in zip(SWEEP, output["batch_latency"], output["throughput"], strict=True):
        axes.annotate(f"B={size}", (x, y), xytext=(4, -10), textcoords="offset points", fontsize=8)
    axes.margins(x=0.15)
    axes.set(xlabel="time of one batch (s)", ylabel="requests / s", title="batching trade-off")
    return figure


@algorithm(
    id="batching-latency-throughput",
    name="Latency-throughput trade-off of batching",
    aliases=("latency", "throughput", "Little's law", "benchmark", "p95 latency", "p99", "batch size trade-off"),
    example={"fixed_time": 0.02, "time_per_item": 0.002, "batch_size": 8, "arrival_rate": 150},
    figure=draw,
)
def batching_latency_throughput(
    fixed_time: Annotated[float, Field(gt=0, le=100)] = 0.02,
    time_per_item: Annotated[float, Field(gt=0, le=100)] = 0.002,
    batch_size: Annotated[int, Field(ge=1, le=512)] = 8,
    arrival_rate: Annotated[float, Field(gt=0, le=1e6)] = 150.0,
    requests: Annotated[int, Field(ge=10, le=5_000)] = 2_000,
    seed: Seed = 0,
) -> Output:
    """Cost model over batch sizes, and a simulation of one server under Poisson arrivals.

    Parameters
    ----------
    fixed_time : float
        Seconds a of each batch whatever its size.
    time_per_item : float
        Seconds b each item adds.
    batch_size : int
        Largest batch of the simulated server.
    arrival_rate : float
        Requests a second that arrive.
    requests : int
        Number of simulated requests.
    seed : int
        Seed of the arrivals.

    Returns
    -------
    dict
        ``batch_sizes``, their ``batch_latency`` a + b B and ``throughput`` B / (a + b B); ``capacity``, the throughput at
        the given batch size; simulated ``p50``, ``p95``, ``p99`` and ``mean_latency`` in seconds;
        ``simulated_throughput``; ``mean_concurrency`` and ``throughput_times_latency``, equal by Little's law;
        ``mean_batch``.

    Examples
    --------
    >>> r = batching_latency_throughput(fixed_time=0.02, time_per_item=0.002, batch_size=8)
    >>> [round(x, 1) for x in r["throughput"].tolist()[:4]]
    [45.5, 83.3, 142.9, 222.2]
    """
    gaps = np.random.default_rng(seed).exponential(1 / arrival_rate, requests)  # (n,)
    arrivals = np.cumsum(gaps)  # (n,)
    departures, batches = serve(arrivals, batch_size, fixed_time, time_per_item)
    latency = departures - arrivals  # (n,)
    throughput = requests / (departures[-1] - arrivals[0])
    p50, p95, p99 = np.percentile(latency, [50, 95, 99])
    return {
        "batch_sizes": SWEEP,
        "batch_latency": fixed_time + time_per_item * SWEEP,
        "throughput": SWEEP / (fixed_time + time_per_item * SWEEP),
        "capacity": batch_size / (fixed_time + time_per_item * batch_size),
        "p50": p50,
        "p95": p95,
        "p99": p99,
        "mean_latency": latency.mean(),
        "simulated_throughput": throughput,
        "mean_concurrency": mean_in_system(arrivals, departures),
        "throughput_times_latency": throughput * latency.mean(),
        "mean_batch": requests / batches,
    }
