r"""A local minimum stops gradient descent although a deeper, global minimum exists; gradient noise can carry the
iterate across.

$$f(x) = x^4 - 2x^2 + t\,x, \qquad x \leftarrow x - \eta\,(f'(x) + s\,\epsilon), \quad \epsilon \sim N(0, 1)$$

**Intuition.** Gradient descent only sees the slope under its feet. In a double well it rolls into the well in which it
starts, shallow or deep. The noise of stochastic gradients kicks the iterate about; enough of it pushes it over the
barrier, and the deeper well is harder to leave than the shallow one. Lowering the noise then lets it settle.

**When to use it.** To see what a starting point, noise or a restart changes on a non-convex loss.

**Cost.** One derivative a step.

**Pitfalls.** Under suitable conditions (a Lipschitz gradient and a small enough step) gradient descent converges to a
*stationary point*; that it is a local minimum is not guaranteed, since saddles are stationary too. Nor does it go to
the *nearest* minimum: it follows the slope. Mini-batch noise also escapes, only less easily than single-sample noise.
Noise helps by chance, and it can throw the iterate out of the good well as well. In high dimension saddles, not poor
local minima, are the usual obstacle.

**References.** Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 8.2. Ge et al., *Escaping from saddle
points*, arXiv:1503.02101.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


def double_well(x: Floats, tilt: float) -> Floats:
    """Two wells near ±1; a positive tilt makes the left one deeper.

    Examples
    --------
    >>> double_well(np.array([-1.0, 0.0, 1.0]), 0.3).tolist()
    [-1.3, 0.0, -0.7]
    """
    return np.asarray(x**4 - 2 * x**2 + tilt * x)


def descend(x: Floats, tilt: float, rate: float, noise: float, steps: int, rng: np.random.Generator) -> Floats:
    """End points of noisy gradient descent, with the noise lowered to zero in the last fifth of the steps.

    Examples
    --------
    >>> descend(np.array([1.5]), 0.0, 0.05, 0.0, 500, np.random.default_rng(0)).round(6).tolist()
    [1.0]
    """
    for t in range(steps):
        level = noise * min(1.0, 5 * (1 - (t + 1) / steps))
        g = 4 * x**3 - 4 * x + tilt + level * rng.standard_normal(x.shape)  # (runs,)
        x = np.clip(x - rate * g, -3, 3)  # a rare huge kick must not overflow the quartic
    return x


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The double well with the start and both ends."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    tilt = inputs["tilt"]
    x = np.linspace(-1.8, 1.8, 200)
    axes.plot(x, double_well(x, tilt))
    for label, value in [("start", inputs["start"]), ("plain end", output["plain_end"])]:
        axes.plot(value, double_well(np.array(value), tilt), "o", label=label)
    axes.plot(output["noisy_ends"], double_well(np.array(output["noisy_ends"]), tilt), "x", label="noisy ends")
    axes.set(xlabel="x", ylabel="f(x)")
    axes.legend()
    return figure


@algorithm(
    id="gradient-descent-local-minimum",
    name="Local vs global minimum: gradient descent and noise",
    aliases=("local minima", "double well", "noise escape", "non-convex optimisation", "local vs global minimum"),
    example={"start": 1.5, "tilt": 0.3, "learning_rate": 0.05, "noise": 8.0, "steps": 2000, "runs": 100, "seed": 0},
    cost="seconds",
    figure=draw,
)
def gradient_descent_local_minimum(
    start: Annotated[float, Field(ge=-2, le=2)] = 1.5,
    tilt: Annotated[float, Field(ge=-1, le=1)] = 0.3,
    learning_rate: Annotated[float, Field(gt=0, le=0.08)] = 0.05,
    noise: Annotated[float, Field(ge=0, le=20)] = 8.0,
    steps: Annotated[int, Field(ge=10, le=5000)] = 2000,
    runs: Annotated[int, Field(ge=1, le=500)] = 100,
    seed: Seed = 0,
) -> Output:
    """Plain and noisy gradient descent in the tilted double well x⁴ - 2x² + tilt · x.

    Parameters
    ----------
    start : float
        Where every run begins.
    tilt : float
        Positive: the left well is the deeper one.
    learning_rate : float
        Step size η.
    noise : float
        Standard deviation of the noise added to the gradient.
    steps : int
        Number of steps.
    runs : int
        Independent noisy runs.
    seed : int
        Seed of the noise.

    Returns
    -------
    dict
        ``minima``, the positions of all local minima, and ``global_minimum``; ``plain_end`` and
        ``plain_reaches_global``; ``noisy_ends`` of the first 20 runs; ``noisy_share_at_global`` over all runs.

    Examples
    --------
    >>> out = gradient_descent_local_minimum(noise=0.0, runs=1)
    >>> out["plain_reaches_global"], float(out["noisy_share_at_global"])
    (False, 0.0)
    """
    roots = np.roots([4.0, 0.0, -4.0, tilt])
    real = np.sort(roots[np.abs(roots.imag) < 1e-7].real)
    minima = real[12 * real**2 - 4 > 0]  # second derivative above zero
    best = float(minima[double_well(minima, tilt).argmin()])
    rng = np.random.default_rng(seed)
    plain = float(descend(np.array([start]), tilt, learning_rate, 0.0, steps, rng)[0])
    ends = descend(np.full(runs, start), tilt, learning_rate, noise, steps, rng)  # (runs,)
    return {
        "minima": minima,
        "global_minimum": best,
        "plain_end": plain,
        "plain_reaches_global": abs(plain - best) < 0.3,
        "noisy_ends": ends[:20],
        "noisy_share_at_global": (np.abs(ends - best) < 0.3).mean(),
    }
