r"""The DDPM noise-prediction loss trains a network to recover the noise in a noised data point by mean squared error.

$$L_{\text{simple}} = \mathbb{E}_{t, x_0, \varepsilon}\big\|\varepsilon - \varepsilon_\theta\big(\sqrt{\bar\alpha_t}\, x_0 + \sqrt{1 - \bar\alpha_t}\, \varepsilon,\ t\big)\big\|^2$$

**Intuition.** Knowing the noise is knowing the clean data, since $x_0 = (x_t - \sqrt{1 - \bar\alpha_t}\,
\varepsilon)/\sqrt{\bar\alpha_t}$. The network cannot know it: the best prediction is the conditional mean, $-\sqrt{1 -
\bar\alpha_t}$ times the score of the noised data. So the loss has a floor above zero. For data from a mixture of
Gaussians, as here, that optimum is known and the trained network is compared with it.

**When to use it.** As the default objective of diffusion models.

**Cost.** One forward and backward pass for a random $t$ an example.

**Pitfalls.** The target is the total noise $\varepsilon$ in $x_t$, not the increment added between $t-1$ and $t$;
"predict the noise that was added in the step" is a common mistake. Their correlation is only $\sqrt{\beta_t / (1 -
\bar\alpha_t)}$. The network must be told $t$. The simple loss drops the weights of the variational bound, on purpose:
it favours noisier steps and gives better images. A loss near 1 means nothing is learnt: predicting zero gives exactly
1.

**References.** Ho, Jain and Abbeel (2020), arXiv:2006.11239, section 3.4.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.activations.softmax import softmax_along
from algorithms.diffusion.ddpm_forward_process import Floats, noise_schedule
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_networks import Adam, backward, forward, new_network


def optimal_noise(x: Floats, alpha_bar: Floats | float, centres: Floats, spread: float) -> Floats:
    """E[noise | x_t] for data from an even mixture of Gaussians N(centre, spread² I).

    Parameters
    ----------
    x : (n, d) array
        Noised points.
    alpha_bar : (n, 1) array or float
        Of each point.
    centres : (K, d) array
        Means of the mixture.
    spread : float
        Standard deviation of each part.

    Returns
    -------
    array
        Expected noise (n, d).
    """
    a = np.broadcast_to(np.asarray(alpha_bar, dtype=np.float64), (len(x), 1))  # (n, 1)
    variance = a * spread**2 + 1 - a  # (n, 1), of a noised part
    offset = x[:, None, :] - np.sqrt(a)[:, :, None] * centres  # (n, K, d)
    weight = softmax_along(-(offset**2).sum(axis=2) / (2 * variance))  # (n, K), which part a point is from
    score = -(weight[:, :, None] * offset).sum(axis=1) / variance  # (n, d), gradient of the log density
    return np.asarray(-np.sqrt(1 - a) * score)


def network_inputs(x: Floats, t: Floats, steps: int) -> Floats:
    """x (n, d) with three features of the time (n, d + 3)."""
    u = t[:, None] / steps
    return np.concatenate([x, u, np.sin(np.pi * u), np.cos(np.pi * u)], axis=1)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Loss over the steps, with its floor."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(
        np.linspace(0, inputs["training_steps"], len(output["loss_curve"])), output["loss_curve"], label="network"
    )
    axes.axhline(output["optimal_loss"], linestyle="--", label="best possible")
    axes.set(xlabel="training step", ylabel="loss", title="noise prediction")
    axes.legend()
    return figure


@algorithm(
    id="ddpm-noise-prediction-loss",
    name="DDPM noise-prediction loss",
    aliases=("epsilon loss", "simple loss", "denoising loss", "noise prediction", "epsilon prediction", "L_simple"),
    example={"modes": [-2.0, 2.0]},
    cost="trains",
    figure=draw,
)
def ddpm_noise_prediction_loss(
    modes: Annotated[list[Annotated[float, Field(ge=-5, le=5)]], Field(min_length=1, max_length=5)],
    spread: Annotated[float, Field(ge=0.05, le=2)] = 0.3,
    steps: Annotated[int, Field(ge=2, le=1000)] = 100,
    training_steps: Annotated[int, Field(ge=1, le=1000)] = 400,
    seed: Seed = 0,
) -> Output:
    """Train a small network on one-dimensional data and compare with the best predictor.

    Parameters
    ----------
    modes : list of float
        Means of the mixture that the data come from.
    spread : float
        Standard deviation around each mean.
    steps : int
        Length T of the chain, cosine schedule.
    training_steps : int
        Steps of Adam on 192 examples each.
    seed : int
        Seed of data, noise and weights.

    Returns
    -------
    dict
        ``loss_before``, ``loss_after`` and ``optimal_loss`` on the same 4,000 fresh examples; ``zero_predictor_loss``, about 1; ``loss_curve`` of training batches (at most 50);
        ``increment_correlation`` of the total noise with the last increment at T / 2.

    Examples
    --------
    >>> result = ddpm_noise_prediction_loss([-2.0, 2.0])
    >>> result["optimal_loss"] < result["loss_after"] < 0.5 * result["zero_predictor_loss"]
    True
    """
    rng, centres = np.random.default_rng(seed), np.asarray(modes, dtype=np.float64)[:, None]  # (K, 1)
    beta, alpha_bar = noise_schedule("cosine", steps)

    def batch(n: int) -> tuple[Floats, Floats, Floats, Floats]:
        x0 = centres[rng.integers(0, len(centres), n)] + spread * rng.standard_normal((n, 1))
        t, noise = rng.integers(1, steps + 1, n), rng.standard_normal((n, 1))
        a = alpha_bar[t][:, None]  # (n, 1)
        return np.sqrt(a) * x0 + np.sqrt(1 - a) * noise, t.astype(np.float64), a, noise

    params, optimizer, losses = new_network((4, 48, 48, 1), rng), Adam(0.005), []
    x_test, t_test, a_test, noise_test = batch(4000)

    def test_loss() -> float:
        predicted = forward(params, network_inputs(x_test, t_test, steps))[-1]
        return float(((predicted - noise_test) ** 2).mean())

    before = test_loss()
    for _ in range(training_steps):
        x, t, _, noise = batch(192)
        layers = forward(params, network_inputs(x, t, steps))
        residual = layers[-1] - noise  # (n, 1)
        losses.append(float((residual**2).mean()))
        optimizer.step(params, backward(params, layers, 2 * residual / residual.size)[0])
    half = max(1, steps // 2)
    return {
        "loss_before": before,
        "loss_after": test_loss(),
        "optimal_loss": float(((optimal_noise(x_test, a_test, centres, spread) - noise_test) ** 2).mean()),
        "zero_predictor_loss": float((noise_test**2).mean()),
        "loss_curve": [losses[i] for i in np.linspace(0, training_steps - 1, min(50, training_steps)).astype(int)],
        "increment_correlation": float(np.sqrt(beta[half - 1] / (1 - alpha_bar[half]))),
    }
