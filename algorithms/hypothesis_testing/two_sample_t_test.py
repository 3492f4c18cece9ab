r"""The two-sample t-test checks whether two groups have the same mean, with the variance estimated from the data.

$$t_\text{pooled} = \frac{\bar x_1 - \bar x_2}{s_p \sqrt{\frac1{n_1} + \frac1{n_2}}}, \ \nu = n_1 + n_2 - 2, \qquad
t_\text{Welch} = \frac{\bar x_1 - \bar x_2}{\sqrt{\frac{s_1^2}{n_1} + \frac{s_2^2}{n_2}}}$$

**Intuition.** The difference of means is measured in units of its standard error. Since that is estimated, $t$ has heavier tails than the
normal, the more so the fewer degrees of freedom. If $p < \alpha$ the hypothesis of equal means is rejected.

**When to use it.** For independent samples of roughly normal values, or large ones. Welch's version, with its own degrees of freedom, is
the safe default; pooling assumes equal variances.

**Cost.** $O(n)$.

**Pitfalls.** Conversion rates are proportions: use a two-proportion z-test or chi-square for them. The pooled test is wrong when the
smaller group has the larger variance. Do not choose between both versions by a preliminary test. Paired measurements need the paired
test. Heavy tails cost power: a permutation or rank test may be better. A p above $\alpha$ does not show that the means are equal.

**References.** Student, *The probable error of a mean* (1908). Welch (1947), *Biometrika* 34. Delacre, Lakens and Leys, *Why
psychologists should by default use Welch's t-test* (2017).
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.hypothesis_testing.p_value import Alpha, Alternative
from algorithms.inputs import Number
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Group = Annotated[list[Number], Field(min_length=2, max_length=4096)]


def student_p_value(t: float, freedom: float, alternative: Alternative) -> float:
    """Tail probability of Student's t, from the incomplete beta function.

    Examples
    --------
    >>> round(student_p_value(2.228, 10, "two-sided"), 3)
    0.05
    """
    from scipy.special import betainc

    both = float(betainc(freedom / 2, 0.5, freedom / (freedom + t**2)))  # P(|T| >= |t|)
    if alternative == "two-sided":
        return both
    in_tail = (t > 0) == (alternative == "greater")
    return both / 2 if in_tail else 1 - both / 2


def standard_error_and_freedom(a: Floats, b: Floats, variant: Literal["welch", "pooled"]) -> tuple[float, float]:
    """Standard error of the difference of means and degrees of freedom of samples (n1,) and (n2,).

    Examples
    --------
    >>> standard_error_and_freedom(np.array([0.0, 2.0]), np.array([0.0, 2.0]), "pooled")
    (1.4142135623730951, 2.0)
    """
    n1, n2 = len(a), len(b)
    v1, v2 = float(a.var(ddof=1)), float(b.var(ddof=1))
    if variant == "pooled":
        pooled = ((n1 - 1) * v1 + (n2 - 1) * v2) / (n1 + n2 - 2)
        return math.sqrt(pooled * (1 / n1 + 1 / n2)), float(n1 + n2 - 2)
    e1, e2 = v1 / n1, v2 / n2
    if e1 + e2 == 0:
        return 0.0, 1.0
    share = e1 / (e1 + e2)  # squares of the errors themselves could underflow
    return math.sqrt(e1 + e2), 1 / (share**2 / (n1 - 1) + (1 - share) ** 2 / (n2 - 1))


@algorithm(
    id="two-sample-t-test",
    name="Two-sample t-test (Welch and pooled)",
    aliases=("t-test", "Student", "Welch", "Student's t-test", "Welch's t-test", "independent samples t-test"),
    example={"a": [5.1, 6.2, 5.8, 6.9, 6.4, 7.0], "b": [4.2, 5.0, 4.8, 5.5, 4.1, 5.9]},
)
def two_sample_t_test(
    a: Group,
    b: Group,
    variant: Literal["welch", "pooled"] = "welch",
    alternative: Alternative = "two-sided",
    alpha: Alpha = 0.05,
) -> Output:
    """Test of equal means of two independent samples.

    Parameters
    ----------
    a, b : list of float
        The two samples.
    variant : {"welch", "pooled"}
        Unequal variances allowed, or assumed equal.
    alternative : {"two-sided", "greater", "less"}
        Means differ, a's is greater, or a's is less.
    alpha : float
        Level of the test.

    Returns
    -------
    dict
        ``t``; ``degrees_of_freedom``; ``p_value``; ``reject``; ``difference`` of means a - b; ``standard_error``;
        ``cohens_d``, the difference in pooled standard deviations.

    Raises
    ------
    ValueError
        If both samples are constant.

    Examples
    --------
    >>> result = two_sample_t_test([1, 2, 3], [2, 3, 4], variant="pooled")
    >>> round(result["t"], 4), result["degrees_of_freedom"], round(result["p_value"], 4)
    (-1.2247, 4.0, 0.2879)
    """
    x, y = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)  # (n1,), (n2,)
    error, freedom = standard_error_and_freedom(x, y, variant)
    if error <= 1e-14 * max(np.abs(x).max(), np.abs(y).max()):
        raise ValueError("both samples are constant, so there is no variance to compare with")
    difference = float(x.mean() - y.mean())
    t = difference / error
    p = student_p_value(t, freedom, alternative)
    pooled_error, _ = standard_error_and_freedom(x, y, "pooled")
    return {
        "t": t,
        "degrees_of_freedom": freedom,
        "p_value": p,
        "reject": p < alpha,
        "difference": difference,
        "standard_error": error,
        "cohens_d": difference / pooled_error * math.sqrt(1 / len(x) + 1 / len(y)),
    }
