r"""Confounding makes two variables correlate through a common cause, although neither acts on the other.

$$x = a z + \varepsilon_x, \quad y = b z + \varepsilon_y, \qquad
r_{xy \cdot z} = \frac{r_{xy} - r_{xz} r_{yz}}{\sqrt{(1 - r_{xz}^2)(1 - r_{yz}^2)}}$$

**Intuition.** On hot days more ice cream is sold and more people swim where sharks are. Sales and attacks rise together; closing the
ice-cream parlours would save nobody. Compare days of equal temperature, that is take the partial correlation, and the relation
is gone. Assign ice cream at random, that is break its tie with temperature, and it is gone as well.

**When to use it.** Whenever "x correlates with y" is about to be read as "x causes y".

**Cost.** $O(n)$.

**Pitfalls.** Adjusting helps only for confounders that were measured, and measured well: noise in $z$ leaves some of the spurious
correlation. Adjusting for a common *effect* (collider) creates correlation instead of removing it. A comparison of this year's sales with
last year's has no randomised concurrent control: it is no A/B test, and the season, the economy or the weather may explain it. A partial
correlation near zero assumes linear relations.

**References.** Fisher, *Cigarettes, cancer and statistics* (1958) for the argument. Pearl, *Causality* (2009). Hernán and
Robins, *Causal Inference: What If* (2020).
"""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.statistics.pearson_correlation import pearson

Effect = Annotated[float, Field(ge=-10, le=10)]
Noise = Annotated[float, Field(ge=0.01, le=10)]
Length = Annotated[int, Field(ge=20, le=20_000)]


def partial_correlation(xy: float, xz: float, yz: float) -> float:
    """Correlation of x and y with z held fixed, from the three plain correlations.

    Examples
    --------
    >>> partial_correlation(0.25, 0.5, 0.5)
    0.0
    """
    return (xy - xz * yz) / math.sqrt((1 - xz**2) * (1 - yz**2))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """The three correlations of the two outcomes as bars."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    keys = ("correlation", "partial_correlation", "correlation_if_randomised")
    axes.bar(["observed", "given temperature", "randomised"], [output[k] for k in keys])
    axes.axhline(0, color="black", lw=0.5)
    axes.set(ylabel="r", title="ice cream and shark attacks")
    return figure


@algorithm(
    id="confounding-simulation",
    name="Correlation is not causation (common-cause simulation)",
    aliases=(
        "ice-cream and shark attacks",
        "confounder",
        "partial correlation",
        "spurious correlation",
        "common cause",
    ),
    example={"effect_on_x": 1.0, "effect_on_y": 1.0},
    figure=draw,
)
def confounding_simulation(
    effect_on_x: Effect, effect_on_y: Effect, noise: Noise = 1.0, n: Length = 5000, seed: Seed = 0
) -> Output:
    """Simulate a common cause z (temperature) of x (ice cream) and y (shark attacks).

    Parameters
    ----------
    effect_on_x, effect_on_y : float
        Effect of one standard deviation of z on x and on y.
    noise : float
        Standard deviation of what else acts on x and on y.
    n : int
        Number of days.
    seed : int
        Seed of the generator.

    Returns
    -------
    dict
        ``correlation`` of x and y; ``expected_correlation`` from the effects; ``partial_correlation`` given z;
        ``correlation_if_randomised``, with x assigned independently of z; ``standard_error``, about 1 / sqrt(n).

    Examples
    --------
    >>> result = confounding_simulation(1.0, 1.0)
    >>> round(result["expected_correlation"], 2), abs(result["partial_correlation"]) < 0.05
    (0.5, True)
    """
    rng = np.random.default_rng(seed)
    z, ex, ey, random_x = rng.standard_normal((4, n))  # (n,) each
    x, y = effect_on_x * z + noise * ex, effect_on_y * z + noise * ey  # (n,), (n,)
    xy = pearson(x, y)
    spread = math.hypot(effect_on_x, noise) * math.hypot(effect_on_y, noise)
    return {
        "correlation": xy,
        "expected_correlation": effect_on_x * effect_on_y / spread,
        "partial_correlation": partial_correlation(xy, pearson(x, z), pearson(y, z)),
        "correlation_if_randomised": pearson(random_x, y),
        "standard_error": 1 / math.sqrt(n),
    }
