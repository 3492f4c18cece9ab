r"""The mean reciprocal rank (MRR) averages one over the rank of the first relevant result, over all queries.

$$\text{MRR} = \frac1N \sum_{i=1}^{N} \frac{1}{\text{rank}_i}$$

**Intuition.** A first hit on top counts 1, on second place 1/2, on third 1/3: ranks 1, 2 and 3 give $11/18 = 0.6111$. The score drops steeply at the
top and hardly changes further down, like the patience of a user who looks for one answer.

**When to use it.** When one right answer suffices: question answering, known-item search, autocompletion, retrieval for a language model that needs
one good passage.

**Cost.** $O(1)$ a query once the rank of the first hit is known.

**Pitfalls.** Only the *first* relevant result counts; a second one changes nothing, so use average precision or nDCG where several matter. A query
without any relevant result in the list counts 0 and must stay in the average; dropping it inflates the score. It is the mean of reciprocals, not the
reciprocal of the mean rank: ranks 1 and 9 give 0.556, not 0.2. Reciprocal ranks are not on an interval scale, so the mean is much moved by
top ranks. State the cut-off (MRR@10).

**References.** Voorhees, *The TREC-8 question answering track report* (1999). Craswell, *Mean reciprocal rank*, Encyclopedia of Database Systems (2009).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.registry import Output, algorithm

Ranks = Annotated[list[Annotated[int, Field(ge=0, le=1_000_000)]], Field(min_length=1, max_length=4096)]
Depth = Annotated[int, Field(ge=1, le=1_000_000)]


@algorithm(
    id="mean-reciprocal-rank",
    name="Mean reciprocal rank",
    aliases=("MRR", "reciprocal rank", "MRR@10", "MRR at k"),
    example={"ranks": [1, 2, 3]},
)
def mean_reciprocal_rank(ranks: Ranks, k: Depth = 1_000_000) -> Output:
    """MRR from the rank of the first relevant result of each query.

    Parameters
    ----------
    ranks : list of int, length N
        Rank of the first relevant result of each query, from 1; 0 if there is none.
    k : int
        Cut-off: ranks below the first k results count as not found.

    Returns
    -------
    dict
        ``mrr`` in [0, 1]; ``reciprocal_ranks``, the first 50; ``found``, number of queries with a relevant result in the
        first k; ``mean_rank_when_found`` (None if there is none), which is not 1 / MRR.

    Examples
    --------
    >>> round(mean_reciprocal_rank([1, 2, 3])["mrr"], 4)
    0.6111
    """
    r = np.asarray(ranks, dtype=np.float64)  # (N,)
    found = (r >= 1) & (r <= k)
    reciprocal = np.divide(1.0, r, out=np.zeros(len(r)), where=found)  # (N,)
    return {
        "mrr": float(reciprocal.mean()),
        "reciprocal_ranks": reciprocal[:50],
        "found": int(found.sum()),
        "mean_rank_when_found": float(r[found].mean()) if found.any() else None,
    }
