r"""Prior correction after resampling maps the probabilities of a model trained on undersampled data back to the
original class proportions.

$$p = \frac{\beta\, p_s}{\beta\, p_s - p_s + 1}, \qquad \beta = \frac{\text{negatives kept}}{\text{negatives before}}$$

with $p_s$ the probability under the sampled data.

**Intuition.** Dropping negatives at random multiplies the odds of every row by $1/\beta$ and changes nothing else. So
multiply the odds by $\beta$ again: $\frac{p}{1-p} = \beta\,\frac{p_s}{1-p_s}$, which is the formula above. In log-odds
it is the shift $\ln \beta$, so for a logistic regression only the intercept changes. Any other change of prior works
alike, with the ratio of the new odds to the old.

**When to use it.** After undersampling, oversampling or class weights, whenever the probability itself is used:
expected cost, ranking of values, reporting.

**Cost.** One division.

**Pitfalls.** The ranking is unchanged, so AUC cannot show the problem; calibration plots do. The formula assumes that
negatives were dropped at random, independently of the features: it is wrong after NearMiss or Tomek links. $\beta$ is
the kept share of the negatives, not of all rows. Moving the threshold from $\tfrac12$ to $\frac{1}{1 + \beta}$ on $p_s$
gives the same decisions. If the prior drifts in use, estimate the new one.

**References.** Dal Pozzolo, Caelen, Johnson and Bontempi, *Calibrating probability with undersampling for unbalanced
classification*, IEEE SSCI (2015). King and Zeng (2001). Saerens, Latinne and Decaestecker (2002).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from algorithms.imbalanced_learning.class_weighting import fit_logistic, imbalanced_pair, probability
from algorithms.inputs import Probability, Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Scores = Annotated[list[Probability], Field(min_length=1, max_length=512)]


def correct_prior(p_sampled: Floats, beta: float) -> Floats:
    """Probability under the original proportions.

    Examples
    --------
    >>> correct_prior(np.array([0.0, 0.5, 1.0]), 0.25).tolist()
    [0.0, 0.2, 1.0]
    """
    return np.asarray(beta * p_sampled / (beta * p_sampled - p_sampled + 1))


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Corrected against sampled probability."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 4), layout="constrained")
    axes = figure.subplots()
    p = np.linspace(0, 1, 101)
    axes.plot(p, correct_prior(p, inputs["beta"]))
    axes.plot(p, p, "--")
    axes.plot(inputs["probabilities"], output["corrected"], "o")
    axes.set(xlabel="probability under the sample", ylabel="corrected", title=f"β = {inputs['beta']:g}")
    return figure


@algorithm(
    id="undersampling-prior-correction",
    name="Prior correction after resampling",
    aliases=(
        "calibration after undersampling",
        "prior shift",
        "prior correction",
        "correct probabilities after undersampling",
    ),
    example={"probabilities": [0.5, 0.9, 0.99], "beta": 0.1},
    cost="seconds",
    figure=draw,
)
def undersampling_prior_correction(
    probabilities: Scores, beta: Annotated[float, Field(gt=0, le=1)] = 0.1, seed: Seed = 0
) -> Output:
    """Correct given probabilities, and check the formula on a logistic regression trained on an undersample.

    Parameters
    ----------
    probabilities : list of float
        Probabilities of the positive class from the model trained on the sample.
    beta : float
        Share of the negatives that was kept.
    seed : int
        Seed of the check: 3,000 negatives and 150 positives.

    Returns
    -------
    dict
        ``corrected`` (same length), ``log_odds_shift`` ln(beta), ``equivalent_threshold`` on the sampled probability
        for 0.5 on the corrected one; from the check ``mean_sampled``, ``mean_corrected`` and ``mean_full_data``
        predicted probability on fresh data, ``prevalence``, ``largest_gap`` (corrected against full-data model).

    Examples
    --------
    >>> undersampling_prior_correction([0.5], beta=0.25)["corrected"].tolist()
    [0.2]
    """
    rng = np.random.default_rng(seed)
    X, y = imbalanced_pair(3000, 150, rng)
    T, _ = imbalanced_pair(3000, 150, rng)
    kept = (y == 1) | (rng.random(len(y)) < beta)
    sampled = probability(T, fit_logistic(X[kept], y[kept]))
    full = probability(T, fit_logistic(X, y))
    corrected = correct_prior(sampled, beta)
    return {
        "corrected": correct_prior(np.asarray(probabilities, dtype=np.float64), beta),
        "log_odds_shift": float(np.log(beta)),
        "equivalent_threshold": 1 / (1 + beta),
        "mean_sampled": float(sampled.mean()),
        "mean_corrected": float(corrected.mean()),
        "mean_full_data": float(full.mean()),
        "prevalence": 150 / 3150,
        "largest_gap": float(np.abs(corrected - full).max()),
    }
