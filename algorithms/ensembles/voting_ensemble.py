r"""A voting ensemble combines classifiers by counting their votes (hard), averaging their probabilities (soft), or
weighting either.

$$\hat y_{\text{hard}} = \arg\max_k \sum_m w_m\,[\arg\max_c p_{mc} = k], \qquad
\hat y_{\text{soft}} = \arg\max_k \sum_m w_m\, p_{mk}, \qquad \sum_m w_m = 1$$

**Intuition.** A hard vote asks each model only for its favourite; a soft vote listens to how sure it is. So the two can
disagree: two models that lean 51:49 to one class outvote one that is 99% sure of the other, but lose to it on average.
Weights let better models count more; taking them from each model's score on the rare classes (the tail) protects those
classes.

**When to use it.** To combine finished models of different kinds without training anything more.

**Cost.** One weighted sum.

**Pitfalls.** Soft voting needs calibrated probabilities; one overconfident model dominates. Hard votes can tie: fix a
rule (here the lowest class wins). Weights must come from validation data, not training data. Copies of one model add
weight and no information. Weights by tail performance trade accuracy on the frequent classes.

**References.** Kuncheva, *Combining Pattern Classifiers* (2014). Kittler et al., *On combining classifiers*, IEEE TPAMI
(1998).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field

from algorithms.inputs import NonNegative, Probability, rectangular
from algorithms.registry import Output, algorithm

Members = Annotated[
    list[Annotated[list[Probability], Field(min_length=2, max_length=256)]],
    Field(min_length=1, max_length=256),
    AfterValidator(rectangular),
]
Weights = Annotated[list[NonNegative], Field(min_length=1, max_length=256)]


@algorithm(
    id="voting-ensemble",
    name="Voting ensemble (hard, soft, weighted)",
    aliases=(
        "majority vote",
        "hard voting",
        "soft voting",
        "weighted ensemble by tail performance",
        "weighted model averaging",
        "voting classifier",
    ),
    example={"probabilities": [[0.51, 0.49], [0.51, 0.49], [0.01, 0.99]]},
)
def voting_ensemble(
    probabilities: Members, weights: Weights | None = None, tail_scores: Weights | None = None
) -> Output:
    """Combine the class probabilities that several models give to one row.

    Parameters
    ----------
    probabilities : list of list of float, M models with K class probabilities
        Each row sums to one.
    weights : list of float or None
        Weight of each model; equal if not given.
    tail_scores : list of float or None
        Score of each model on the rare classes; multiplies the weights.

    Returns
    -------
    dict
        ``weights`` (M,) summing to one, ``hard_votes`` (K,), ``hard_class``, ``soft_probabilities`` (K,),
        ``soft_class``, ``tie`` (whether the hard vote was tied), ``agree``.

    Raises
    ------
    ValueError
        If a row does not sum to one, the numbers of weights and models differ, or all weights are zero.

    Examples
    --------
    >>> out = voting_ensemble([[0.51, 0.49], [0.51, 0.49], [0.01, 0.99]])
    >>> out["hard_class"], out["soft_class"]
    (0, 1)
    """
    P = np.asarray(probabilities, dtype=np.float64)  # (M, K)
    if np.abs(P.sum(axis=1) - 1).max() > 1e-3:
        raise ValueError("each model's probabilities must sum to one")
    w = np.ones(len(P))
    for given in (weights, tail_scores):
        if given is not None:
            if len(given) != len(P):
                raise ValueError(f"{len(given)} weights for {len(P)} models; give one a model")
            w = w * np.asarray(given)
    if w.sum() == 0:
        raise ValueError("all weights are zero; give at least one model a positive weight")
    w = w / w.sum()  # (M,)
    votes = w @ np.eye(P.shape[1])[P.argmax(axis=1)]  # (K,)
    soft = w @ P  # (K,)
    return {
        "weights": w,
        "hard_votes": votes,
        "hard_class": int(np.argmax(votes >= votes.max() - 1e-12)),
        "soft_probabilities": soft,
        "soft_class": int(soft.argmax()),
        "tie": bool(np.sum(votes >= votes.max() - 1e-12) > 1),
        "agree": bool(np.argmax(votes >= votes.max() - 1e-12) == soft.argmax()),
    }
