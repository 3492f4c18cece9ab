r"""Hit rate at K is the share of queries for which the right answer is among the first K results.

$$\text{hit@}K = \frac1N \sum_{i=1}^{N} \mathbf 1[\text{rank}_i \le K]$$

**Intuition.** Each query is a success or a failure: does the list the user sees contain the answer? For classifiers the same number is called top-K
accuracy. It can only grow with $K$ and reaches 1 once every answer is in the list.

**When to use it.** When one target exists for each query and its position inside the list hardly matters: candidate generation, next-item
recommendation, retrieval before a reranker or a language model.

**Cost.** $O(N)$ once the ranks are known.

**Pitfalls.** The position inside the first K is ignored: use MRR or nDCG where it counts. With several relevant documents hit rate, recall@K and
precision@K differ: it asks for at least one. For a search engine "recall matters most" is often said; web users look at a few top results, so precision
at small K dominates there, while recall is what legal, medical and patent search need. Ranking against a small random sample of negatives makes the number look
high and can reverse comparisons. Always state K.

**References.** Deshpande and Karypis, *Item-based top-N recommendation algorithms* (2004). Krichene and Rendle, *On sampled metrics for item
recommendation* (2020).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.ranking_metrics.mean_reciprocal_rank import Ranks
from algorithms.registry import Output, algorithm

Depth = Annotated[int, Field(ge=1, le=1_000_000)]


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Hit rate against K."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.step(output["depths"], output["hit_rates"], where="post")
    axes.axvline(inputs["k"], ls=":")
    axes.set(xlabel="K", ylabel="hit rate", ylim=(0, 1.05), title=f"hit@{inputs['k']} = {output['hit_rate']:.3f}")
    return figure


@algorithm(
    id="hit-rate-at-k",
    name="Hit rate at K",
    aliases=("hit@k", "top-k accuracy", "hit rate", "HR@K", "success at k", "top-5 accuracy"),
    example={"ranks": [1, 3, 12, 0, 2]},
    figure=draw,
)
def hit_rate_at_k(ranks: Ranks, k: Depth = 10) -> Output:
    """Share of queries whose target is in the first `k`.

    Parameters
    ----------
    ranks : list of int, length N
        Rank of the target of each query, from 1; 0 if it is not in the list.
    k : int
        Number of results that the user sees.

    Returns
    -------
    dict
        ``hit_rate`` in [0, 1]; ``hits``; ``queries``; ``depths`` 1 to 20 and ``hit_rates`` (20,) there, never falling.

    Examples
    --------
    >>> hit_rate_at_k([1, 3, 12, 0, 2], k=5)["hit_rate"]
    0.6
    """
    r = np.asarray(ranks, dtype=np.int64)  # (N,)
    found = r >= 1
    depths = np.arange(1, 21)  # (20,)
    hits = int((found & (r <= k)).sum())
    return {
        "hit_rate": hits / len(r),
        "hits": hits,
        "queries": len(r),
        "depths": depths,
        "hit_rates": (found & (r <= depths[:, None])).mean(axis=1),  # (20, N) averaged over queries
    }
