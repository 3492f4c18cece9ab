r"""The Bradley-Terry model gives each item a score such that the probability of one beating another depends on the
difference of their scores.

$$P(i \succ j) = \frac{e^{s_i}}{e^{s_i} + e^{s_j}} = \sigma(s_i - s_j), \qquad
\hat s = \arg\max_s \sum_{i \ne j} w_{ij} \ln \sigma(s_i - s_j)$$

with $w_{ij}$ the number of times $i$ beat $j$.

**Intuition.** It is logistic regression on pairs. A difference of $\ln 3$ means odds of 3 to 1, so 0.75. Elo is the
same model in other units: 400 points are a factor of 10 in odds. With strengths $\pi_i = e^{s_i}$, Zermelo's iteration
$\pi_i \leftarrow W_i / \sum_j \frac{n_{ij}}{\pi_i + \pi_j}$ climbs the likelihood.

**When to use it.** To rank players, models in an arena, or answers from pairwise judgements; it is the likelihood of
reward models and of DPO.

**Cost.** $O(n^2)$ an iteration.

**Pitfalls.** Scores are identified only up to a constant; fix their mean at 0. The fit uses all comparisons together,
so an item may score lower than one that it beat more often than not: wins 3:2 of $i$ over $j$, 9:1 of $j$ over $k$ and
9:1 of $k$ over $i$ give $s_i < s_j$; that the winner of a pair must score higher is a common error. For an undefeated
item the estimate diverges: the graph of wins must be strongly connected. DPO fits no separate scores; its implicit
reward takes their place. Cycles cannot be expressed.

**References.** Bradley and Terry, *Rank analysis of incomplete block designs* (1952). Zermelo (1929). Hunter, *MM
algorithms for generalized Bradley-Terry models* (2004).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field

from algorithms.activations.sigmoid import logistic
from algorithms.inputs import rectangular
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Score = Annotated[float, Field(ge=-1e6, le=1e6)]
Wins = Annotated[
    list[Annotated[list[Annotated[float, Field(ge=0, le=1e6)]], Field(min_length=2, max_length=20)]],
    Field(min_length=2, max_length=20),
    AfterValidator(rectangular),
]


def strongly_connected(wins: Floats) -> bool:
    """Whether every item beat every other, directly or through a chain."""
    reach = (wins > 0) | np.eye(len(wins), dtype=bool)
    for k in range(len(wins)):
        reach |= reach[:, k : k + 1] & reach[k : k + 1, :]
    return bool(reach.all())


def fit_scores(wins: Floats, iterations: int = 10_000) -> Floats:
    """Maximum-likelihood scores (n,) of mean 0 from wins (n, n), by Zermelo's iteration."""
    played = wins + wins.T  # (n, n)
    strengths = np.ones(len(wins))
    for _ in range(iterations):
        new = wins.sum(axis=1) / (played / (strengths[:, None] + strengths)).sum(axis=1)
        new /= np.exp(np.log(new).mean())
        change = np.abs(np.log(new / strengths)).max()
        strengths = new
        if change < 1e-13:
            break
    return np.asarray(np.log(strengths))


@algorithm(
    id="bradley-terry-model",
    name="Bradley-Terry model (probability and maximum likelihood)",
    aliases=("BT model", "pairwise comparison model", "Elo", "Bradley-Terry", "Elo rating", "preference probability"),
    example={"score_i": 1.0986122886681098, "score_j": 0.0},
)
def bradley_terry_model(score_i: Score = 1.0986122886681098, score_j: Score = 0.0, wins: Wins | None = None) -> Output:
    """Probability that i beats j, and scores fitted to a table of wins.

    Parameters
    ----------
    score_i : float
        Score of item i; the default is ln 3.
    score_j : float
        Score of item j.
    wins : list of lists of float, n × n, or None
        wins[a][b] is how often a beat b; the diagonal must be 0.

    Returns
    -------
    dict
        ``probability`` that i beats j; ``odds``; ``elo_difference``. With wins also ``scores`` (n,) of mean 0, ``log_likelihood`` and ``win_probabilities`` (n, n).

    Raises
    ------
    ValueError
        If the table is not square, has a diagonal, or is not strongly connected, so that no finite maximum exists.

    Examples
    --------
    >>> round(bradley_terry_model(1.0986122886681098, 0.0)["probability"], 12)
    0.75
    >>> bradley_terry_model(wins=[[0, 3, 1], [2, 0, 9], [9, 1, 0]])["scores"].round(2).tolist()
    [-0.78, 0.78, 0.0]
    """
    gap = score_i - score_j
    output: Output = {
        "probability": float(logistic(np.array(gap))),
        "odds": float(np.exp(np.clip(gap, -700, 700))),
        "elo_difference": 400 * gap / float(np.log(10)),
    }
    if wins is None:
        return output
    W = np.asarray(wins, dtype=np.float64)  # (n, n)
    if W.shape[0] != W.shape[1] or np.diag(W).any():
        raise ValueError("wins must be a square table with zeros on the diagonal")
    if not strongly_connected(W):
        raise ValueError(
            "some item (or group) never lost or never won against the rest, so its score would be infinite"
        )
    s = fit_scores(W)
    P = logistic(s[:, None] - s)  # (n, n)
    return {**output, "scores": s, "log_likelihood": float((W * np.log(P)).sum()), "win_probabilities": P}
