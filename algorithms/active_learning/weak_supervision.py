r"""Weak supervision labels data by many noisy rules (labelling functions) and combines their votes, plainly or with a
learned label model.

$$P(y = 1 \mid \lambda) = \sigma\Big(\sum_j w_j \lambda_j\Big), \qquad w_j = \ln\frac{a_j}{1 - a_j}, \qquad
\mathbb E[\lambda_i \lambda_j] = (2 a_i - 1)(2 a_j - 1)$$

with votes $\lambda_j \in \{-1, 0, +1\}$ (0 abstains) and accuracies $a_j$. The last equation, for independent functions
and balanced classes, gives the accuracies from agreements alone.

**Intuition.** Twenty people write rules such as "many capitals" or "mentions religion". Calling a post positive if at
least $X$% of the rules fire is a plain threshold vote. But some rules are right 90% of the time, others barely more
than half. How often two rules agree reveals how good they are, without a single true label; better rules get more
weight.

**When to use it.** For millions of unlabelled items and expert rules.

**Cost.** One pass of rules over the data; the label model is small.

**Pitfalls.** Snorkel is one system for this and not a synonym; its core is the learned label model, not a plain vote.
Rules that copy each other look accurate: model their dependence. Rules worse than chance flip the estimate. Abstaining
is not a negative vote. Train a classifier on the soft labels to generalise beyond the rules; keep a small gold set.

**References.** Ratner et al., *Data programming*, NIPS (2016), arXiv:1605.07723; *Snorkel*, VLDB (2017). Dawid and
Skene (1979). Fu et al., *Fast and three-rious*, ICML (2020).
"""

from __future__ import annotations

from itertools import combinations
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import AfterValidator, Field

from algorithms.activations.sigmoid import logistic
from algorithms.inputs import Probability, Seed, rectangular
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Votes = Annotated[
    list[Annotated[list[Literal[-1, 0, 1]], Field(min_length=1, max_length=20)]],
    Field(min_length=1, max_length=1000),
    AfterValidator(rectangular),
]
Accuracies = Annotated[list[Annotated[Probability, Field(ge=0.5)]], Field(min_length=3, max_length=20)]


def accuracies_from_agreement(L: Floats) -> Floats:
    """Accuracy (m,) of each function from pairwise agreements of votes L (n, m) by the triplet method.

    For functions i, j, k the agreement means M satisfy (2 a_i - 1)^2 = M_ij M_ik / M_jk; the median over the pairs j, k
    is taken.

    Examples
    --------
    >>> L = np.array([[1, 1, 1], [1, 1, 1], [-1, -1, -1], [1, 1, -1.0]])
    >>> accuracies_from_agreement(L).round(3).tolist()
    [1.0, 1.0, 0.75]
    """
    both = np.abs(L).T @ np.abs(L)  # (m, m): items on which both vote
    M = np.where(both > 0, L.T @ L / np.maximum(both, 1), 0.0)  # (m, m)
    m = L.shape[1]
    out = np.empty(m)
    for i in range(m):
        pairs = [(j, k) for j, k in combinations([r for r in range(m) if r != i], 2) if abs(M[j, k]) > 1e-3]
        squares = [abs(M[i, j] * M[i, k] / M[j, k]) for j, k in pairs]
        out[i] = (1 + min(np.sqrt(np.median(squares)), 1.0)) / 2 if squares else 0.5
    return out


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Estimated accuracies of the functions."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.bar(range(len(output["estimated_accuracies"])), output["estimated_accuracies"])
    if inputs["votes"] is None:
        axes.plot(range(len(inputs["accuracies"])), inputs["accuracies"], "kx", label="true")
        axes.legend()
    axes.set(xlabel="labelling function", ylabel="accuracy", ylim=(0.4, 1))
    return figure


@algorithm(
    id="weak-supervision",
    name="Weak supervision (labelling-function vote, label model)",
    aliases=(
        "weak supervision: labelling-function vote",
        "rule sets",
        "threshold vote",
        "Snorkel-style label model",
        "Snorkel",
        "data programming",
        "generative label model",
        "labelling functions",
    ),
    example={"accuracies": [0.95, 0.9, 0.6, 0.6, 0.55, 0.55], "n": 1000, "seed": 0},
    figure=draw,
)
def weak_supervision(
    accuracies: Accuracies,
    votes: Votes | None = None,
    threshold: Annotated[float, Field(gt=0, le=1)] = 0.5,
    n: Annotated[int, Field(ge=20, le=5000)] = 1000,
    abstain: Annotated[float, Field(ge=0, le=0.9)] = 0.1,
    seed: Seed = 0,
) -> Output:
    """Combine votes by a threshold and by a label model; the votes are given or simulated with known accuracies.

    Parameters
    ----------
    accuracies : list of float, length m
        Accuracies of simulated functions; ignored if `votes` are given.
    votes : list of list of {-1, 0, 1} or None
        Votes of m functions on each item; 0 abstains.
    threshold : float
        Positive in the plain vote if more than this share of the votes cast is positive.
    n : int
        Simulated items.
    abstain : float
        Probability that a simulated function abstains.
    seed : int
        Seed of the simulation.

    Returns
    -------
    dict
        ``estimated_accuracies`` (m,), ``weights`` (m,) log-odds, ``vote_labels`` and ``model_labels`` (first 50; 0 or
        1), ``model_probabilities`` (first 50), ``disagreement`` (share of items on which the two differ), ``coverage``
        (share of items with a vote); ``vote_accuracy`` and ``model_accuracy`` (null for given votes).

    Raises
    ------
    ValueError
        If the given votes come from fewer than three functions.

    Examples
    --------
    >>> out = weak_supervision([0.95, 0.9, 0.6, 0.6, 0.55, 0.55])
    >>> out["model_accuracy"] > out["vote_accuracy"] + 0.05
    True
    """
    rng = np.random.default_rng(seed)
    L: Floats
    truth = rng.integers(0, 2, n)
    if votes is None:
        a = np.asarray(accuracies)
        right = rng.random((n, len(a))) < a
        sign = np.where(right, 1.0, -1.0) * np.where(truth == 1, 1.0, -1.0)[:, None]
        L = np.where(rng.random(right.shape) < abstain, 0.0, sign)  # (n, m)
    else:
        L = np.asarray(votes, dtype=np.float64)
    if L.shape[1] < 3:
        raise ValueError("agreements identify accuracies only from three functions on; give at least three")
    estimated = accuracies_from_agreement(L)
    kept = np.clip(estimated, 0.02, 0.98)  # a perfect estimate would have infinite weight
    w = np.log(kept / (1 - kept))
    p = logistic(L @ w)  # (n,)
    cast = np.abs(L).sum(axis=1)
    share = np.where(cast > 0, (L > 0).sum(axis=1) / np.maximum(cast, 1), 0.0)
    plain, model = (share > threshold).astype(int), (p > 0.5).astype(int)
    return {
        "estimated_accuracies": estimated,
        "weights": w,
        "vote_labels": plain[:50],
        "model_labels": model[:50],
        "model_probabilities": p[:50],
        "disagreement": float(np.mean(plain != model)),
        "coverage": float(np.mean(cast > 0)),
        "vote_accuracy": None if votes is not None else float(np.mean(plain == truth)),
        "model_accuracy": None if votes is not None else float(np.mean(model == truth)),
    }
