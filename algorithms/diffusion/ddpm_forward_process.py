r"""The forward process of a diffusion model (DDPM) is a fixed Markov chain that adds a little Gaussian noise to data at
each step until only noise is left.

$$q(x_t \mid x_{t-1}) = \mathcal N\big(\sqrt{1 - \beta_t}\, x_{t-1},\ \beta_t I\big), \qquad
x_t = \sqrt{\bar\alpha_t}\, x_0 + \sqrt{1 - \bar\alpha_t}\, \varepsilon, \qquad \bar\alpha_t = \prod_{s \le t} (1 - \beta_s)$$

**Intuition.** Shrinking by $\sqrt{1 - \beta_t}$ before adding noise of variance $\beta_t$ keeps the total variance at
1. Sums of Gaussians are Gaussian, so any step can be reached in one jump, which makes training cheap: draw $t$, draw
$\varepsilon$, done. $\bar\alpha_t$ falls from 1 to almost 0, so $x_T$ is nearly standard normal whatever the data.

**When to use it.** In training only; at inference only the reverse process runs.

**Cost.** $O(1)$ a sample and element for any $t$.

**Pitfalls.** The schedule is fixed, not learnt. If $\bar\alpha_T$ is not near zero, sampling from pure noise starts
from the wrong distribution. $\bar\alpha$ is a product of $1 - \beta$, not of $\beta$. Scale the data to about unit
variance, $[-1, 1]$ for images. The linear schedule (1e-4 to 0.02) is meant for 1,000 steps; with fewer steps it ends
too early. The cosine schedule destroys information more evenly.

**References.** Ho, Jain and Abbeel, *Denoising diffusion probabilistic models* (2020), arXiv:2006.11239. Nichol and
Dhariwal (2021), arXiv:2102.09672 (cosine).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Schedule = Literal["linear", "cosine"]
Value = Annotated[float, Field(ge=-1e6, le=1e6)]


def noise_schedule(kind: Schedule, steps: int) -> tuple[Floats, Floats]:
    """beta_1..beta_T and alpha-bar_0..alpha-bar_T (T + 1 values, the first is 1).

    Examples
    --------
    >>> beta, alpha_bar = noise_schedule("linear", 1000)
    >>> float(beta[0]), float(beta[-1]), bool(alpha_bar[-1] < 1e-4)
    (0.0001, 0.02, True)
    """
    if kind == "linear":
        beta = np.linspace(1e-4, 0.02, steps)  # (T,)
    else:
        t = np.arange(steps + 1) / steps
        f = np.cos((t + 0.008) / 1.008 * np.pi / 2) ** 2  # (T + 1,)
        beta = np.minimum(1 - f[1:] / f[:-1], 0.999)
    return beta, np.concatenate([[1.0], np.cumprod(1 - beta)])


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Shares of signal and noise over the steps."""
    from matplotlib.figure import Figure

    _, alpha_bar = noise_schedule(inputs["schedule"], inputs["steps"])
    if inputs.get("betas"):
        alpha_bar = np.concatenate([[1.0], np.cumprod(1 - np.asarray(inputs["betas"]))])
    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(np.sqrt(alpha_bar), label="signal √ᾱ")
    axes.plot(np.sqrt(1 - alpha_bar), "--", label="noise √(1 - ᾱ)")
    axes.axvline(inputs["t"], linewidth=0.8)
    axes.set(xlabel="t", title=f"{inputs['schedule']} schedule")
    axes.legend()
    return figure


@algorithm(
    id="ddpm-forward-process",
    name="Diffusion forward (noising) process",
    aliases=("DDPM forward", "q(x_t|x_0)", "noise schedule", "forward diffusion", "cosine schedule", "alpha bar"),
    example={"x0": [1.0, -0.5, 0.0], "t": 500},
    figure=draw,
)
def ddpm_forward_process(
    x0: Annotated[list[Value], Field(min_length=1, max_length=50)],
    t: Annotated[int, Field(ge=0, le=4000)] = 500,
    steps: Annotated[int, Field(ge=1, le=4000)] = 1000,
    schedule: Schedule = "linear",
    seed: Seed = 0,
    betas: Annotated[list[Annotated[float, Field(ge=0, lt=1)]], Field(min_length=1, max_length=4000)] | None = None,
    noise: Annotated[list[Value], Field(min_length=1, max_length=50)] | None = None,
) -> Output:
    """Noise a data point to step t, in one jump and step by step.

    Parameters
    ----------
    x0 : list of float, length d
        Data point.
    t : int
        Step, 0 to steps; 0 is the data. At most the number of betas if these are given.
    steps : int
        Length T of the chain.
    schedule : {"linear", "cosine"}
        How beta grows.
    seed : int
        Seed of the noise.
    betas : list of float
        Noise variances of the steps, which replace the schedule.
    noise : list of float
        The noise drawn for the jump, which replaces a random draw.

    Returns
    -------
    dict
        ``x_t`` (d,) by the closed form and ``noise`` (d,) in it; ``x_t_chain`` (d,) by t small steps of other noise; ``alpha_bar``, ``signal_scale``, ``noise_scale``; ``signal_to_noise``;
        ``final_alpha_bar``.

    Raises
    ------
    ValueError
        If t is beyond the chain, or the noise differs in length from the data.

    Examples
    --------
    >>> ddpm_forward_process([1.0], t=0)["x_t"].tolist()
    [1.0]
    """
    if betas is not None:
        steps = len(betas)
        t = min(t, steps)
    if t > steps:
        raise ValueError(f"t = {t} is beyond steps = {steps}")
    x = np.asarray(x0, dtype=np.float64)  # (d,)
    beta, alpha_bar = noise_schedule(schedule, steps)
    if betas is not None:
        beta = np.asarray(betas, dtype=np.float64)  # (T,)
        alpha_bar = np.concatenate([[1.0], np.cumprod(1 - beta)])
    rng = np.random.default_rng(seed)
    drawn = rng.standard_normal(x.shape) if noise is None else np.asarray(noise, dtype=np.float64)
    if drawn.shape != x.shape:
        raise ValueError(f"{len(drawn)} noise values for {len(x)} data values")
    chain = x
    for b in beta[:t]:
        chain = np.sqrt(1 - b) * chain + np.sqrt(b) * rng.standard_normal(x.shape)
    a = float(alpha_bar[t])
    return {
        "x_t": np.sqrt(a) * x + np.sqrt(1 - a) * drawn,
        "noise": drawn,
        "x_t_chain": chain,
        "alpha_bar": a,
        "signal_scale": a**0.5,
        "noise_scale": (1 - a) ** 0.5,
        "signal_to_noise": a / (1 - a) if a < 1 else np.inf,
        "final_alpha_bar": float(alpha_bar[-1]),
    }
