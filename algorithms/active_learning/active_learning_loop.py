r"""An active learning loop trains on few labels, lets the model choose which items to label next, has them annotated,
and repeats.

$$L_{t+1} = L_t \cup \operatorname{annotate}\Big(\text{bottom-}N_{\,x \in U_t}\; \max_k p_t(k \mid x)\Big), \qquad
U_{t+1} = U_t \setminus L_{t+1}$$

**Intuition.** Of 100,000 tweets, label 1,000 at random, train, score the other 99,000, label the 1,000 with the lowest
confidence, train again. Labels go where the model is unsure, near the boundary, instead of to easy items. In the
pool-based form all remaining items are scored again in each loop. Stop when the target performance or the labelling
budget is reached.

**When to use it.** When items are plentiful and labels dear, and on a new domain: querying uncertain target items
adapts faster than random ones.

**Cost.** One training and one pass over the pool a loop.

**Pitfalls.** It is a paradigm of its own (choosing which labels to buy); calling it semi-supervised learning is
imprecise, though the two combine. If the pool contains junk, such as 5% of records in another language, low confidence
picks the junk: filter first. Measure on a separate random test set. Batches of near duplicates waste labels. Labels
chosen for one model may not suit the next. Keep some random picks.

**References.** Settles, *Active learning literature survey* (2009). Lewis and Gale, SIGIR (1994). Monarch,
*Human-in-the-Loop Machine Learning* (2021).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.active_learning.least_confidence_sampling import most_uncertain
from algorithms.imbalanced_learning.class_weighting import fit_logistic, probability
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

DIMENSION = 8


def domain(n: int, angle: float, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Standard normal items (n, 8), labelled by the side of a plane turned by `angle`, 3% of them wrongly."""
    X = rng.standard_normal((n, DIMENSION))
    y = (boundary_distance(X, angle) > 0) ^ (rng.random(n) < 0.03)
    return X, y.astype(np.float64)


def boundary_distance(X: Floats, angle: float) -> Floats:
    """Signed distance (n,) from the plane through the origin with normal (cos, sin, 0, ...)."""
    return np.asarray(np.cos(angle) * X[:, 0] + np.sin(angle) * X[:, 1])


def run_loop(
    X: Floats,
    y: Floats,
    start: list[int],
    batch: int,
    budget: int,
    strategy: str,
    T: Floats,
    t: Floats,
    target: float,
    rng: np.random.Generator,
) -> tuple[list[int], list[int], list[float], str]:
    """Labelled rows, label counts and test accuracies by round, and why the loop stopped."""
    labelled = list(start)
    counts, curve = [], []
    while True:
        beta = fit_logistic(X[labelled], y[labelled], l2=0.3)
        counts.append(len(labelled))
        curve.append(float(np.mean((probability(T, beta) > 0.5) == t)))
        if curve[-1] >= target:
            return labelled, counts, curve, "target reached"
        pool = np.setdiff1d(np.arange(len(X)), labelled)
        n = min(batch, budget - len(labelled), len(pool))
        if n <= 0:
            return labelled, counts, curve, "budget spent"
        if strategy == "random":
            chosen = rng.choice(pool, n, replace=False)
        else:
            chosen = pool[most_uncertain(-np.abs(probability(X[pool], beta) - 0.5), n)]
        labelled += chosen.tolist()


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Learning curves of active and random labelling."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["labels"], output["accuracy_curve"], "o-", label="active")
    axes.plot(output["labels_random"], output["random_curve"], "o-", label="random")
    axes.set(xlabel="labels", ylabel="test accuracy", title=inputs["scenario"])
    axes.legend()
    return figure


@algorithm(
    id="active-learning-loop",
    name="Active learning loop",
    aliases=(
        "AL",
        "active learning",
        "query-annotate-train",
        "pool-based active learning",
        "pooling AL",
        "active-learning stopping rule",
        "labelling budget",
        "active learning on the target domain",
        "query uncertain target instances",
        "active learning picks off-distribution junk",
        "noisy pool",
        "outlier selection",
    ),
    example={"scenario": "pool", "initial": 10, "batch": 10, "budget": 60, "seed": 0},
    cost="seconds",
    figure=draw,
)
def active_learning_loop(
    scenario: Literal["pool", "target-domain", "noisy-pool"] = "pool",
    pool_size: Annotated[int, Field(ge=50, le=2000)] = 500,
    initial: Annotated[int, Field(ge=4, le=200)] = 10,
    batch: Annotated[int, Field(ge=1, le=200)] = 10,
    budget: Annotated[int, Field(ge=5, le=400)] = 60,
    target_accuracy: Annotated[float, Field(ge=0.5, le=1)] = 1.0,
    junk_share: Annotated[float, Field(ge=0, le=0.5)] = 0.05,
    seed: Seed = 0,
) -> Output:
    """Run the loop with a logistic regression on items of eight features, and the same with random labels.

    Parameters
    ----------
    scenario : {"pool", "target-domain", "noisy-pool"}
        A clean pool; a start of source-domain labels and a pool from a domain whose boundary is turned by 60 degrees;
        or a pool with junk on the boundary.
    pool_size : int
        Unlabelled items.
    initial : int
        Random labels at the start.
    batch : int
        Labels a round.
    budget : int
        Labels in all.
    target_accuracy : float
        Stop early when the test accuracy reaches this.
    junk_share : float
        Share of junk ("noisy-pool"); its labels are coin flips.
    seed : int
        Seed of data and random choices.

    Returns
    -------
    dict
        ``labels`` and ``accuracy_curve`` by round (at most 50), ``labels_random`` and ``random_curve``, ``stopped``
        ("target reached" or "budget spent"), ``final_accuracy``, ``random_final_accuracy``, ``mean_gain`` (of the curve
        over random labels), ``junk_queried`` (share of the queried items that is junk), ``queried_distance`` and
        ``pool_distance`` (mean distance from the true boundary).

    Raises
    ------
    ValueError
        If `initial` exceeds the budget or the pool.

    Examples
    --------
    >>> out = active_learning_loop()
    >>> out["labels"][-1], out["queried_distance"] < out["pool_distance"]
    (60, True)
    """
    if initial > min(budget, pool_size):
        raise ValueError(f"initial is {initial}; keep it within the budget ({budget}) and the pool ({pool_size})")
    rng = np.random.default_rng(seed)
    angle = np.pi / 3 if scenario == "target-domain" else 0.0
    X, y = domain(pool_size, angle, rng)
    T, t = domain(2000, angle, rng)
    junk = np.zeros(len(X), dtype=bool)
    start = [int(i) for i in rng.choice(pool_size, initial, replace=False)]
    if scenario == "noisy-pool":
        junk[rng.choice(pool_size, round(junk_share * pool_size), replace=False)] = True
        X[junk] = 0.05 * rng.standard_normal((int(junk.sum()), DIMENSION))  # close to any boundary
        y[junk] = rng.integers(0, 2, int(junk.sum()))
    if scenario == "target-domain":
        S, s = domain(initial, 0.0, rng)
        X, y, junk = np.concatenate([S, X]), np.concatenate([s, y]), np.append(np.zeros(initial, dtype=bool), junk)
        start = list(range(initial))
    if len(set(y[start])) == 1:  # one class only would fit no boundary
        start[0] = int(np.flatnonzero(y != y[start[0]])[0])
    arguments = (X, y, start, batch, budget)
    labelled, counts, curve, reason = run_loop(*arguments, "active", T, t, target_accuracy, rng)
    _, counts_r, random, _ = run_loop(*arguments, "random", T, t, target_accuracy, rng)
    queried, shared = labelled[len(start) :], min(len(curve), len(random))
    distance = np.abs(boundary_distance(X, angle))
    return {
        "labels": counts[:50],
        "accuracy_curve": curve[:50],
        "labels_random": counts_r[:50],
        "random_curve": random[:50],
        "stopped": reason,
        "final_accuracy": curve[-1],
        "random_final_accuracy": random[-1],
        "mean_gain": float(np.mean(np.subtract(curve[:shared], random[:shared]))),
        "junk_queried": float(junk[queried].mean()) if queried else 0.0,
        "queried_distance": float(distance[queried].mean()) if queried else 0.0,
        "pool_distance": float(distance.mean()),
    }
