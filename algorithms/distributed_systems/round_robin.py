r"""Round robin sends requests to the servers in turn; its weighted form gives each server turns in proportion to its weight.

$$\text{server}(i) = i \bmod k, \qquad \text{share}_j = \frac{w_j}{\sum_l w_l}$$

**Intuition.** Turns need no knowledge of the servers. The smooth weighted form adds each server's weight to a running
credit, picks the largest credit and takes the total weight off it. With weights 5, 1, 1 the cycle is a a b a c a a: the
heavy server's turns are spread instead of coming five in a row.

**When to use it.** For requests of similar cost on servers of known capacity: the default of nginx and of DNS rotation.

**Cost.** $O(1)$ a request, $O(k)$ for smooth weights.

**Pitfalls.** It counts requests, not work: long requests pile up on one server by chance, where least connections reacts.
Several independent balancers that all start at the first server hit it together; start at random. Naive weighting by
repetition sends bursts. A server that fails must be taken out by health checks. Sessions do not stick.

**References.** nginx source and documentation, smooth weighted round-robin balancing. Shreedhar and Varghese, *Efficient Fair
Queuing Using Deficit Round Robin* (1995).
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.registry import Output, algorithm

ServerWeights = Annotated[list[Annotated[int, Field(ge=1, le=1_000)]], Field(min_length=1, max_length=26)]
Requests = Annotated[int, Field(ge=1, le=5_000)]


def smooth(weights: list[int], requests: int) -> list[int]:
    """Picks of smooth weighted round robin.

    Examples
    --------
    >>> "".join("abc"[i] for i in smooth([5, 1, 1], 7))
    'aabacaa'
    """
    total, credit = sum(weights), [0] * len(weights)
    picks = []
    for _ in range(requests):
        credit = [c + w for c, w in zip(credit, weights, strict=True)]
        best = max(range(len(weights)), key=credit.__getitem__)  # the first of equals
        credit[best] -= total
        picks.append(best)
    return picks


@algorithm(
    id="round-robin",
    name="Round robin (plain and weighted)",
    aliases=("weighted round robin", "smooth WRR", "round robin load balancing", "WRR"),
    example={"weights": [5, 1, 1], "requests": 7, "mode": "weighted"},
)
def round_robin(
    weights: ServerWeights, requests: Requests = 7, mode: Literal["plain", "weighted"] = "weighted"
) -> Output:
    """Assign requests to servers a, b, c, …

    Parameters
    ----------
    weights : list of int
        Weight of each server; the plain form uses only their number.
    requests : int
        Number of requests.
    mode : {"plain", "weighted"}
        In turn, or smooth weighted.

    Returns
    -------
    dict
        ``picks``, the servers of the first 50 requests as letters; ``counts`` of each server; ``expected_counts``;
        ``longest_run``, most consecutive picks of one server.

    Examples
    --------
    >>> r = round_robin([5, 1, 1], requests=7)
    >>> r["picks"], r["counts"].tolist()
    ('aabacaa', [5, 1, 1])
    """
    k = len(weights)
    picks = smooth(weights, requests) if mode == "weighted" else [i % k for i in range(requests)]
    used = np.asarray(weights if mode == "weighted" else [1] * k)  # (k,)
    run = longest = 1
    for previous, pick in pairwise(picks):
        run = run + 1 if pick == previous else 1
        longest = max(longest, run)
    return {
        "picks": "".join("abcdefghijklmnopqrstuvwxyz"[i] for i in picks[:50]),
        "counts": np.bincount(picks, minlength=k),
        "expected_counts": requests * used / used.sum(),
        "longest_run": longest,
    }
