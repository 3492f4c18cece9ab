r"""Group fairness metrics compare a classifier's decisions and errors between protected groups.

$$\text{demographic parity: } P(\hat y = 1 \mid a), \quad \text{equal opportunity: } P(\hat y = 1 \mid y = 1, a), \quad
\text{equalised odds: that and } P(\hat y = 1 \mid y = 0, a)$$

**Intuition.** Parity of a rate means that the rate does not depend on the group $a$. Demographic parity looks at decisions alone,
equal opportunity at those who deserve a yes (true positive rate), equalised odds at both kinds of error. The disparate
impact ratio divides the lower selection rate by the higher: 30 against 50 percent gives 0.6, below the 0.8 of the
four-fifths rule.

**When to use it.** Audits of hiring, credit and triage models, before and after deployment.

**Cost.** Counting.

**Pitfalls.** If base rates differ, the criteria exclude each other: calibration within groups and equal error rates cannot both hold
except for a perfect classifier, so the criterion has to be chosen for the case. Dropping a feature ("suppression") is a
pre-processing step for fairness; it does not mend class imbalance, which concerns the prior of the labels, and proxies of
the attribute usually remain. Rates of small groups are noisy: give intervals. Labels can be biased themselves.

**References.** Hardt, Price and Srebro, arXiv:1610.02413. Kleinberg, Mullainathan and Raghavan, arXiv:1609.05807. Chouldechova (2017).
Barocas, Hardt and Narayanan, *Fairness and Machine Learning*.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import Name
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Decisions = Annotated[list[Annotated[int, Field(ge=0, le=1)]], Field(min_length=1, max_length=4_096)]


def rate(hits: Floats, among: Floats) -> float | None:
    """Share of hits in a subset, or None if the subset is empty."""
    return float(hits[among].mean()) if among.any() else None


def spread(rates: list[float | None]) -> float | None:
    """Largest difference between groups, or None if a rate is missing."""
    known = [r for r in rates if r is not None]
    return max(known) - min(known) if len(known) == len(rates) else None


@algorithm(
    id="group-fairness-metrics",
    name="Group fairness metrics",
    aliases=(
        "demographic parity",
        "equal opportunity",
        "bias audit",
        "disparate impact ratio",
        "four-fifths rule",
        "equalised odds difference",
        "statistical parity",
    ),
    example={
        "predicted": [1, 0, 1, 0, 0, 1, 1, 0, 1, 1],
        "actual": [1, 0, 1, 1, 0, 1, 0, 0, 1, 1],
        "group": ["a", "a", "a", "a", "a", "b", "b", "b", "b", "b"],
    },
)
def group_fairness_metrics(
    predicted: Decisions,
    actual: Decisions,
    group: Annotated[list[Name], Field(min_length=1, max_length=4_096)],
) -> Output:
    """Rates of each group and their differences.

    Parameters
    ----------
    predicted : list of int, length n
        Decisions, 0 or 1 (1 is the favourable one).
    actual : list of int, length n
        True outcomes, 0 or 1.
    group : list of str, length n
        Protected group of each person; 2 to 20 groups.

    Returns
    -------
    dict
        By group ``selection_rate``, ``true_positive_rate``, ``false_positive_rate`` and ``base_rate`` (null where undefined);
        ``demographic_parity_difference``; ``disparate_impact_ratio`` and ``passes_four_fifths`` (0.8);
        ``equal_opportunity_difference`` (of true positive rates); ``equalized_odds_difference``, the larger of the differences
        of true and false positive rates.

    Raises
    ------
    ValueError
        If the lengths differ or there are not 2 to 20 groups.

    Examples
    --------
    >>> people = ["a"] * 10 + ["b"] * 10
    >>> decisions = [1] * 3 + [0] * 7 + [1] * 5 + [0] * 5
    >>> r = group_fairness_metrics(decisions, decisions, people)
    >>> round(r["disparate_impact_ratio"], 4), r["passes_four_fifths"], r["equalized_odds_difference"]
    (0.6, False, 0.0)
    """
    if not len(predicted) == len(actual) == len(group):
        raise ValueError(
            f"predicted, actual and group need one length, got {len(predicted)}, {len(actual)}, {len(group)}"
        )
    names = sorted(set(group))
    if not 2 <= len(names) <= 20:
        raise ValueError(f"found {len(names)} groups; give 2 to 20")
    p, y, a = np.asarray(predicted, dtype=float), np.asarray(actual), np.asarray(group)  # (n,) each
    selection = [float(p[a == g].mean()) for g in names]
    tpr = [rate(p, (a == g) & (y == 1)) for g in names]
    fpr = [rate(p, (a == g) & (y == 0)) for g in names]
    gaps = spread(tpr), spread(fpr)
    ratio = min(selection) / max(selection) if max(selection) > 0 else 1.0
    return {
        "selection_rate": dict(zip(names, selection, strict=True)),
        "true_positive_rate": dict(zip(names, tpr, strict=True)),
        "false_positive_rate": dict(zip(names, fpr, strict=True)),
        "base_rate": {g: float(y[a == g].mean()) for g in names},
        "demographic_parity_difference": max(selection) - min(selection),
        "disparate_impact_ratio": ratio,
        "passes_four_fifths": ratio >= 0.8,
        "equal_opportunity_difference": gaps[0],
        "equalized_odds_difference": None if gaps[0] is None or gaps[1] is None else max(gaps[0], gaps[1]),
    }
