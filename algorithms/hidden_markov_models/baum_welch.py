r"""Baum-Welch trains a hidden Markov model from observations alone: it is expectation maximisation with expected transition and emission counts.

$$\hat a_{ij} = \frac{\sum_t \xi_t(i,j)}{\sum_{t<T} \gamma_t(i)}, \qquad \hat b_j(k) = \frac{\sum_{t:\,o_t = k} \gamma_t(j)}{\sum_t \gamma_t(j)}, \qquad \hat\pi_i = \gamma_1(i)$$

**Intuition.** If the states were known, counting would give the parameters. They are not, so each time step counts fractionally for every state, with its posterior probability as weight (E step,
forward-backward); normalising these counts is the M step. The likelihood never falls.

**When to use it.** When sequences are plentiful and state labels are missing, as for speech models and biological profiles.

**Cost.** $O(N^2 T)$ a sequence and iteration.

**Pitfalls.** EM finds a *local* maximum that depends on the start; try several seeds. Equal initial rows never separate: start from random ones. States come out unnamed and in any order. The denominator of the transitions leaves out the last
step. A probability that reaches zero stays zero. The likelihood is non-decreasing, so a fall in it is a bug. Too many states overfit.

**References.** Baum, Petrie, Soules and Weiss (1970). Rabiner, *A Tutorial on Hidden Markov Models* (1989). Dempster, Laird and Rubin, *EM* (1977).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.hidden_markov_models.forward_backward_algorithm import HMM, Observations, numbers, posteriors
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Sequences = Annotated[list[Observations], Field(min_length=1, max_length=8)]


def random_model(N: int, M: int, rng: np.random.Generator) -> HMM:
    """Model whose rows are drawn uniformly from the simplex."""
    return HMM(rng.dirichlet(np.ones(N)), rng.dirichlet(np.ones(N), size=N), rng.dirichlet(np.ones(M), size=N))


def expected_counts(model: HMM, sequences: list[NDArray[np.int64]]) -> tuple[Floats, Floats, Floats, float]:
    """Expected counts of starts (N,), transitions (N, N) and emissions (N, M), and the log-likelihood."""
    start, moves, emitted, log_p = np.zeros_like(model.pi), np.zeros_like(model.A), np.zeros_like(model.B), 0.0
    for o in sequences:
        gamma, xi, log_likelihood = posteriors(model, o)
        start += gamma[0]
        moves += xi
        np.add.at(emitted.T, o, gamma)
        log_p += log_likelihood
    return start, moves, emitted, log_p


def normalised(counts: Floats, fallback: Floats) -> Floats:
    """Rows divided by their sums; a row without counts keeps its `fallback`."""
    total = counts.sum(axis=-1, keepdims=True)
    return np.asarray(np.where(total > 0, counts / np.where(total > 0, total, 1), fallback))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Log-likelihood by iteration."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["log_likelihoods"], "o-")
    axes.set(xlabel="iteration", ylabel="log-likelihood", title="Baum-Welch")
    return figure


@algorithm(
    id="baum-welch",
    name="Baum-Welch (EM for HMMs)",
    aliases=("HMM training", "EM re-estimation", "final computation of parameters", "Baum-Welch algorithm"),
    example={
        "sequences": [list("aababbbbcbbccccbcc"), list("aaabaabbbcbbbccbccc"), list("abaabbcbbbbcccc")],
        "n_states": 3,
        "iterations": 30,
    },
    cost="trains",
    figure=draw,
)
def baum_welch(
    sequences: Sequences,
    n_states: Annotated[int, Field(ge=1, le=6)] = 2,
    iterations: Annotated[int, Field(ge=1, le=60)] = 30,
    seed: Seed = 0,
) -> Output:
    """Train a model on `sequences` from a random start.

    Parameters
    ----------
    sequences : list of list of str
        Observed sequences.
    n_states : int
        Hidden states N.
    iterations : int
        Rounds of EM.
    seed : int
        Seed of the start.

    Returns
    -------
    dict
        ``symbols``; ``initial`` (N,), ``transition`` (N, N) and ``emission`` (N, M) after training, at most 24 symbols shown;
        ``log_likelihoods`` before training and after each iteration, non-decreasing.

    Examples
    --------
    >>> output = baum_welch([list("aaabbb"), list("aabbbb")], n_states=2, iterations=30)
    >>> output["log_likelihoods"][-1] > output["log_likelihoods"][0]
    True
    """
    symbols = sorted({symbol for sequence in sequences for symbol in sequence})
    data = [numbers(sequence, symbols, "symbols") for sequence in sequences]
    model = random_model(n_states, len(symbols), np.random.default_rng(seed))
    likelihoods = []
    for _ in range(iterations):
        start, moves, emitted, log_p = expected_counts(model, data)
        likelihoods.append(log_p)
        model = HMM(normalised(start, model.pi), normalised(moves, model.A), normalised(emitted, model.B))
    likelihoods.append(expected_counts(model, data)[3])
    return {
        "symbols": symbols[:24],
        "initial": model.pi,
        "transition": model.A,
        "emission": model.B[:, :24],
        "log_likelihoods": likelihoods,
    }
