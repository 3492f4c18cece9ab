r"""Dynamic ensemble selection (KNORA) picks, for every query, the classifiers that are competent in its neighbourhood.

$$E(x) = \{m : f_m(x_i) = y_i \ \text{for all}\ i \in N_k(x)\}, \qquad
\hat y(x) = \operatorname{mode}\{f_m(x) : m \in E(x)\}$$

KNORA-E (eliminate) keeps the models that are right on all $k$ neighbours of the query in a validation set; if there are
none, it drops the farthest neighbour and tries again. KNORA-U (union) gives each model one vote for each neighbour it
gets right.

**Intuition.** A weak classifier may be poor overall and perfect in one region. The labelled neighbours of the query
tell who is good there. Voting among local experts then beats the vote of all, in which the ignorant outnumber the
competent.

**When to use it.** With a pool of diverse weak models and enough validation rows that were not used to train them.

**Cost.** A nearest-neighbour search a query, and the stored correctness table (validation rows × models).

**Pitfalls.** Using training rows as validation makes overfitted models look competent everywhere. Noise among the
neighbours misleads the choice; a larger $k$ is steadier but less local. If even the nearest row is misclassified by
every model, fall back to the vote of all. The distance needs scaled features.

**References.** Ko, Sabourin and Britto, *From dynamic classifier selection to dynamic ensemble selection*, Pattern
Recognition (2008). Cruz, Sabourin and Cavalcanti, *Dynamic classifier selection*, Information Fusion (2018).
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.neighbors_and_clustering.euclidean_distance import squared_distances
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, two_moons
from algorithms.trees.decision_tree import grow, predict_tree


def knora_eliminate(correct: Floats) -> Floats:
    """Votes (M,) from correctness (k, M) on the neighbours, nearest first: 1 for models right on all that are kept.

    Examples
    --------
    >>> knora_eliminate(np.array([[1.0, 0.0], [0.0, 0.0]])).tolist()
    [1.0, 0.0]
    """
    for k in range(len(correct), 0, -1):
        perfect = correct[:k].all(axis=0)
        if perfect.any():
            return np.asarray(perfect, dtype=np.float64)
    return np.ones(correct.shape[1])


def knora_union(correct: Floats) -> Floats:
    """Votes (M,): the number of neighbours each model gets right, or 1 each if nobody gets any.

    Examples
    --------
    >>> knora_union(np.array([[1.0, 0.0], [1.0, 1.0]])).tolist()
    [2.0, 1.0]
    """
    votes = correct.sum(axis=0)
    return np.asarray(votes if votes.sum() > 0 else np.ones(correct.shape[1]), dtype=np.float64)


@algorithm(
    id="dynamic-ensemble-selection",
    name="Dynamic ensemble selection (KNORA)",
    aliases=("DES", "KNORA", "KNORA-E", "KNORA-U", "dynamic classifier selection"),
    example={"method": "eliminate", "k": 7, "seed": 0},
    cost="trains",
)
def dynamic_ensemble_selection(
    method: Literal["eliminate", "union"] = "eliminate",
    k: Annotated[int, Field(ge=1, le=30)] = 7,
    members: Annotated[int, Field(ge=2, le=50)] = 20,
    n: Annotated[int, Field(ge=60, le=400)] = 200,
    noise: Annotated[float, Field(ge=0, le=1)] = 0.15,
    seed: Seed = 0,
) -> Output:
    """Stumps from small bootstraps of two moons, selected for every test row.

    Parameters
    ----------
    method : {"eliminate", "union"}
        KNORA-E or KNORA-U.
    k : int
        Neighbours looked at.
    members : int
        Stumps in the pool.
    n : int
        Training rows, and as many validation rows.
    noise : float
        Spread of the moons.
    seed : int
        Seed of data, bootstraps and feature choice.

    Returns
    -------
    dict
        Test accuracies ``selected_accuracy``, ``vote_accuracy`` (all members), ``best_member_accuracy``,
        ``oracle_accuracy`` (some member is right); ``mean_selected`` members a query.

    Examples
    --------
    >>> out = dynamic_ensemble_selection()
    >>> out["selected_accuracy"] > out["vote_accuracy"]
    True
    """
    rng = np.random.default_rng(seed)
    X, y = two_moons(n, noise, seed)
    V, validation = two_moons(n, noise, seed + 1)
    T, truth = two_moons(300, noise, seed + 2)
    pool = []
    for _ in range(members):
        rows = rng.integers(0, n, 20)
        pool.append(grow(X[rows], np.eye(2)[y[rows]], max_depth=1, max_features=1, rng=rng))
    on_validation = np.stack([predict_tree(t, V).argmax(axis=1) for t in pool], axis=1)  # (n, M)
    on_test = np.stack([predict_tree(t, T).argmax(axis=1) for t in pool], axis=1)  # (m, M)
    correct = (on_validation == validation[:, None]).astype(np.float64)  # (n, M)
    nearest = np.argsort(squared_distances(T, V), axis=1, kind="stable")[:, :k]  # (m, k)
    rule = knora_eliminate if method == "eliminate" else knora_union
    votes = np.stack([rule(correct[rows]) for rows in nearest])  # (m, M)
    share = np.sum(votes * on_test, axis=1) / votes.sum(axis=1)  # (m,) votes for class 1
    right = on_test == truth[:, None]
    return {
        "selected_accuracy": float(np.mean((share > 0.5) == truth)),
        "vote_accuracy": float(np.mean((on_test.mean(axis=1) > 0.5) == truth)),
        "best_member_accuracy": float(right.mean(axis=0).max()),
        "oracle_accuracy": float(right.any(axis=1).mean()),
        "mean_selected": float((votes > 0).sum(axis=1).mean()),
    }
