r"""The forward-backward algorithm computes the likelihood of an observation sequence under a hidden Markov model and the posterior probability of each state at each time.

$$\alpha_t(j) = b_j(o_t) \sum_i \alpha_{t-1}(i)\, a_{ij}, \qquad \beta_t(i) = \sum_j a_{ij}\, b_j(o_{t+1})\, \beta_{t+1}(j), \qquad \gamma_t(i) = \frac{\alpha_t(i)\, \beta_t(i)}{P(O)}$$

**Intuition.** The forward pass sums over all paths that end in a state, the backward pass over all that start from it; their product counts every path through that state once.
So $P(O) = \sum_j \alpha_T(j)$, and it is the same at each $t$ from $\sum_i \alpha_t(i)\beta_t(i)$. $\xi_t(i,j)$, the posterior of a transition, feeds Baum-Welch.

**When to use it.** For likelihoods (classifying by the best model), smoothing, posterior decoding and training.

**Cost.** $O(N^2 T)$ time and $O(N T)$ memory instead of summing $N^T$ paths.

**Pitfalls.** Posteriors need alphas *and* betas; alphas alone give filtering, which ignores the future. Products underflow after a few hundred steps: scale each column or use logarithms.
$\beta_T = 1$, not the initial distribution. Taking the likeliest state at each time may give an impossible path; Viterbi gives the best path.

**References.** Rabiner, *A Tutorial on Hidden Markov Models* (1989). Jurafsky and Martin, *Speech and Language Processing*, appendix A.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field

from algorithms.inputs import Name, Probability, rectangular
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Names = Annotated[list[Name], Field(min_length=1, max_length=12)]
Observations = Annotated[list[Name], Field(min_length=1, max_length=50)]
Distribution = Annotated[list[Probability], Field(min_length=1, max_length=12)]
Stochastic = Annotated[list[Distribution], Field(min_length=1, max_length=12), AfterValidator(rectangular)]

FEVER: dict[str, Any] = {
    "states": ["Healthy", "Fever"],
    "symbols": ["normal", "cold", "dizzy"],
    "initial": [0.6, 0.4],
    "transition": [[0.7, 0.3], [0.4, 0.6]],
    "emission": [[0.5, 0.4, 0.1], [0.1, 0.3, 0.6]],
    "observations": ["normal", "cold", "dizzy"],
}
"""The textbook model of a patient, the example of several algorithms."""


@dataclass(frozen=True)
class HMM:
    """Initial distribution pi (N,), transitions A (N, N) and emissions B (N, M), rows summing to one."""

    pi: Floats
    A: Floats
    B: Floats

    @classmethod
    def checked(
        cls, initial: Sequence[float], transition: Sequence[Sequence[float]], emission: Sequence[Sequence[float]]
    ) -> HMM:
        """A model from lists.

        Raises
        ------
        ValueError
            If shapes do not fit or a distribution does not sum to one.
        """
        pi, A, B = (np.asarray(x, dtype=np.float64) for x in (initial, transition, emission))
        N = len(pi)
        if A.shape != (N, N) or len(B) != N:
            raise ValueError(f"{N} initial probabilities need a {N} × {N} transition matrix and {N} rows of emissions")
        for name, x in (("initial", pi), ("transition", A), ("emission", B)):
            if not np.allclose(x.sum(axis=-1), 1, atol=1e-6):
                raise ValueError(f"each row of {name} must sum to 1, got {np.round(x.sum(axis=-1), 6).tolist()}")
        return cls(pi, A, B)


def numbers(names: list[str], known: list[str], what: str) -> NDArray[np.int64]:
    """Index of each name in `known`.

    Raises
    ------
    ValueError
        If a name is unknown.

    Examples
    --------
    >>> numbers(["b", "a"], ["a", "b"], "letter").tolist()
    [1, 0]
    """
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise ValueError(f"unknown {what} {unknown}; known are {known}")
    return np.array([known.index(name) for name in names], dtype=np.int64)


def forward(model: HMM, o: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Alphas (T, N), each column scaled to sum to one, and the scales c (T,); log P(O) is the sum of log c.

    Raises
    ------
    ValueError
        If the observations are impossible.
    """
    alpha, c = np.zeros((len(o), len(model.pi))), np.zeros(len(o))
    for t, symbol in enumerate(o):
        a = (model.pi if t == 0 else alpha[t - 1] @ model.A) * model.B[:, symbol]  # (N,)
        c[t] = a.sum()
        if c[t] == 0:
            raise ValueError(f"observation {t + 1} is impossible under the model; give it some probability")
        alpha[t] = a / c[t]
    return alpha, c


def backward(model: HMM, o: NDArray[np.int64], c: Floats) -> Floats:
    """Betas (T, N), divided by the scales c of the later times, so that alpha * beta is the posterior."""
    beta = np.ones((len(o), len(model.pi)))
    for t in range(len(o) - 2, -1, -1):
        beta[t] = model.A @ (model.B[:, o[t + 1]] * beta[t + 1]) / c[t + 1]
    return beta


def posteriors(model: HMM, o: NDArray[np.int64]) -> tuple[Floats, Floats, float]:
    """Gammas (T, N), expected transition counts, the sum of xi over time (N, N), and log P(O).

    Examples
    --------
    >>> model = HMM.checked(FEVER["initial"], FEVER["transition"], FEVER["emission"])
    >>> gamma, xi, log_p = posteriors(model, np.array([0, 1, 2]))
    >>> gamma[:, 0].round(4).tolist(), round(float(xi.sum()), 6), round(float(np.exp(log_p)), 5)
    ([0.8765, 0.6229, 0.2121], 2.0, 0.03628)
    """
    alpha, c = forward(model, o)
    beta = backward(model, o, c)
    weighted = (model.B[:, o[1:]].T * beta[1:]) / c[1:, None]  # (T - 1, N)
    xi = model.A * (alpha[:-1].T @ weighted)  # (N, N)
    return alpha * beta, xi, float(np.log(c).sum())


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Posterior of each state over time."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    gamma = np.asarray(output["posteriors"], dtype=np.float64)
    for i, state in enumerate(inputs["states"]):
        axes.plot(range(1, len(gamma) + 1), gamma[:, i], "o-", label=state)
    axes.set(xlabel="time", ylabel="posterior", ylim=(0, 1), title="state posteriors")
    axes.legend()
    return figure


@algorithm(
    id="forward-backward-algorithm",
    name="Forward-backward algorithm (likelihood and posteriors)",
    aliases=(
        "Forward algorithm (alpha recursion)",
        "alpha pass",
        "HMM likelihood",
        "Backward algorithm",
        "beta pass",
        "Forward-backward state posteriors",
        "gamma",
        "xi",
        "smoothing",
        "posterior decoding",
        "forward algorithm",
    ),
    example=FEVER,
    figure=draw,
)
def forward_backward_algorithm(
    states: Names,
    symbols: Names,
    initial: Distribution,
    transition: Stochastic,
    emission: Stochastic,
    observations: Observations,
) -> Output:
    """Likelihood and posteriors of an observation sequence.

    Parameters
    ----------
    states : list of str, (N,)
        Hidden states.
    symbols : list of str, (M,)
        Observable symbols.
    initial : list of float, (N,)
        Initial probabilities.
    transition : list of list of float, (N, N)
        Row i: probabilities of the next state after state i.
    emission : list of list of float, (N, M)
        Row i: probabilities of the symbols in state i.
    observations : list of str, (T,)
        Observed symbols.

    Returns
    -------
    dict
        ``likelihood`` P(O) and ``log_likelihood``; ``alphas`` and ``betas`` (T, N), unscaled; ``likelihood_backward``, P(O) from
        the betas; ``posteriors`` gamma (T, N), rows summing to one; ``expected_transitions``, xi summed over time (N, N);
        ``likeliest_states`` at each time.

    Raises
    ------
    ValueError
        If shapes do not fit, rows do not sum to one, a symbol is unknown or the observations are impossible.

    Examples
    --------
    >>> round(forward_backward_algorithm(**FEVER)["likelihood"], 5)
    0.03628
    """
    model = HMM.checked(initial, transition, emission)
    if model.B.shape != (len(states), len(symbols)):
        raise ValueError(f"emission must be {len(states)} × {len(symbols)} (states × symbols), got {model.B.shape}")
    o = numbers(observations, symbols, "symbols")  # (T,)
    alpha, c = forward(model, o)
    beta = backward(model, o, c)
    gamma, xi, log_p = posteriors(model, o)
    products = np.cumprod(c)  # (T,)
    betas = beta * (products[-1] / products)[:, None]  # (T, N)
    return {
        "likelihood": float(products[-1]),
        "log_likelihood": log_p,
        "alphas": alpha * products[:, None],
        "betas": betas,
        "likelihood_backward": (model.pi * model.B[:, o[0]] * betas[0]).sum(),
        "posteriors": gamma,
        "expected_transitions": xi,
        "likeliest_states": [states[i] for i in gamma.argmax(axis=1)],
    }
