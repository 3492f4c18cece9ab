r"""The learning rate decides whether descent crawls, converges or diverges: on a parabola there is an exact threshold.

$$J = c\,x^2: \quad x_{t+1} = (1 - 2\eta c)\,x_t, \qquad \text{converges iff } \eta < \tfrac1c, \qquad \eta' = \eta\,\frac{B'}{B}$$

**Intuition.** Too small, and each step leaves nearly all of the distance. Up to $1/(2c)$ the iterate approaches from
one side; above, it jumps over the minimum and back; above $1/c$ each jump is longer than the last. The range test finds
a good rate by raising it exponentially over a short run: take one where the loss falls most steeply, well before it
explodes.

**When to use it.** When choosing a rate: from $5\cdot10^{-4}$ to $10^{-3}$ for small models, $5\cdot10^{-6}$ to
$10^{-5}$ for fine-tuning large ones. If the batch grows from 256 to 1024, the linear scaling rule turns $3\cdot10^{-4}$
into $1.2\cdot10^{-3}$.

**Cost.** One short run for the range test.

**Pitfalls.** The learning rate does *not* change the gradient at given parameters. So a smaller rate is no cure for
vanishing gradients: it makes tiny updates tinier. Nor does it bound exploding ones: it limits the update, while
clipping limits the gradient. Linear scaling is a rule for SGD, breaks down for very large batches and needs a warm-up;
for Adam a square-root rule fits often better.

**References.** Smith, *Cyclical learning rates for training neural networks*, arXiv:1506.01186. Goyal et al.,
arXiv:1706.02677.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.lr_schedules.learning_rate_warmup import Rate
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, linear_data

Rates = Annotated[list[Rate], Field(min_length=1, max_length=10)]
Batch = Annotated[int, Field(ge=1, le=10_000_000)]


def range_test(rates: Floats, seed: int) -> Floats:
    """Loss before each step of mini-batch SGD whose rate grows from step to step.

    Examples
    --------
    >>> losses = range_test(np.geomspace(1e-3, 10, 60), seed=0)
    >>> bool(losses.min() < 0.1 * losses[0] and losses[-1] > losses[0])
    True
    """
    X, y = linear_data(np.array([2.0, -1.0, 0.5]), 0.0, 256, 0.1, seed)
    rng = np.random.default_rng(seed + 1)
    w = np.zeros(3)
    losses = np.empty(len(rates))
    for i, rate in enumerate(rates):
        losses[i] = 0.5 * ((X @ w - y) ** 2).mean()
        batch = rng.integers(256, size=32)
        w = np.clip(w - rate * X[batch].T @ (X[batch] @ w - y[batch]) / 32, -1e6, 1e6)
    return losses


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The range test: loss against the learning rate."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.loglog(output["range_test_rates"], output["range_test_losses"])
    axes.axvline(output["steepest_rate"], color="grey", linestyle=":", label="steepest fall")
    axes.set(xlabel="learning rate", ylabel="loss", title="range test")
    axes.legend()
    return figure


@algorithm(
    id="learning-rate-effect",
    name="Effect of the learning rate on convergence",
    aliases=(
        "step size",
        "divergence",
        "overshoot",
        "Learning rate does not change the gradient",
        "learning rate as a vanishing/exploding remedy",
        "Learning-rate range test",
        "LR finder",
        "Linear scaling rule for batch size and learning rate",
        "LR-batch scaling",
    ),
    example={
        "learning_rates": [0.01, 0.1, 0.5, 0.95, 1.05],
        "learning_rate": 3e-4,
        "batch_size": 256,
        "new_batch_size": 1024,
    },
    figure=draw,
)
def learning_rate_effect(
    learning_rates: Rates = [0.01, 0.1, 0.5, 0.95, 1.05],  # noqa: B006
    curvature: Annotated[float, Field(gt=0, le=1000)] = 1.0,
    steps: Annotated[int, Field(ge=1, le=1000)] = 100,
    learning_rate: Rate = 3e-4,
    batch_size: Batch = 256,
    new_batch_size: Batch = 1024,
    seed: Seed = 0,
) -> Output:
    """Descent on c x² at several rates, a range test, and the linear scaling rule.

    Parameters
    ----------
    learning_rates : list of float, at most 10
        Rates to compare, each starting from x = 1.
    curvature : float
        The c of c x².
    steps : int
        Steps of each run.
    learning_rate : float
        Rate tuned for `batch_size`, to be scaled.
    batch_size : int
        Batch size of that rate.
    new_batch_size : int
        Batch size to scale to.
    seed : int
        Seed of the range test.

    Returns
    -------
    dict
        One entry a rate: ``behaviours`` (slow, converges, oscillates or diverges) and ``ends``, |x| after the steps,
        capped at 1e300; ``threshold``, 1/c; ``gradient_at_start``, 2c at every rate, and ``first_updates``, η times
        that; ``range_test_rates`` and ``range_test_losses`` (40 each), ``steepest_rate``; ``scaled_learning_rate``, η
        B'/B, and ``square_root_scaled_learning_rate``.

    Examples
    --------
    >>> out = learning_rate_effect()
    >>> out["behaviours"], round(out["scaled_learning_rate"], 6)
    (['slow', 'converges', 'converges', 'oscillates', 'diverges'], 0.0012)
    """
    behaviours, ends = [], []
    for eta in learning_rates:
        factor = 1 - 2 * eta * curvature
        x = 1.0
        for _ in range(steps):
            x = float(np.clip(x - eta * 2 * curvature * x, -1e300, 1e300))
        ends.append(abs(x))
        if abs(factor) >= 1:
            behaviours.append("diverges" if abs(factor) > 1 else "oscillates")
        elif factor < 0:
            behaviours.append("oscillates")
        else:
            behaviours.append("converges" if abs(x) < 1e-3 else "slow")
    rates = np.geomspace(1e-4, 10, 40)
    losses = range_test(rates, seed)
    falls = np.diff(np.log(losses))
    return {
        "behaviours": behaviours,
        "ends": ends,
        "threshold": 1 / curvature,
        "gradient_at_start": 2 * curvature,
        "first_updates": [eta * 2 * curvature for eta in learning_rates],
        "range_test_rates": rates,
        "range_test_losses": losses,
        "steepest_rate": rates[falls.argmin()],
        "scaled_learning_rate": learning_rate * new_batch_size / batch_size,
        "square_root_scaled_learning_rate": learning_rate * float(np.sqrt(new_batch_size / batch_size)),
    }
