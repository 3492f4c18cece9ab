r"""An A/B test is a randomised experiment that compares two versions, here by the two-proportion z-test of their conversion rates.

$$z = \frac{\hat p_A - \hat p_B}{\sqrt{\hat p (1 - \hat p) \left(\frac1{n_A} + \frac1{n_B}\right)}}, \qquad
\hat p = \frac{x_A + x_B}{n_A + n_B}$$

**Intuition.** Users are assigned at random, so the versions are the only systematic difference between the groups. Under $H_0$ (no difference)
both rates estimate one common rate, and $z$ is approximately standard normal.

**When to use it.** For changes that can be switched on for some users at random, at the same time.

**Cost.** $O(1)$ from the four counts.

**Pitfalls.** Comparing this year's sales with last year's is no A/B test: there is no randomised control running at the same time. For
conversion rates use this z-test or chi-square, not a t-test made for means; for means with unequal variances Welch's t. A one-sided
alternative "A is better" has nothing to say if B turns out better: use two-sided unless there is a reason. A significant result is evidence
against $H_0$; it does not prove that the sample represents the population. Fix the sample size first and do not stop at the first small p. Check
that the split is what was planned. Several metrics need a correction.

**References.** Kohavi, Tang and Xu, *Trustworthy Online Controlled Experiments* (2020). Agresti, *Categorical Data Analysis* (2013).
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.hypothesis_testing.p_value import Alpha, normal_p_value
from algorithms.inputs import Count
from algorithms.registry import Output, algorithm
from algorithms.statistics.normal_distribution import normal_quantile

Visitors = Annotated[int, Field(ge=1, le=1_000_000_000)]


@algorithm(
    id="ab-test",
    name="A/B test (two-proportion z-test)",
    aliases=(
        "split test",
        "controlled experiment",
        "one-sided test",
        "A/B testing",
        "two-proportion z-test",
        "conversion rate test",
    ),
    example={"conversions_a": 200, "visitors_a": 1000, "conversions_b": 160, "visitors_b": 1000},
)
def ab_test(
    conversions_a: Count,
    visitors_a: Visitors,
    conversions_b: Count,
    visitors_b: Visitors,
    alternative: Literal["two-sided", "a is better", "b is better"] = "two-sided",
    alpha: Alpha = 0.05,
) -> Output:
    """Test whether two conversion rates differ.

    Parameters
    ----------
    conversions_a, visitors_a : int
        Successes and users of version A.
    conversions_b, visitors_b : int
        Successes and users of version B.
    alternative : {"two-sided", "a is better", "b is better"}
        What is held against the null hypothesis of equal rates.
    alpha : float
        Level of the test; the interval has confidence 1 - alpha.

    Returns
    -------
    dict
        ``rate_a``, ``rate_b``; ``difference`` a - b; ``relative_lift`` (None if rate_b is 0); ``z``; ``p_value``;
        ``reject``; ``interval`` (2,) of the difference, with unpooled standard error.

    Raises
    ------
    ValueError
        If there are more conversions than visitors.

    Examples
    --------
    >>> result = ab_test(200, 1000, 160, 1000)
    >>> round(result["z"], 3), round(result["p_value"], 4)
    (2.328, 0.0199)
    """
    if conversions_a > visitors_a or conversions_b > visitors_b:
        raise ValueError("there are more conversions than visitors; count each visitor once")
    pa, pb = conversions_a / visitors_a, conversions_b / visitors_b
    pooled = (conversions_a + conversions_b) / (visitors_a + visitors_b)
    null_error = math.sqrt(pooled * (1 - pooled) * (1 / visitors_a + 1 / visitors_b))
    z = (pa - pb) / null_error if null_error > 0 else 0.0  # all or none converted: no evidence
    sides: dict[str, Literal["two-sided", "greater", "less"]] = {"a is better": "greater", "b is better": "less"}
    p = normal_p_value(max(min(z, 100.0), -100.0), sides.get(alternative, "two-sided"))
    error = math.sqrt(pa * (1 - pa) / visitors_a + pb * (1 - pb) / visitors_b)
    margin = float(normal_quantile(np.array([1 - alpha / 2]))[0]) * error
    return {
        "rate_a": pa,
        "rate_b": pb,
        "difference": pa - pb,
        "relative_lift": (pa - pb) / pb if pb > 0 else None,
        "z": z,
        "p_value": p,
        "reject": p < alpha,
        "interval": np.array([pa - pb - margin, pa - pb + margin]),
    }
