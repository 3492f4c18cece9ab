r"""Stream-based active learning decides for every arriving item on the spot whether to ask for its label, by comparing
the model's confidence with a threshold.

$$\text{query } x_t \iff \max_k p_t(k \mid x_t) < \tau$$

**Intuition.** No pool is kept. Items pass one by one, and the model is updated after each label. The threshold sets the
price: too low and nothing is ever selected, too high and everything is. Confidence is at least $1/K$ for $K$ classes,
so thresholds below that select nothing.

**When to use it.** When items cannot be stored or must be answered at once: sensors, moderation queues, support
tickets.

**Cost.** One prediction an item, one update a query.

**Pitfalls.** A fixed threshold asks too much at the start and too little later, when confidence has grown; adapt it to
a target rate of queries. A model that is confidently wrong never asks: query a small random share anyway. Under drift
old confidence is worthless. The labelled sample is biased towards hard items. Labels that arrive late need a queue.

**References.** Cohn, Atlas and Ladner, *Improving generalization with active learning*, Machine Learning (1994).
Žliobaitė et al., *Active learning with drifting streaming data* (2014). Settles (2009), section 2.2.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.activations.sigmoid import logistic
from algorithms.active_learning.active_learning_loop import domain
from algorithms.imbalanced_learning.class_weighting import with_intercept
from algorithms.inputs import Probability, Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


@algorithm(
    id="stream-based-active-learning",
    name="Stream-based active learning",
    aliases=("streaming AL", "selective sampling", "online active learning", "confidence threshold for queries"),
    example={"threshold": 0.8, "items": 1000, "seed": 0},
    cost="seconds",
)
def stream_based_active_learning(
    threshold: Probability = 0.8,
    items: Annotated[int, Field(ge=50, le=5000)] = 1000,
    adapt: Literal["fixed", "target-rate"] = "fixed",
    target_rate: Annotated[float, Field(gt=0, le=1)] = 0.1,
    learning_rate: Annotated[float, Field(gt=0, le=5)] = 0.5,
    seed: Seed = 0,
) -> Output:
    """Online logistic regression on a stream of items with eight features.

    Parameters
    ----------
    threshold : float
        Query below this confidence; with "target-rate" the starting value.
    items : int
        Length of the stream.
    adapt : {"fixed", "target-rate"}
        Keep the threshold, or raise and lower it to reach the target rate of queries.
    target_rate : float
        Share of the items that should be queried.
    learning_rate : float
        Step of the online update, divided by the square root of the number of labels.
    seed : int
        Seed of the stream.

    Returns
    -------
    dict
        ``queries``, ``query_share``, ``query_share_late`` (second half), ``accuracy`` (on 2,000 fresh items),
        ``accuracy_all_labels`` (same updates with all labels), ``final_threshold``, ``mean_confidence`` (second half).

    Examples
    --------
    >>> stream_based_active_learning(0.5)["queries"], stream_based_active_learning(1.0)["query_share"]
    (0, 1.0)
    """
    rng = np.random.default_rng(seed)
    X, y = domain(items, 0.0, rng)
    T, truth = domain(2000, 0.0, rng)
    A, B = with_intercept(X), with_intercept(T)  # (n, 9), (m, 9)

    def run(tau: float, rule: str) -> tuple[Floats, list[bool], list[float], float]:
        w, asked, confidences, count = np.zeros(A.shape[1]), [], [], 0
        for row, label in zip(A, y, strict=True):
            p = float(logistic(np.array(row @ w)))
            confidence = max(p, 1 - p)
            query = confidence < tau or tau >= 1
            confidences.append(confidence)
            asked.append(query)
            count += query
            if query:
                w = w + learning_rate / np.sqrt(count) * (label - p) * row
            if rule == "target-rate":
                tau = float(np.clip(tau + 0.02 * (target_rate - query), 0.5, 1))
        return w, asked, confidences, tau

    w, asked, confidences, tau = run(threshold, adapt)
    everything = run(1.0, "fixed")[0]
    half = items // 2
    return {
        "queries": sum(asked),
        "query_share": float(np.mean(asked)),
        "query_share_late": float(np.mean(asked[half:])),
        "accuracy": float(np.mean((B @ w > 0) == truth)),
        "accuracy_all_labels": float(np.mean((B @ everything > 0) == truth)),
        "final_threshold": tau,
        "mean_confidence": float(np.mean(confidences[half:])),
    }
