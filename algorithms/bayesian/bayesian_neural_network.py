r"""A Bayesian neural network keeps a distribution over its weights instead of one value each, so its predictions carry uncertainty.

$$p(w \mid D) \propto p(D \mid w)\, p(w), \qquad p(y_* \mid x_*, D) = \int p(y_* \mid x_*, w)\, p(w \mid D)\, dw$$

**Intuition.** Many networks explain the data about equally well. They agree where there are data and disagree elsewhere, so the spread of their predictions grows off
the training data. Here the posterior of a small network is sampled by Hamiltonian Monte Carlo: the weights roll like a particle over the surface of the
negative log-posterior, and the ends of the paths are accepted or not.

**When to use it.** Small or costly data, active learning, and decisions that need to know what the model does not know. Deep ensembles, dropout at test time, Laplace and
variational approximations are the affordable versions.

**Cost.** Each sample takes some tens of gradients over all data; prediction averages many networks.

**Pitfalls.** "Inherently avoids overfitting" is too strong: averaging reduces it, depending on the prior and on how good the approximation is. Independent Gaussian priors on weights
say little about functions. Mean-field variational posteriors are overconfident between data. The spread is about the function; add the noise for
observations. Weights are not identifiable (units can be swapped), so judge convergence on predictions.

**References.** MacKay, *A practical Bayesian framework for backpropagation networks* (1992). Neal, *Bayesian Learning for Neural Networks* (1996). Blundell et al.,
arXiv:1505.05424.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Hidden = Annotated[int, Field(ge=1, le=20)]
Samples = Annotated[int, Field(ge=20, le=400)]
Noise = Annotated[float, Field(ge=0.05, le=1)]
LEAPFROG_STEPS = 25
PRIOR_SD = 2.0


def observations(noise_sd: float, seed: int) -> tuple[Floats, Floats]:
    """24 points of sin(2 x) with noise on [-2, -0.7] and [0.7, 2]: a gap in the middle.

    Examples
    --------
    >>> x, y = observations(0.1, seed=0)
    >>> x.shape, bool((np.abs(x) >= 0.7).all())
    ((24,), True)
    """
    x = np.concatenate([np.linspace(-2, -0.7, 12), np.linspace(0.7, 2, 12)])  # (n,)
    return x, np.sin(2 * x) + noise_sd * np.random.default_rng(seed).standard_normal(len(x))


def forward(w: Floats, x: Floats) -> tuple[Floats, Floats]:
    """Outputs (n,) and hidden activations (n, h) of a 1-h-1 tanh network with weights (3 h + 1,).

    Examples
    --------
    >>> forward(np.array([1.0, 0.0, 2.0, 0.5]), np.array([0.0]))[0].tolist()
    [0.5]
    """
    a, b, v = w[:-1].reshape(3, -1)  # (h,) each: input weights, biases, output weights
    hidden = np.tanh(np.outer(x, a) + b)  # (n, h)
    return hidden @ v / np.sqrt(len(v)) + w[-1], hidden


def potential(w: Floats, x: Floats, y: Floats, noise_sd: float) -> tuple[float, Floats]:
    """Negative log-posterior up to a constant, and its gradient (3 h + 1,)."""
    output, hidden = forward(w, x)
    a, _, v = w[:-1].reshape(3, -1)
    error = (output - y) / noise_sd**2  # (n,)
    energy = float((error * (output - y)).sum()) / 2 + float(w @ w) / (2 * PRIOR_SD**2)
    inner = error[:, None] * (1 - hidden**2) * v / np.sqrt(len(a))  # (n, h)
    parts = [x @ inner, inner.sum(axis=0), error @ hidden / np.sqrt(len(a)), [error.sum()]]
    return energy, np.concatenate(parts) + w / PRIOR_SD**2


def leapfrog(w: Floats, p: Floats, step: float, x: Floats, y: Floats, noise_sd: float) -> tuple[Floats, Floats]:
    """Follow the Hamiltonian path: reversible and nearly energy-conserving."""
    p = p - step / 2 * potential(w, x, y, noise_sd)[1]
    for i in range(LEAPFROG_STEPS):
        w = w + step * p
        p = p - (step if i < LEAPFROG_STEPS - 1 else step / 2) * potential(w, x, y, noise_sd)[1]
    return w, p


def metropolis(before: float, after: float, u: float) -> bool:
    """Whether to accept a path, from its energy at both ends and a uniform number in [0, 1).

    Examples
    --------
    >>> metropolis(5.0, 4.0, 0.99), metropolis(4.0, 5.0, 0.3), metropolis(4.0, 5.0, 0.4)
    (True, True, False)
    """
    return after <= before or u < float(np.exp(before - after))


def sample_weights(x: Floats, y: Floats, hidden: int, noise_sd: float, samples: int, seed: int) -> tuple[Floats, float]:
    """Posterior samples (samples, 3 h + 1) after as many warm-up steps, and the acceptance rate."""
    rng = np.random.default_rng(seed + 1)
    w = rng.standard_normal(3 * hidden + 1)
    step, kept, accepted = 0.01, [], 0
    for i in range(2 * samples):
        momentum = rng.standard_normal(len(w))
        size = step * rng.uniform(0.8, 1.2)  # a fixed path length could be periodic
        new, end = leapfrog(w, momentum, size, x, y, noise_sd)
        before = potential(w, x, y, noise_sd)[0] + float(momentum @ momentum) / 2
        after = potential(new, x, y, noise_sd)[0] + float(end @ end) / 2
        accept = metropolis(before, after, rng.random())
        w = new if accept else w
        if i < samples:
            step = float(np.clip(step * (1.05 if accept else 0.85), 1e-4, 0.2))  # settles near 75% acceptance
        else:
            kept.append(w)
            accepted += int(accept)
    return np.array(kept), accepted / samples


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Mean and two standard deviations of the sampled functions."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    grid, mean, sd = (np.asarray(output[k]) for k in ("grid", "mean", "sd"))
    axes.plot(grid, mean)
    axes.fill_between(grid, mean - 2 * sd, mean + 2 * sd, alpha=0.2)
    axes.plot(*observations(inputs["noise_sd"], inputs["seed"]), "o", ms=3)
    axes.set(xlabel="x", ylim=(-4, 4), title="Bayesian neural network")
    return figure


@algorithm(
    id="bayesian-neural-network",
    name="Bayesian neural network",
    aliases=("BNN", "weight posterior", "Hamiltonian Monte Carlo", "epistemic uncertainty", "Bayesian deep learning"),
    example={"hidden": 10},
    cost="trains",
    figure=draw,
)
def bayesian_neural_network(
    hidden: Hidden = 10, samples: Samples = 200, noise_sd: Noise = 0.1, seed: Seed = 0
) -> Output:
    """Sample the posterior of a small network on two separate stretches of a sine curve.

    Parameters
    ----------
    hidden : int
        Hidden tanh units.
    samples : int
        Posterior samples kept, after as many warm-up steps.
    noise_sd : float
        Standard deviation of the observation noise, known to the model.
    seed : int
        Seed of data and sampling.

    Returns
    -------
    dict
        ``rmse_before`` of a network drawn from the start, ``rmse_after`` of the posterior mean, on the observations;
        ``spread_at_data``, ``spread_in_gap`` (x = 0) and ``spread_outside`` (x = ±4): mean standard deviations of the
        function; ``acceptance_rate``; ``grid`` (33,), ``mean`` (33,), ``sd`` (33,).

    Examples
    --------
    >>> result = bayesian_neural_network(samples=50)
    >>> result["spread_outside"] > result["spread_at_data"]
    True
    """
    x, y = observations(noise_sd, seed)
    weights, rate = sample_weights(x, y, hidden, noise_sd, samples, seed)
    grid = np.linspace(-4, 4, 33)
    at_grid = np.array([forward(w, grid)[0] for w in weights])  # (samples, 33)
    at_data = np.array([forward(w, x)[0] for w in weights])  # (samples, n)
    first = forward(np.random.default_rng(seed + 1).standard_normal(3 * hidden + 1), x)[0]
    sd = at_grid.std(axis=0)
    return {
        "rmse_before": float(np.sqrt(((first - y) ** 2).mean())),
        "rmse_after": float(np.sqrt(((at_data.mean(axis=0) - y) ** 2).mean())),
        "spread_at_data": float(at_data.std(axis=0).mean()),
        "spread_in_gap": float(sd[16]),
        "spread_outside": float((sd[0] + sd[-1]) / 2),
        "acceptance_rate": rate,
        "grid": grid,
        "mean": at_grid.mean(axis=0),
        "sd": sd,
    }
