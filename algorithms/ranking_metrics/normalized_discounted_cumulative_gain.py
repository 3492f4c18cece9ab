r"""Normalized discounted cumulative gain (nDCG) scores a ranking by graded relevance, discounted by position, relative to the best order.

$$\text{DCG@}k = \sum_{i=1}^{k} \frac{g(rel_i)}{\log_2(i + 1)}, \qquad \text{nDCG} = \frac{\text{DCG}}{\text{IDCG}}, \qquad
g(rel) = rel \ \text{ or } \ 2^{rel} - 1$$

**Intuition.** Each result adds its gain; the logarithm makes lower positions count less. Dividing by the DCG of the ideal order (IDCG) puts
queries with few and with many relevant documents on one scale from 0 to 1.

**When to use it.** When relevance has grades and several results matter: web search, recommendation, retrieval benchmarks (nDCG@10).

**Cost.** $O(n \log n)$ for the ideal order.

**Pitfalls.** Two gains are in use: linear, and $2^{rel} - 1$, which favours highly relevant results; with binary relevance both agree. Values are
comparable only with the same gain, cut-off and judgements, and nDCG without a stated formula cannot be reproduced. For relevances 3, 2, 3, 0, 1, 2
the linear form gives DCG 6.8611, IDCG 7.1410, nDCG 0.9608. The ideal order must come from *all* judged documents of the query, not only
from those retrieved; otherwise a system that misses the best documents looks perfect. Queries without relevant documents are 0/0: leave them out or count 0,
and say which.

**References.** Järvelin and Kekäläinen, *Cumulated gain-based evaluation of IR techniques* (2002). Burges et al., *Learning to rank using gradient
descent* (2005), for the exponential gain.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Grades = Annotated[list[Annotated[float, Field(ge=0, le=30)]], Field(min_length=1, max_length=1000)]
Depth = Annotated[int, Field(ge=1, le=1000)]
Gain = Literal["linear", "exponential"]


def discounts(n: int) -> Floats:
    """Weights 1 / log2(i + 1) of the positions 1 to n.

    Examples
    --------
    >>> discounts(3).round(4).tolist()
    [1.0, 0.6309, 0.5]
    """
    return np.asarray(1 / np.log2(np.arange(2, n + 2)))


def discounted_gain(grades: Floats, gain: Gain, k: int) -> float:
    """DCG of grades (n,) in ranked order, cut off after k.

    Examples
    --------
    >>> discounted_gain(np.array([3.0, 0.0, 1.0]), "exponential", 3)
    7.5
    """
    top = grades[:k]
    gains = top if gain == "linear" else 2.0**top - 1
    return float(gains @ discounts(len(top)))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Discounted gain of each position, actual and ideal."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    positions = np.arange(1, len(output["discounted_gains"]) + 1)
    axes.bar(positions - 0.2, output["discounted_gains"], width=0.4, label="ranking")
    axes.bar(positions + 0.2, output["ideal_discounted_gains"], width=0.4, label="ideal")
    axes.legend()
    axes.set(xlabel="position", ylabel="discounted gain", title=f"nDCG = {output['ndcg']:.4f}")
    return figure


@algorithm(
    id="normalized-discounted-cumulative-gain",
    name="Normalized discounted cumulative gain (nDCG)",
    aliases=("DCG", "NDCG", "nDCG", "discounted cumulative gain", "nDCG@10", "IDCG"),
    example={"relevances": [3, 2, 3, 0, 1, 2], "gain": "linear"},
    figure=draw,
)
def normalized_discounted_cumulative_gain(
    relevances: Grades, gain: Gain = "linear", k: Depth = 1000, unretrieved: Grades | None = None
) -> Output:
    """DCG, IDCG and nDCG of one ranking.

    Parameters
    ----------
    relevances : list of float, length n
        Grades of the results in ranked order.
    gain : {"linear", "exponential"}
        Gain rel, or 2^rel - 1.
    k : int
        Cut-off.
    unretrieved : list of float
        Grades of judged documents that the ranking misses; they belong to the ideal order.

    Returns
    -------
    dict
        ``ndcg`` in [0, 1], 0 if nothing is relevant; ``dcg``; ``idcg``; ``discounted_gains`` and
        ``ideal_discounted_gains`` of the first positions, at most 50.

    Examples
    --------
    >>> result = normalized_discounted_cumulative_gain([3, 2, 3, 0, 1, 2])
    >>> round(result["dcg"], 4), round(result["idcg"], 4), round(result["ndcg"], 4)
    (6.8611, 7.141, 0.9608)
    """
    ranked = np.asarray(relevances, dtype=np.float64)  # (n,)
    ideal = np.sort(np.concatenate([ranked, np.asarray(unretrieved or [], dtype=np.float64)]))[::-1]
    dcg, idcg = discounted_gain(ranked, gain, k), discounted_gain(ideal, gain, k)
    shown = min(k, len(ranked), 50)
    parts = [(g[:shown] if gain == "linear" else 2.0 ** g[:shown] - 1) * discounts(shown) for g in (ranked, ideal)]
    return {
        "ndcg": dcg / idcg if idcg > 0 else 0.0,
        "dcg": dcg,
        "idcg": idcg,
        "discounted_gains": parts[0],
        "ideal_discounted_gains": parts[1],
    }
