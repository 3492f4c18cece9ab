r"""Continuous (in-flight) batching refills a slot at every decode step, where static batching waits for the whole batch.

$$\text{steps}_{\text{static}} = \sum_{\text{batches}} \max_i \ell_i, \qquad
\text{steps}_{\text{continuous}} \ge \Big\lceil \tfrac{1}{B} \sum_i \ell_i \Big\rceil$$

**Intuition.** Requests want outputs of different lengths $\ell_i$. In a static batch, finished sequences leave their slot
idle until the longest one ends. Iteration-level scheduling looks at the queue after each token and puts the next request
into the freed slot.

**When to use it.** In every LLM server with more than one user: vLLM, TGI, TensorRT-LLM and SGLang all do it.

**Cost.** One scheduling decision a step; the memory manager must cope with sequences that come and go (paged attention).

**Pitfalls.** Collecting requests until a time window closes or a size is reached is not continuous batching, though it is
often described so: that is dynamic batching, works on whole requests, and is the weaker of the two for decoding. With
output lengths 8, 1, 8, 1, 8, 1, 8, 1 and two slots, continuous batching takes 18 steps, the minimum, and static batching
32. Prefill of a new request stalls the running ones unless it is chunked. More slots raise throughput until the KV cache
is full; then requests are preempted.

**References.** Yu et al., *Orca: A Distributed Serving System for Transformer-Based Generative Models*, OSDI 2022. Kwon et
al., *PagedAttention*, arXiv:2309.06180.
"""

from __future__ import annotations

from collections import deque
from typing import Annotated, Any

from pydantic import Field

from algorithms.registry import Output, algorithm

Lengths = Annotated[list[Annotated[int, Field(ge=1, le=1_000)]], Field(min_length=1, max_length=50)]


def continuous(lengths: list[int], slots: int) -> list[int]:
    """Step after which each request is finished, first come first served with refilling.

    Examples
    --------
    >>> continuous([3, 1, 1], 2)
    [3, 1, 2]
    """
    queue = deque(range(len(lengths)))
    left = list(lengths)
    finish = [0] * len(lengths)
    running: list[int] = []
    step = 0
    while queue or running:
        while queue and len(running) < slots:
            running.append(queue.popleft())
        step += 1
        for request in running:
            left[request] -= 1
            if left[request] == 0:
                finish[request] = step
        running = [request for request in running if left[request]]
    return finish


def static(lengths: list[int], slots: int) -> list[int]:
    """Step after which each request is returned when its whole batch has ended.

    Examples
    --------
    >>> static([3, 1, 1], 2)
    [3, 3, 4]
    """
    finish: list[int] = []
    step = 0
    for start in range(0, len(lengths), slots):
        batch = lengths[start : start + slots]
        step += max(batch)
        finish += [step] * len(batch)
    return finish


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Finishing step of each request under both policies."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    place = range(len(output["continuous_finish"]))
    axes.bar([i - 0.2 for i in place], output["continuous_finish"], 0.4, label="continuous")
    axes.bar([i + 0.2 for i in place], output["static_finish"], 0.4, label="static")
    axes.set(xlabel="request", ylabel="finished after step", title=f"{inputs['slots']} slots")
    axes.legend()
    return figure


@algorithm(
    id="continuous-batching",
    name="Continuous (in-flight) batching vs static batching",
    aliases=(
        "in-flight batching",
        "Orca",
        "vLLM",
        "iteration-level scheduling",
        "static batching",
        "continuous batching",
    ),
    example={"output_lengths": [8, 1, 8, 1, 8, 1, 8, 1], "slots": 2},
    figure=draw,
)
def continuous_batching(output_lengths: Lengths, slots: Annotated[int, Field(ge=1, le=512)] = 2) -> Output:
    """Decode steps of both policies for requests that wait in a queue.

    Parameters
    ----------
    output_lengths : list of int
        Tokens each request will generate, in queue order.
    slots : int
        Sequences B decoded at once.

    Returns
    -------
    dict
        ``continuous_steps`` and ``static_steps``; ``lower_bound`` = max(⌈tokens / B⌉, longest); ``speedup``;
        ``continuous_utilization`` and ``static_utilization`` of the slots; ``continuous_finish`` and ``static_finish``,
        the step at which each request is returned; ``mean_finish`` of both.

    Examples
    --------
    >>> r = continuous_batching([8, 1, 8, 1, 8, 1, 8, 1], slots=2)
    >>> r["continuous_steps"], r["static_steps"], r["lower_bound"]
    (18, 32, 18)
    """
    refilled, batched = continuous(output_lengths, slots), static(output_lengths, slots)
    tokens, n = sum(output_lengths), len(output_lengths)
    return {
        "continuous_steps": max(refilled),
        "static_steps": max(batched),
        "lower_bound": max(-(-tokens // slots), max(output_lengths)),
        "speedup": max(batched) / max(refilled),
        "continuous_utilization": tokens / (slots * max(refilled)),
        "static_utilization": tokens / (slots * max(batched)),
        "continuous_finish": refilled,
        "static_finish": batched,
        "mean_finish": {"continuous": sum(refilled) / n, "static": sum(batched) / n},
    }
