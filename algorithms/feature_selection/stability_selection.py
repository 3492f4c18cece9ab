r"""Stability selection repeats a feature selection on many random subsamples and keeps the features that are chosen
most of the time.

$$\hat\Pi_j = \frac1B \sum_{b=1}^{B} \big[\, j \in \hat S(I_b)\,\big], \qquad |I_b| = \lfloor n / 2 \rfloor, \qquad
\text{keep } j \text{ if } \hat\Pi_j \ge \pi$$

**Intuition.** A selection that changes with the sample cannot be trusted. A feature with a real effect is found in
nearly every half of the data; a noise feature gets in by luck, now and then. The frequency turns a yes-or-no selection
into a degree of confidence.

**When to use it.** Around the lasso, forward selection or any other selector when there are many features and false
discoveries are costly.

**Cost.** $B$ selections, typically 50 to 100, in parallel.

**Pitfalls.** Of two highly correlated true features each is picked about half of the time, so both can fall below the
threshold. The threshold (0.6 to 0.9) and the number chosen per run control the expected false selections: at most
$q^2 / ((2\pi - 1)\,p)$ for $q$ selected of $p$ under an exchangeability assumption. Subsampling without replacement at
half size is part of the theory; bootstraps differ. The result is a set of features, not a model: refit afterwards and
test on other rows.

**References.** Meinshausen and Bühlmann, *Stability selection*, Journal of the Royal Statistical Society B (2010),
arXiv:0809.2932. Shah and Samworth (2013).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.feature_selection.forward_backward_selection import r_squared
from algorithms.inputs import NonNegative, Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats, linear_data


def forward_pick(X: Floats, y: Floats, q: int) -> list[int]:
    """First q features of forward selection by training R²."""
    chosen: list[int] = []
    for _ in range(q):
        rest = [j for j in range(X.shape[1]) if j not in chosen]
        chosen.append(max(rest, key=lambda j: r_squared(X, y, [*chosen, j])))
    return chosen


def selection_frequencies(X: Floats, y: Floats, q: int, subsamples: int, rng: np.random.Generator) -> Floats:
    """Share of half-size subsamples in which each feature is among the q picked, (p,)."""
    counts = np.zeros(X.shape[1])
    for _ in range(subsamples):
        rows = rng.permutation(len(X))[: len(X) // 2]
        counts[forward_pick(X[rows], y[rows], q)] += 1
    return counts / subsamples


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Frequencies with the threshold; true features first."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 3), layout="constrained")
    axes = figure.subplots()
    axes.bar(range(len(output["frequencies"])), output["frequencies"])
    axes.axhline(inputs["threshold"], linestyle="--")
    axes.set(xlabel="feature", ylabel="selection frequency")
    return figure


@algorithm(
    id="stability-selection",
    name="Stability selection",
    aliases=("selection frequency", "subsample selection", "stable features"),
    example={"n": 80, "true_features": 3, "noise_features": 12, "threshold": 0.8, "seed": 0},
    cost="seconds",
    figure=draw,
)
def stability_selection(
    n: Annotated[int, Field(ge=20, le=200)] = 80,
    true_features: Annotated[int, Field(ge=1, le=5)] = 3,
    noise_features: Annotated[int, Field(ge=0, le=20)] = 12,
    effect: Annotated[float, Field(ge=0, le=10)] = 1.0,
    noise: Annotated[NonNegative, Field(le=10)] = 1.0,
    subsamples: Annotated[int, Field(ge=5, le=60)] = 40,
    q: Annotated[int, Field(ge=1, le=5)] = 4,
    threshold: Annotated[float, Field(gt=0.5, le=1)] = 0.8,
    seed: Seed = 0,
) -> Output:
    """Select features of a linear target by forward selection on subsamples.

    Parameters
    ----------
    n : int
        Rows.
    true_features : int
        Features with an effect; they come first.
    noise_features : int
        Features without.
    effect : float
        Weight of each true feature.
    noise : float
        Standard deviation of the target's noise.
    subsamples : int
        Subsamples of half the rows.
    q : int
        Features picked in each.
    threshold : float
        Smallest frequency of a kept feature.
    seed : int
        Seed of data and subsamples.

    Returns
    -------
    dict
        ``frequencies`` (p,), ``selected``, ``false_selections``, ``missed``, ``false_bound`` (expected false selections
        at most), ``picked_once`` (features picked on all rows at once).

    Raises
    ------
    ValueError
        If `q` exceeds the number of features.

    Examples
    --------
    >>> stability_selection()["selected"]
    [0, 1, 2]
    """
    p = true_features + noise_features
    if q > p:
        raise ValueError(f"q is {q}, but there are {p} features")
    w = np.repeat([effect, 0.0], [true_features, noise_features])  # (p,)
    X, y = linear_data(w, 0.0, n, noise, seed)
    frequencies = selection_frequencies(X, y, q, subsamples, np.random.default_rng(seed))
    selected = [int(j) for j in np.flatnonzero(frequencies >= threshold)]
    return {
        "frequencies": frequencies,
        "selected": selected,
        "false_selections": sum(j >= true_features for j in selected),
        "missed": true_features - sum(j < true_features for j in selected),
        "false_bound": q**2 / ((2 * threshold - 1) * p),
        "picked_once": sorted(forward_pick(X, y, q)),
    }
