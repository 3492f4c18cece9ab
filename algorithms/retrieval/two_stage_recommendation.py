r"""Two-stage recommendation first generates a few hundred candidates cheaply and then ranks them with a precise model.

$$\text{recall}_{\text{final}@k} \le \text{recall}_{\text{candidates}}, \qquad
\text{cost} = N\,c_{\text{cheap}} + C\,c_{\text{rank}}$$

**Intuition.** A catalogue has millions of items and a request has milliseconds. The candidate stage compares short
embeddings, so it can look at everything; the ranking stage uses many features and looks at $C \ll N$ items.

**When to use it.** In video, shopping and news feeds: the layout of the YouTube recommender, with a two-tower candidate
model and a deep ranking model.

**Cost.** The expensive model runs $C$ times instead of $N$ times.

**Pitfalls.** An item the candidate stage drops can never be shown: its recall caps the whole system, so measure it first.
The ranker must be trained on what candidates look like at serving time. Both stages optimise different targets (recall
against order), and offline gains of one may vanish in the other. Logged clicks carry position bias. A single candidate
source narrows the feed; mix several.

The example draws items with long true vectors, gives the first stage a shortened and noisy copy, and lets the second
see the true score.

**References.** Covington, Adams and Sargin, *Deep Neural Networks for YouTube Recommendations*, RecSys 2016.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Recall of the final list by the number of candidates."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["candidate_counts"], output["final_recall"], "o-")
    axes.set(xscale="log", xlabel="candidates", ylabel="recall of the true top k", title="two-stage recommendation")
    return figure


@algorithm(
    id="two-stage-recommendation",
    name="Two-stage recommendation (candidates + ranking)",
    aliases=("YouTube recommender", "candidate generation", "candidates and ranking", "two-tower recommender"),
    example={"items": 2000, "users": 20, "candidates": 200, "k": 10},
    figure=draw,
)
def two_stage_recommendation(
    items: Annotated[int, Field(ge=100, le=5_000)] = 2_000,
    users: Annotated[int, Field(ge=1, le=50)] = 20,
    candidates: Annotated[int, Field(ge=1, le=5_000)] = 200,
    k: Annotated[int, Field(ge=1, le=50)] = 10,
    noise: Annotated[float, Field(ge=0, le=10)] = 0.5,
    seed: Seed = 0,
) -> Output:
    """Recommend `k` of `items` to each user through a noisy first stage and an exact second one.

    Parameters
    ----------
    items : int
        Catalogue size N.
    users : int
        Users to average over.
    candidates : int
        Items C passed to the ranking stage, between k and N.
    k : int
        Length of the final list.
    noise : float
        Standard deviation of the noise in the first stage's item vectors.
    seed : int
        Seed of the vectors.

    Returns
    -------
    dict
        ``candidate_recall``, the share of the true top k among the candidates; ``recall_at_k`` of the final list and
        ``first_stage_recall_at_k`` without ranking; ``ranker_calls`` and ``ranker_calls_without_candidates`` a user;
        ``candidate_counts`` and ``final_recall``, a sweep.

    Raises
    ------
    ValueError
        If the candidates are fewer than k or more than the items.

    Examples
    --------
    >>> two_stage_recommendation(items=100, users=2, candidates=100, k=5)["recall_at_k"]
    1.0
    """
    if not k <= candidates <= items:
        raise ValueError(f"candidates must lie between k = {k} and items = {items}, got {candidates}")
    rng = np.random.default_rng(seed)
    U, V = rng.standard_normal((users, 32)), rng.standard_normal((items, 32))  # (users, 32), (items, 32)
    true = U @ V.T  # (users, items)
    seen = (V + noise * rng.standard_normal(V.shape))[:, :24]  # (items, 24): shortened and noisy
    cheap = U[:, :24] @ seen.T  # (users, items)
    first = np.argsort(-cheap, axis=1, kind="stable")  # (users, items)
    best = np.argsort(-true, axis=1, kind="stable")[:, :k]  # (users, k)

    def final_recall(size: int) -> float:
        hits = 0
        for u in range(users):
            short = first[u, :size]  # (C,)
            shown = short[np.argsort(-true[u, short], kind="stable")[:k]]  # (k,)
            hits += len(np.intersect1d(shown, best[u]))
        return hits / (users * k)

    sweep = sorted({k, *(c for c in (20, 50, 100, 200, 500, 1000, 2000) if k <= c <= items), items})
    return {
        "candidate_recall": float(np.mean([np.isin(best[u], first[u, :candidates]).mean() for u in range(users)])),
        "recall_at_k": final_recall(candidates),
        "first_stage_recall_at_k": final_recall(k),
        "ranker_calls": candidates,
        "ranker_calls_without_candidates": items,
        "candidate_counts": sweep,
        "final_recall": [final_recall(c) for c in sweep],
    }
