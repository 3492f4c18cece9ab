r"""Dynamic batching groups waiting requests and runs them once the batch is full or its oldest request waited long enough.

$$t_{\text{flush}} = \min\big(t_{\text{first}} + \text{max delay},\; t_{B\text{-th request}}\big)$$

**Intuition.** A GPU runs eight inputs in little more than the time of one, so it pays to wait for company. The delay
bounds what a lonely request loses; the size bounds the batch. Stream processors cut time into tumbling windows instead:
fixed, gap-free intervals, each event in exactly one.

**When to use it.** For models with one forward pass a request (classifiers, embedders, rerankers); Triton calls the two
knobs preferred batch size and max queue delay. Spark's micro-batches are the stream version.

**Cost.** At most the maximum delay is added to the latency of a request.

**Pitfalls.** This scheme is often called continuous batching, or presented as a step beyond it. In serving terms it is
neither: continuous batching reschedules at every decode step, dynamic batching handles whole requests and is weaker for
token generation. A fixed size suits one load only; an adaptive controller raises the size by one while the latency
objective holds and halves it when it is missed (AIMD). Requests of different lengths must be padded, so bucket them.

**References.** Crankshaw et al., *Clipper: A Low-Latency Online Prediction Serving System*, NSDI 2017 (AIMD batch sizes).
Zaharia et al., *Discretized Streams*, SOSP 2013. NVIDIA, *Triton Inference Server*, dynamic batcher.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field

from algorithms.registry import Output, algorithm

Batch = tuple[float, list[int]]


def size_or_delay(times: list[float], size: int, delay: float) -> list[Batch]:
    """(flush time, members) of each batch; a request that arrives exactly at the deadline still joins.

    Examples
    --------
    >>> size_or_delay([0.0, 1.0, 2.0, 9.0], size=2, delay=5.0)
    [(1.0, [0, 1]), (7.0, [2]), (14.0, [3])]
    """
    batches: list[Batch] = []
    start = 0
    while start < len(times):
        deadline, end = times[start] + delay, start
        while end < len(times) and end - start < size and times[end] <= deadline:
            end += 1
        flush = times[end - 1] if end - start == size else deadline
        batches.append((flush, list(range(start, end))))
        start = end
    return batches


def tumbling(times: list[float], width: float) -> list[Batch]:
    """(end of the window, members) of each window [i w, (i + 1) w) that holds an event."""
    windows: dict[int, list[int]] = {}
    for event, time in enumerate(times):
        windows.setdefault(math.floor(time / width), []).append(event)
    return [((index + 1) * width, events) for index, events in sorted(windows.items())]


def adapt(slo: float, fixed: float, per_item: float, rounds: int) -> list[int]:
    """Batch sizes of an AIMD controller against the latency fixed + per_item × size.

    Examples
    --------
    >>> adapt(slo=10, fixed=4, per_item=2, rounds=6)
    [1, 2, 3, 4, 2, 3]
    """
    size, sizes = 1, []
    for _ in range(rounds):
        sizes.append(size)
        size = size + 1 if fixed + per_item * size <= slo else max(1, size // 2)
    return sizes


@algorithm(
    id="dynamic-batching",
    name="Dynamic batching (max size or max delay)",
    aliases=(
        "micro-batching",
        "Triton",
        "max_queue_delay",
        "adaptive batch size",
        "micro-batch stream processing",
        "Spark streaming",
        "tumbling window",
        "AIMD",
    ),
    example={"arrivals": [0, 1, 2, 3, 10, 11, 30], "max_batch_size": 4, "max_delay": 5},
)
def dynamic_batching(
    arrivals: Annotated[list[Annotated[float, Field(ge=0, le=1e6)]], Field(min_length=1, max_length=1_000)],
    max_batch_size: Annotated[int, Field(ge=1, le=1_000)] = 4,
    max_delay: Annotated[float, Field(gt=0, le=1e6)] = 5.0,
    rule: Literal["size or delay", "tumbling"] = "size or delay",
    latency_slo: Annotated[float, Field(gt=0, le=1e6)] = 20.0,
    fixed_time: Annotated[float, Field(ge=0, le=1e6)] = 4.0,
    time_per_item: Annotated[float, Field(gt=0, le=1e6)] = 1.0,
) -> Output:
    """Batches of requests that arrive at given times, and the sizes an adaptive controller would try.

    Parameters
    ----------
    arrivals : list of float
        Arrival times in ms; sorted first.
    max_batch_size : int
        Size B that flushes a batch at once (not used by tumbling windows).
    max_delay : float
        Longest wait of the oldest request in ms, or the width of a tumbling window.
    rule : {"size or delay", "tumbling"}
        How batches are cut.
    latency_slo : float
        Latency objective of the adaptive controller in ms.
    fixed_time : float
        Time of an empty batch in its latency model, ms.
    time_per_item : float
        Time each item adds, ms.

    Returns
    -------
    dict
        ``n_batches``; ``batch_sizes`` and ``flush_times`` of the first 50; ``largest_batch``; ``max_wait`` and
        ``mean_wait`` until the flush; ``adaptive_sizes`` over 50 rounds and ``largest_size_within_slo``.

    Examples
    --------
    >>> r = dynamic_batching([0, 1, 2, 3, 10], max_batch_size=4, max_delay=5)
    >>> r["batch_sizes"], r["flush_times"]
    ([4, 1], [3, 15])
    """
    times = sorted(arrivals)
    batches = tumbling(times, max_delay) if rule == "tumbling" else size_or_delay(times, max_batch_size, max_delay)
    waits = [flush - times[member] for flush, members in batches for member in members]
    return {
        "n_batches": len(batches),
        "batch_sizes": [len(members) for _, members in batches[:50]],
        "flush_times": [flush for flush, _ in batches[:50]],
        "largest_batch": max(len(members) for _, members in batches),
        "max_wait": max(waits),
        "mean_wait": sum(waits) / len(waits),
        "adaptive_sizes": adapt(latency_slo, fixed_time, time_per_item, 50),
        "largest_size_within_slo": max(0, math.floor((latency_slo - fixed_time) / time_per_item)),
    }
