r"""DDIM sampling generates data from a DDPM network along a non-Markovian process that may skip timesteps and, without
injected noise, is deterministic.

$$x_{s} = \sqrt{\bar\alpha_s}\,\underbrace{\frac{x_t - \sqrt{1 - \bar\alpha_t}\,\varepsilon_\theta}{\sqrt{\bar\alpha_t}}}_{\hat x_0}
+ \sqrt{1 - \bar\alpha_s - \sigma^2}\;\varepsilon_\theta + \sigma z, \qquad
\sigma = \eta \sqrt{\tfrac{1 - \bar\alpha_s}{1 - \bar\alpha_t}} \sqrt{1 - \tfrac{\bar\alpha_t}{\bar\alpha_s}}$$

for any earlier step $s < t$.

**Intuition.** Predict the clean point, then noise it again to the level of step $s$, reusing the predicted noise as
direction. All processes of this family have the same marginals $q(x_t \mid x_0)$, so the same trained network serves
them, and $s$ need not be $t - 1$. With $\eta = 0$ the same start gives the same output, and interpolating starts
interpolates outputs; $\eta = 1$ over all steps is DDPM.

**When to use it.** To sample in 20 to 100 steps instead of 1,000, and to encode data as noise.

**Cost.** One network call for each kept step; more steps are slower and better.

**Pitfalls.** The speed does not come from being deterministic, as is often said, but from the non-Markovian process and
the subsequence of timesteps; DDIM is deterministic only for $\eta = 0$. Very few steps blur or shift the samples. The
list of kept steps must start at $T$ and end at 0. High $\eta$ with few steps is worse than $\eta = 0$.

**References.** Song, Meng and Ermon, *Denoising diffusion implicit models* (2020), arXiv:2010.02502.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.diffusion.ddpm_forward_process import Floats, noise_schedule
from algorithms.diffusion.ddpm_noise_prediction_loss import optimal_noise
from algorithms.diffusion.ddpm_reverse_sampling import Modes, mode_shares
from algorithms.inputs import Probability, Seed
from algorithms.registry import Output, algorithm


def implicit_chain(
    start: Floats, centres: Floats, spread: float, steps: int, kept: int, eta: float, rng: np.random.Generator
) -> list[Floats]:
    """States from x_T to x_0 over `kept` of `steps` timesteps."""
    _, alpha_bar = noise_schedule("cosine", steps)
    times = np.round(np.linspace(steps, 0, kept + 1)).astype(int)
    states = [start]
    for t, s in pairwise(times):
        a, b = float(alpha_bar[t]), float(alpha_bar[s])
        noise = optimal_noise(states[-1], a, centres, spread)  # (n, d)
        clean = (states[-1] - np.sqrt(1 - a) * noise) / np.sqrt(a)
        sigma = eta * np.sqrt((1 - b) / (1 - a) * (1 - a / b))
        moved = np.sqrt(b) * clean + np.sqrt(max(0.0, 1 - b - sigma**2)) * noise
        states.append(moved + (sigma * rng.standard_normal(start.shape) if s > 0 else 0.0))
    return states


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Paths of a few samples over the kept steps."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["paths"], "o-", markersize=2, linewidth=0.8)
    axes.set(xlabel="shown step", ylabel="x", title=f"DDIM, η = {inputs['eta']:g}")
    return figure


@algorithm(
    id="ddim-sampling",
    name="DDIM sampling",
    aliases=("deterministic diffusion sampling", "DDIM", "non-Markovian diffusion", "fast diffusion sampling", "eta"),
    example={"modes": [-2.0, 2.0], "eta": 0.0},
    cost="seconds",
    figure=draw,
)
def ddim_sampling(
    modes: Modes,
    spread: Annotated[float, Field(ge=0.05, le=2)] = 0.3,
    eta: Probability = 0.0,
    kept_steps: Annotated[int, Field(ge=1, le=500)] = 25,
    steps: Annotated[int, Field(ge=1, le=500)] = 500,
    samples: Annotated[int, Field(ge=2, le=2000)] = 1000,
    seed: Seed = 0,
) -> Output:
    """Sample one-dimensional mixture data over a subsequence of timesteps.

    Parameters
    ----------
    modes : list of float
        Means of the mixture.
    spread : float
        Standard deviation around each mean.
    eta : float
        0 is deterministic, 1 injects the noise of DDPM.
    kept_steps : int
        Timesteps used, at most steps.
    steps : int
        Timesteps of the training schedule (cosine).
    samples : int
        Number of samples.
    seed : int
        Seed of start and injected noise.

    Returns
    -------
    dict
        ``mean``, ``std`` and ``true_mean``, ``true_std``; ``mode_shares`` (K,); ``spread_in_modes``; ``same_start_difference`` between two runs from the same start noise, 0 for eta = 0;
        ``network_calls``; ``paths`` of 4 samples at up to 12 steps.

    Raises
    ------
    ValueError
        If more steps are kept than there are.

    Examples
    --------
    >>> result = ddim_sampling([-2.0, 2.0], kept_steps=20)
    >>> result["same_start_difference"], result["network_calls"]
    (0.0, 20)
    """
    if kept_steps > steps:
        raise ValueError(f"kept_steps = {kept_steps} is above steps = {steps}")
    rng, centres = np.random.default_rng(seed), np.asarray(modes, dtype=np.float64)[:, None]  # (K, 1)
    start = rng.standard_normal((samples, 1))
    states = implicit_chain(start, centres, spread, steps, kept_steps, eta, rng)
    again = implicit_chain(start, centres, spread, steps, kept_steps, eta, rng)[-1]
    x = states[-1]  # (n, 1)
    nearest = np.abs(x - centres.T).min(axis=1)
    shown = np.unique(np.linspace(0, kept_steps, 12).astype(int))
    return {
        "mean": float(x.mean()),
        "std": float(x.std()),
        "true_mean": float(centres.mean()),
        "true_std": float(np.sqrt(centres.var() + spread**2)),
        "mode_shares": mode_shares(x, centres),
        "spread_in_modes": float(np.sqrt((nearest**2).mean())),
        "same_start_difference": float(np.abs(x - again).mean()),
        "network_calls": kept_steps,
        "paths": np.array([states[i][:4, 0] for i in shown]),
    }
