r"""The Viterbi algorithm finds the most probable path of hidden states for a sequence of observations, by dynamic programming.

$$\delta_t(j) = \max_i \delta_{t-1}(i)\, a_{ij}\, b_j(o_t), \qquad \psi_t(j) = \arg\max_i \delta_{t-1}(i)\, a_{ij}$$

**Intuition.** The best path to a state at time $t$ must extend the best path to some state at time $t - 1$. So only $N$ numbers, those of the previous column, are needed to go on; back-pointers remember where each best path came from
and are followed from the end.

**When to use it.** For decoding in hidden Markov models and conditional random fields: tags, phonemes, gene regions, convolutional codes.

**Cost.** $O(N^2 T)$ steps instead of $N^T$ paths: for 3 states and 10 observations about 90 inner steps in place of 59,049 paths.

**Pitfalls.** It maximises the probability of path *and* observations over hidden paths; it does not predict words, and it is not the sum over paths (that is the forward algorithm). The path of the likeliest single states is another answer. Work in
logarithms, or long sequences underflow. Store back-pointers; the maxima alone do not give the path. Ties are broken arbitrarily. Not all paths are listed, so second-best paths need an extension.

**References.** Viterbi, *Error Bounds for Convolutional Codes* (1967). Rabiner, *A Tutorial on Hidden Markov Models* (1989).
"""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from algorithms.hidden_markov_models.forward_backward_algorithm import (
    FEVER,
    HMM,
    Distribution,
    Names,
    Observations,
    Stochastic,
    numbers,
)
from algorithms.hidden_markov_models.hidden_markov_model import joint_probability
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def best_path(log_start: Floats, log_A: Floats, scores: Floats) -> tuple[NDArray[np.int64], float]:
    """Path (T,) that maximises the sum of start, transition and local scores (T, N), and its value.

    Examples
    --------
    >>> path, value = best_path(np.zeros(2), np.array([[0.0, -5.0], [-5.0, 0.0]]), np.array([[1.0, 0.0], [0.0, 2.0]]))
    >>> path.tolist(), value
    ([1, 1], 2.0)
    """
    T, N = scores.shape
    delta, psi = log_start + scores[0], np.zeros((T, N), dtype=np.int64)  # (N,)
    for t in range(1, T):
        candidates = delta[:, None] + log_A  # (N, N)
        psi[t] = candidates.argmax(axis=0)
        delta = candidates.max(axis=0) + scores[t]
    path = np.zeros(T, dtype=np.int64)
    path[-1] = delta.argmax()
    for t in range(T - 1, 0, -1):
        path[t - 1] = psi[t, path[t]]
    return path, float(delta.max())


def viterbi(model: HMM, o: NDArray[np.int64]) -> tuple[NDArray[np.int64], float]:
    """Most probable path (T,) and the logarithm of its joint probability."""
    with np.errstate(divide="ignore"):
        log_pi, log_A, log_B = np.log(model.pi), np.log(model.A), np.log(model.B)
    return best_path(log_pi, log_A, log_B[:, o].T)


@algorithm(
    id="viterbi-algorithm",
    name="Viterbi decoding",
    aliases=("Viterbi", "best path", "MAP decoding", "most likely state sequence"),
    example=FEVER,
)
def viterbi_algorithm(
    states: Names,
    symbols: Names,
    initial: Distribution,
    transition: Stochastic,
    emission: Stochastic,
    observations: Observations,
) -> Output:
    """Most probable state path of the observations.

    Parameters
    ----------
    states : list of str, (N,)
        Hidden states.
    symbols : list of str, (M,)
        Observable symbols.
    initial : list of float, (N,)
        Initial probabilities.
    transition : list of list of float, (N, N)
        Transition probabilities, a row for each state.
    emission : list of list of float, (N, M)
        Emission probabilities, a row for each state.
    observations : list of str, (T,)
        Observed symbols.

    Returns
    -------
    dict
        ``path``; ``probability`` of path and observations, and ``log_probability``; ``inner_steps`` N² T; ``paths`` N^T;
        ``brute_force_path`` and ``brute_force_probability`` where there are at most 5,000 paths, else None.

    Raises
    ------
    ValueError
        If shapes do not fit, rows do not sum to one, a symbol is unknown or the observations are impossible.

    Examples
    --------
    >>> output = viterbi_algorithm(**FEVER)
    >>> output["path"], round(output["probability"], 5)
    (['Healthy', 'Healthy', 'Fever'], 0.01512)
    """
    model = HMM.checked(initial, transition, emission)
    if model.B.shape != (len(states), len(symbols)):
        raise ValueError(f"emission must be {len(states)} × {len(symbols)} (states × symbols), got {model.B.shape}")
    o = numbers(observations, symbols, "symbols")  # (T,)
    path, log_p = viterbi(model, o)
    if np.isneginf(log_p):
        raise ValueError("the observations are impossible under the model; give each some probability")
    N, T = len(states), len(o)
    brute: tuple[list[str] | None, float | None] = None, None
    if N**T <= 5000:
        best = max(itertools.product(range(N), repeat=T), key=lambda z: joint_probability(model, np.array(z), o))
        brute = [states[i] for i in best], joint_probability(model, np.array(best), o)
    return {
        "path": [states[i] for i in path],
        "probability": float(np.exp(log_p)),
        "log_probability": log_p,
        "inner_steps": N * N * T,
        "paths": N**T,
        "brute_force_path": brute[0],
        "brute_force_probability": brute[1],
    }
