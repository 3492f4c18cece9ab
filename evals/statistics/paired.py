"""Two systems on the same queries: interval of the difference, randomisation test, effect size, what could be detected."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from core.errors import InputError
from evals.statistics.intervals import SEED, Values, checked, mean_interval

PERMUTATIONS = 9999
EXACT_BELOW = 14
"""With fewer differences than this all sign flips are gone through."""


@dataclass(frozen=True)
class Comparison:
    """B against A on the same queries.

    Attributes
    ----------
    queries : int
        Shared by both.
    a, b : float
        Means.
    difference, low, high : float
        B − A with its bootstrap interval.
    p : float
        Two-sided randomisation test.
    p_holm : float
        Corrected for the comparisons made together; equals `p` where there is one.
    effect : float
        Cohen's d of the paired differences: their mean in units of their standard deviation.
    wins, ties, losses : int
        Queries on which B is above, equal to and below A.
    detectable : float
        Least true difference that a test of this size finds with a power of 0.8.
    """

    queries: int
    a: float
    b: float
    difference: float
    low: float
    high: float
    p: float
    p_holm: float
    effect: float
    wins: int
    ties: int
    losses: int
    detectable: float

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def compare_paired(a: Mapping[str, float], b: Mapping[str, float], level: float = 0.95) -> Comparison:
    """Compare two systems query by query.

    Parameters
    ----------
    a, b : mapping
        Query id → value.
    level : float
        Coverage of the interval and 1 − significance level of `detectable`.

    Raises
    ------
    InputError
        If they do not hold the same queries.

    Examples
    --------
    >>> compare_paired({"1": 0.0, "2": 0.5}, {"1": 0.0, "2": 0.5}).p
    1.0
    """
    if set(a) != set(b):
        only = sorted(set(a) ^ set(b))
        raise InputError(
            f"{len(only)} queries are in one of the two only, such as {only[0]!r}", fix="score both on the same queries"
        )
    queries = sorted(a)
    first, second = checked([a[q] for q in queries]), checked([b[q] for q in queries])
    differences = second - first  # (n,)
    interval = mean_interval(differences.tolist(), level)
    p = randomisation_p(differences)
    return Comparison(
        queries=len(queries),
        a=float(first.mean()),
        b=float(second.mean()),
        difference=interval.value,
        low=interval.low,
        high=interval.high,
        p=p,
        p_holm=p,
        effect=cohen_d(differences),
        wins=int((differences > 0).sum()),
        ties=int((differences == 0).sum()),
        losses=int((differences < 0).sum()),
        detectable=detectable_difference(differences, 1 - level),
    )


def randomisation_p(differences: Values, permutations: int = PERMUTATIONS) -> float:
    """Two-sided p of Fisher's randomisation test: under the null the sign of each difference is a coin toss.

    Smucker, Allan & Carterette (CIKM 2007) recommend it for retrieval. All sign flips are gone through where there are
    few, else `permutations` are drawn and the observed one is counted with them (Phipson & Smyth 2010), so p is never 0.

    Parameters
    ----------
    differences : array, shape (n,)
        One a query.

    Examples
    --------
    >>> randomisation_p(np.array([1.0, 2.0, 3.0]))
    0.25
    """
    moved = differences[differences != 0]  # a zero difference flips to itself
    if not len(moved):
        return 1.0
    observed = abs(moved.sum()) * (1 - 1e-12)  # equal sums must not differ by rounding
    if len(moved) < EXACT_BELOW:
        codes = np.arange(2 ** len(moved))[:, None] >> np.arange(len(moved)) & 1  # (2^n, n)
        sums = (1 - 2 * codes) @ moved
        return float((np.abs(sums) >= observed).mean())
    rng = np.random.default_rng(SEED)
    extreme = 0
    for start in range(0, permutations, 1000):
        size = min(1000, permutations - start)
        signs = 1 - 2 * rng.integers(0, 2, (size, len(moved)), dtype=np.int8)  # (r, n)
        extreme += int((np.abs(signs @ moved) >= observed).sum())
    return (extreme + 1) / (permutations + 1)


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values corrected by Holm's step-down method (1979), in the order given.

    Raises
    ------
    InputError
        If one is outside 0 to 1.

    Examples
    --------
    >>> [round(p, 2) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    if any(not 0 <= p <= 1 for p in p_values):
        raise InputError("a p-value is outside 0 to 1", fix="give probabilities")
    corrected = [0.0] * len(p_values)
    highest = 0.0
    for position, index in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        highest = max(highest, min(1.0, p_values[index] * (len(p_values) - position)))
        corrected[index] = highest
    return corrected


def corrected(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """The same comparisons with `p_holm` for the family they form."""
    family = holm([comparison.p for comparison in comparisons])
    return [replace(comparison, p_holm=p) for comparison, p in zip(comparisons, family, strict=True)]


def cohen_d(differences: Values) -> float:
    """Mean of the differences in units of their sample standard deviation; 0 where nothing varies around zero.

    Examples
    --------
    >>> cohen_d(np.array([0.0, 1.0, 2.0]))
    1.0
    """
    spread = float(differences.std(ddof=1)) if len(differences) > 1 else 0.0
    if spread < 1e-12:
        return 0.0 if abs(float(differences.mean())) < 1e-12 else math.copysign(math.inf, float(differences.mean()))
    return float(differences.mean()) / spread


def detectable_difference(differences: Values, alpha: float = 0.05, power: float = 0.8) -> float:
    """Least true mean difference that a two-sided paired test finds with this power, by the normal approximation.

    ``(z(1 − α/2) + z(power)) · s / √n`` with the differences' standard deviation s (Sakai, Information Retrieval 2016).

    Examples
    --------
    >>> round(detectable_difference(np.array([-1.0, 1.0] * 50)), 3)
    0.282
    """
    from scipy.stats import norm

    if len(differences) < 2:
        return math.inf
    spread = float(differences.std(ddof=1))
    return float(norm.ppf(1 - alpha / 2) + norm.ppf(power)) * spread / math.sqrt(len(differences))
