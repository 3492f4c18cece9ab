r"""The one-way ANOVA F-test checks whether several groups have the same mean, by comparing the variance between and within them.

$$F = \frac{SS_\text{between} / (k - 1)}{SS_\text{within} / (N - k)}, \qquad
SS_\text{between} = \sum_j n_j (\bar x_j - \bar x)^2$$

**Intuition.** If all means are equal, the group means scatter only as much as the noise inside the groups makes them, and $F$ is about 1.
A large $F$ says that at least one mean is off. For two groups $F = t^2$ of the pooled t-test.

**When to use it.** To compare more than two groups with one test, and as a univariate feature score for a numeric feature and a
class label.

**Cost.** $O(N)$.

**Pitfalls.** A significant $F$ does not say which means differ; that takes post-hoc comparisons with a correction. Scoring many features one at
a time needs a correction for multiple testing too: at level 0.05, 5 of 100 useless features pass. And it misses features that matter only
jointly. The test assumes independent observations, similar variances and roughly normal errors; Welch's ANOVA or Kruskal-Wallis relax
that. Many t-tests between pairs are no substitute, for the same reason of multiplicity.

**References.** Fisher, *Statistical Methods for Research Workers* (1925). Montgomery, *Design and Analysis of Experiments* (2017),
chapter 3.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.hypothesis_testing.p_value import Alpha
from algorithms.inputs import Number
from algorithms.registry import Output, algorithm

Groups = Annotated[
    list[Annotated[list[Number], Field(min_length=1, max_length=1000)]], Field(min_length=2, max_length=50)
]


def f_p_value(f: float, between: int, within: int) -> float:
    """Upper tail of the F distribution, from the incomplete beta function.

    Examples
    --------
    >>> round(f_p_value(4.965, 1, 10), 3)
    0.05
    """
    from scipy.special import betainc

    return float(betainc(within / 2, between / 2, within / (within + between * f)))


@algorithm(
    id="anova-f-test",
    name="One-way ANOVA F-test",
    aliases=("ANOVA", "F-test", "analysis of variance", "f_classif"),
    example={"groups": [[6, 8, 4, 5, 3, 4], [8, 12, 9, 11, 6, 8], [13, 9, 11, 8, 7, 12]]},
)
def anova_f_test(groups: Groups, alpha: Alpha = 0.05) -> Output:
    """Test of equal means of several independent groups.

    Parameters
    ----------
    groups : list of list of float
        One list of values a group; the lengths may differ.
    alpha : float
        Level of the test.

    Returns
    -------
    dict
        ``f``; ``p_value``; ``reject``; ``df_between``, ``df_within``; ``ss_between``, ``ss_within``; ``eta_squared``, the
        share of the variation that the groups account for; ``means``, one a group.

    Raises
    ------
    ValueError
        If every group has a single value, or there is no variation within the groups.

    Examples
    --------
    >>> result = anova_f_test([[6, 8, 4, 5, 3, 4], [8, 12, 9, 11, 6, 8], [13, 9, 11, 8, 7, 12]])
    >>> round(result["f"], 3), result["ss_between"], result["ss_within"]
    (9.265, 84.0, 68.0)
    """
    samples = [np.asarray(group, dtype=np.float64) for group in groups]
    pooled = np.concatenate(samples)  # (N,)
    df_between, df_within = len(samples) - 1, len(pooled) - len(samples)
    grand = pooled.mean()
    means = np.array([sample.mean() for sample in samples])  # (k,)
    sizes = np.array([len(sample) for sample in samples])  # (k,)
    ss_between = float((sizes * (means - grand) ** 2).sum())
    ss_within = float(sum(((sample - sample.mean()) ** 2).sum() for sample in samples))
    if df_within == 0 or ss_within <= 1e-20 * float((pooled**2).sum()):
        raise ValueError("there is no variation within the groups to compare with; give repeated measurements")
    f = (ss_between / df_between) / (ss_within / df_within)
    p = f_p_value(f, df_between, df_within)
    return {
        "f": f,
        "p_value": p,
        "reject": p < alpha,
        "df_between": df_between,
        "df_within": df_within,
        "ss_between": ss_between,
        "ss_within": ss_within,
        "eta_squared": ss_between / (ss_between + ss_within),
        "means": means,
    }
