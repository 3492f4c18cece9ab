r"""DDPM reverse sampling generates data by starting from pure Gaussian noise and removing a little of it at each step,
with fresh noise added on the way.

$$x_{t-1} = \frac{1}{\sqrt{\alpha_t}} \Big(x_t - \frac{\beta_t}{\sqrt{1 - \bar\alpha_t}}\, \varepsilon_\theta(x_t, t)\Big) + \sigma_t z, \qquad
\sigma_t^2 = \beta_t \ \text{ or }\ \tilde\beta_t = \frac{1 - \bar\alpha_{t-1}}{1 - \bar\alpha_t} \beta_t$$

with $z \sim \mathcal N(0, I)$ and no noise in the last step.

**Intuition.** A small step of a diffusion can be reversed by a Gaussian whose mean follows from the predicted noise.
The chain walks uphill on the log density while the injected noise keeps it from collapsing to a peak: the result is a
sample, not the most probable point. The noise predictor here is the exact one for a mixture of Gaussians, so that
errors of training play no part.

**When to use it.** To draw samples of good quality when many steps are affordable; DDIM and solvers need fewer.

**Cost.** One network call a step, typically 1,000.

**Pitfalls.** The same start noise gives different outputs, since each step adds noise; fix the seed of the whole chain
to reproduce one. Adding noise in the last step leaves the samples grainy. Leaving it out everywhere is not DDIM and
narrows the samples. Only this denoising runs at inference; the forward process does not. $\alpha_t = 1 - \beta_t$ and
$\bar\alpha_t$ are easily confused.

**References.** Ho, Jain and Abbeel (2020), arXiv:2006.11239, algorithm 2. Sohl-Dickstein et al. (2015),
arXiv:1503.03585.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from algorithms.diffusion.ddpm_forward_process import Floats, noise_schedule
from algorithms.diffusion.ddpm_noise_prediction_loss import optimal_noise
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm

Modes = Annotated[list[Annotated[float, Field(ge=-5, le=5)]], Field(min_length=1, max_length=5)]


def reverse_chain(
    start: Floats, centres: Floats, spread: float, steps: int, variance: str, rng: np.random.Generator
) -> list[Floats]:
    """All states x_T..x_0 (each (n, d)) of the chain for mixture data."""
    beta, alpha_bar = noise_schedule("cosine", steps)
    states = [start]
    for t in range(steps, 0, -1):
        b, a, a_before = beta[t - 1], alpha_bar[t], alpha_bar[t - 1]
        noise = optimal_noise(states[-1], float(a), centres, spread)
        mean = (states[-1] - b / np.sqrt(1 - a) * noise) / np.sqrt(1 - b)
        sigma = np.sqrt(b if variance == "beta" else (1 - a_before) / (1 - a) * b) if variance != "none" else 0.0
        states.append(mean + (sigma * rng.standard_normal(start.shape) if t > 1 else 0.0))
    return states


def mode_shares(x: Floats, centres: Floats) -> Floats:
    """Share of the points (n, d) nearest to each centre (K,)."""
    nearest = ((x[:, None, :] - centres) ** 2).sum(axis=2).argmin(axis=1)
    return np.bincount(nearest, minlength=len(centres)) / len(x)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Paths of a few samples from noise to data."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["path_steps"], output["paths"], linewidth=0.8)
    axes.invert_xaxis()
    axes.set(xlabel="t", ylabel="x", title="denoising")
    return figure


@algorithm(
    id="ddpm-reverse-sampling",
    name="DDPM reverse sampling",
    aliases=(
        "ancestral diffusion sampling",
        "denoising process",
        "ancestral sampling of diffusion",
        "reverse diffusion",
    ),
    example={"modes": [-2.0, 2.0]},
    cost="seconds",
    figure=draw,
)
def ddpm_reverse_sampling(
    modes: Modes,
    spread: Annotated[float, Field(ge=0.05, le=2)] = 0.3,
    steps: Annotated[int, Field(ge=2, le=500)] = 100,
    variance: Literal["beta", "posterior", "none"] = "posterior",
    samples: Annotated[int, Field(ge=2, le=2000)] = 1000,
    seed: Seed = 0,
) -> Output:
    """Sample one-dimensional mixture data from noise.

    Parameters
    ----------
    modes : list of float
        Means of the mixture.
    spread : float
        Standard deviation around each mean.
    steps : int
        Length of the chain, cosine schedule.
    variance : {"beta", "posterior", "none"}
        Variance of the injected noise.
    samples : int
        Number of samples.
    seed : int
        Seed of start and injected noise.

    Returns
    -------
    dict
        ``mean``, ``std`` of the samples and ``true_mean``, ``true_std``; ``mode_shares`` (K,); ``spread_in_modes`` standard deviation around the nearest mode; ``same_start_difference`` mean distance of two
        outputs from the same start noise; ``path_steps``, ``paths`` of 4 samples at up to 12 times.

    Examples
    --------
    >>> result = ddpm_reverse_sampling([-2.0, 2.0])
    >>> bool(abs(result["mode_shares"][0] - 0.5) < 0.08), result["same_start_difference"] > 0.5
    (True, True)
    """
    rng, centres = np.random.default_rng(seed), np.asarray(modes, dtype=np.float64)[:, None]  # (K, 1)
    start = rng.standard_normal((samples, 1))
    states = reverse_chain(start, centres, spread, steps, variance, rng)
    again = reverse_chain(start, centres, spread, steps, variance, rng)[-1]
    x = states[-1]  # (n, 1)
    nearest = np.abs(x - centres.T).min(axis=1)
    shown = np.unique(np.linspace(0, steps, 12).astype(int))
    return {
        "mean": float(x.mean()),
        "std": float(x.std()),
        "true_mean": float(centres.mean()),
        "true_std": float(np.sqrt(centres.var() + spread**2)),
        "mode_shares": mode_shares(x, centres),
        "spread_in_modes": float(np.sqrt((nearest**2).mean())),
        "same_start_difference": float(np.abs(x - again).mean()),
        "path_steps": steps - shown,
        "paths": np.array([states[i][:4, 0] for i in shown]),
    }
