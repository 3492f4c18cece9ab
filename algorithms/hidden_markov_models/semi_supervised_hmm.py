r"""Semi-supervised training of a hidden Markov model adds hard counts from labelled sequences and expected counts from unlabelled ones.

$$\hat a_{ij} \propto \#_{\text{labelled}}(i \to j) + \lambda \sum_{t} \xi_t(i,j), \qquad \hat b_j(k) \propto \#_{\text{labelled}}(j, k) + \lambda \sum_{t:\, o_t = k} \gamma_t(j)$$

**Intuition.** For labelled data the states are known, so each step counts fully for one state. For unlabelled data the current model spreads each step over the states by its
posterior (forward-backward). Both are added and normalised, and the round repeats. The labelled part also fixes which state is which, so states keep their names.

**When to use it.** When annotation is dear and raw sequences are free.

**Cost.** Counting once for the labels; $O(N^2 T)$ a round for the rest.

**Pitfalls.** With no unlabelled data the result must equal the plain maximum likelihood estimate: the first thing to test. A mass of unlabelled data can outvote the labels and *lower* tagging accuracy when the model is
wrong; the weight $\lambda$ below one tempers it. Start from the labelled estimate, not from random parameters. Smooth, or unseen symbols stop the forward pass.

**References.** Merialdo, *Tagging English Text with a Probabilistic Model* (1994). Nigam, McCallum, Thrun and Mitchell, *Text Classification from Labeled
and Unlabeled Documents using EM* (2000).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.hidden_markov_models.baum_welch import expected_counts
from algorithms.hidden_markov_models.forward_backward_algorithm import HMM
from algorithms.hidden_markov_models.hidden_markov_model import sample
from algorithms.hidden_markov_models.hmm_mle_estimation import count_tables, smoothed
from algorithms.hidden_markov_models.viterbi_algorithm import viterbi
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm

Ints = NDArray[np.int64]
TRUTH = HMM(
    np.array([0.5, 0.3, 0.2]),
    np.array([[0.8, 0.15, 0.05], [0.1, 0.8, 0.1], [0.15, 0.05, 0.8]]),
    np.array([[0.4, 0.3, 0.1, 0.1, 0.05, 0.05], [0.05, 0.1, 0.4, 0.3, 0.1, 0.05], [0.1, 0.05, 0.05, 0.1, 0.3, 0.4]]),
)
"""The model that sequences are drawn from: 3 states, 6 symbols."""


def train(
    labelled: list[tuple[Ints, Ints]], unlabelled: list[Ints], weight: float, rounds: int, k: float
) -> tuple[HMM, list[float]]:
    """Model of the shape of `TRUTH` after some rounds, and the log-likelihood of the unlabelled data in each."""
    hard = count_tables(labelled, *TRUTH.B.shape)
    model = HMM(*(smoothed(counts, k) for counts in hard))
    likelihoods = []
    for _ in range(rounds if unlabelled else 0):
        *soft, log_p = expected_counts(model, unlabelled)
        likelihoods.append(log_p)
        model = HMM(*(smoothed(h + weight * s, k) for h, s in zip(hard, soft, strict=True)))
    return model, likelihoods


def accuracy(model: HMM, test: list[tuple[Ints, Ints]]) -> float:
    """Share of states that Viterbi decoding gets right."""
    return float(np.mean([np.mean(viterbi(model, x)[0] == z) for z, x in test]))


@algorithm(
    id="semi-supervised-hmm",
    name="Semi-supervised HMM training",
    aliases=("hard and soft counts", "semi-supervised tagging"),
    example={"labelled": 2, "unlabelled": 30},
    cost="trains",
)
def semi_supervised_hmm(
    labelled: Annotated[int, Field(ge=1, le=50)] = 2,
    unlabelled: Annotated[int, Field(ge=0, le=50)] = 30,
    weight: Annotated[float, Field(ge=0, le=1)] = 0.5,
    rounds: Annotated[int, Field(ge=1, le=20)] = 10,
    k: Annotated[float, Field(gt=0, le=10)] = 0.1,
    seed: Seed = 0,
) -> Output:
    """Train on sequences of 20 steps drawn from a known model with 3 states and 6 symbols.

    Parameters
    ----------
    labelled : int
        Sequences with states.
    unlabelled : int
        Sequences without.
    weight : float
        Weight of an expected count against a hard one.
    rounds : int
        Rounds of expectation maximisation.
    k : float
        Smoothing added to each count.
    seed : int
        Seed of the sequences.

    Returns
    -------
    dict
        ``accuracy_supervised``, from labels alone, ``accuracy_semi_supervised`` and ``accuracy_true_model``, the ceiling, on 50
        test sequences; ``emission_error_supervised`` and ``..._semi_supervised``, mean absolute difference from the true
        emissions; ``log_likelihoods`` of the unlabelled data in each round; ``transition`` (3, 3) learned.

    Examples
    --------
    >>> output = semi_supervised_hmm(labelled=2, unlabelled=0)
    >>> output["accuracy_supervised"] == output["accuracy_semi_supervised"]
    True
    """
    rng = np.random.default_rng(seed)
    known = [sample(TRUTH, 20, rng) for _ in range(labelled)]
    free = [sample(TRUTH, 20, rng)[1] for _ in range(unlabelled)]
    test = [sample(TRUTH, 20, rng) for _ in range(50)]
    supervised, _ = train(known, [], 0, rounds, k)
    both, likelihoods = train(known, free, weight, rounds, k)
    return {
        "accuracy_supervised": accuracy(supervised, test),
        "accuracy_semi_supervised": accuracy(both, test),
        "accuracy_true_model": accuracy(TRUTH, test),
        "emission_error_supervised": np.abs(supervised.B - TRUTH.B).mean(),
        "emission_error_semi_supervised": np.abs(both.B - TRUTH.B).mean(),
        "log_likelihoods": likelihoods,
        "transition": both.A,
    }
