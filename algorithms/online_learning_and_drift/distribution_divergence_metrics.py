r"""Divergence metrics for shift (KL, JS, PSI) put a number on how far one distribution of counts has moved from another.

$$\text{KL}(p \Vert q) = \sum_i p_i \ln \frac{p_i}{q_i}, \qquad \text{JS} = \tfrac12 \text{KL}(p \Vert m) + \tfrac12 \text{KL}(q \Vert m), \; m = \tfrac{p + q}{2},
\qquad \text{PSI} = \sum_i (p_i - q_i) \ln \frac{p_i}{q_i}$$

**Intuition.** KL is the extra surprise of someone who expects $q$ and sees $p$. Jensen-Shannon (JS) compares both with their middle,
which makes it symmetric and bounded by $\ln 2$. The population stability index (PSI) is the sum of KL in both directions.

**When to use it.** Monitoring of features and scores in production. Rule of thumb for PSI: below 0.1 stable, 0.1 to 0.25 look at it,
above 0.25 a large shift.

**Cost.** Linear in the number of bins.

**Pitfalls.** KL is not symmetric and is infinite where $q$ is zero and $p$ is not; smooth the counts first. The thresholds of PSI are
custom, not statistics: with few data chance alone exceeds them, with many data harmless changes are significant. The
result depends on the bins, which must be fixed on the reference. Bins have no order here, so use the Wasserstein distance
where near bins should count as near. Univariate checks miss changes of correlations. State whether logarithms are
natural or base 2.

**References.** Kullback and Leibler (1951). Lin, *Divergence Measures Based on the Shannon Entropy* (1991). Siddiqi, *Credit Risk
Scorecards* (2006), for PSI.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import NonNegative
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Counts = Annotated[list[NonNegative], Field(min_length=2, max_length=1_000)]


def kl(p: Floats, q: Floats) -> float:
    """Kullback-Leibler divergence in nats; bins without mass in p add nothing.

    Examples
    --------
    >>> round(kl(np.array([0.5, 0.5]), np.array([0.25, 0.75])), 4)
    0.1438
    """
    used = p > 0
    if (q[used] == 0).any():
        return float("inf")
    return float((p[used] * np.log(p[used] / q[used])).sum())


def js(p: Floats, q: Floats) -> float:
    """Jensen-Shannon divergence in nats."""
    middle = (p + q) / 2
    return kl(p, middle) / 2 + kl(q, middle) / 2


def psi(p: Floats, q: Floats) -> float:
    """Population stability index."""
    return kl(p, q) + kl(q, p)


@algorithm(
    id="distribution-divergence-metrics",
    name="Divergence metrics for shift (KL, JS, PSI)",
    aliases=(
        "Jensen-Shannon",
        "population stability index",
        "PSI",
        "KL divergence for drift",
        "Kullback-Leibler",
        "data drift metric",
    ),
    example={"expected": [100, 300, 400, 200], "observed": [250, 300, 300, 150]},
)
def distribution_divergence_metrics(
    expected: Counts, observed: Counts, smoothing: Annotated[float, Field(ge=0, le=1e6)] = 0.0
) -> Output:
    """Compare the histogram of a reference period with a new one.

    Parameters
    ----------
    expected : list of float
        Counts or shares of the reference by bin.
    observed : list of float
        Counts or shares of the new data, same bins.
    smoothing : float
        Added to every count; use 0.5 or so if bins are empty.

    Returns
    -------
    dict
        ``kl_observed_expected`` and ``kl_expected_observed`` (infinite if a bin is empty on one side); ``js`` and
        ``js_distance`` = √JS, natural logarithm; ``psi`` and its ``verdict`` by the rule of thumb; ``total_variation``;
        ``largest_change``, number of the bin that adds most to the PSI (null if infinite).

    Raises
    ------
    ValueError
        If the numbers of bins differ or one side has no mass.

    Examples
    --------
    >>> r = distribution_divergence_metrics([100, 300, 400, 200], [250, 300, 300, 150])
    >>> round(r["psi"], 4), r["verdict"]
    (0.1806, 'moderate shift')
    """
    if len(expected) != len(observed):
        raise ValueError(f"{len(expected)} expected and {len(observed)} observed bins; use the same bins")
    q, p = (np.asarray(counts, dtype=float) + smoothing for counts in (expected, observed))  # (k,), (k,)
    if q.sum() == 0 or p.sum() == 0:
        raise ValueError("a histogram without any mass cannot be compared; give at least one positive count each")
    q, p = q / q.sum(), p / p.sum()
    index = psi(p, q)
    finite = np.isfinite(index)
    both = (p > 0) & (q > 0)
    parts = np.where(both, (p - q) * np.log(np.where(both, p, 1) / np.where(both, q, 1)), 0)
    return {
        "kl_observed_expected": kl(p, q),
        "kl_expected_observed": kl(q, p),
        "js": js(p, q),
        "js_distance": max(js(p, q), 0.0) ** 0.5,
        "psi": index,
        "verdict": "stable" if index < 0.1 else "moderate shift" if index <= 0.25 else "large shift",
        "total_variation": float(np.abs(p - q).sum() / 2),
        "largest_change": int(parts.argmax()) if finite else None,
    }
