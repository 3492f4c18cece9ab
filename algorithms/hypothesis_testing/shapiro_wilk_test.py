r"""The Shapiro-Wilk test checks whether a sample may come from a normal distribution.

$$W = \frac{\left(\sum_i a_i x_{(i)}\right)^2}{\sum_i (x_i - \bar x)^2}$$

with $x_{(i)}$ the sorted sample and weights $a$ from the expected normal order statistics.

**Intuition.** The numerator estimates the variance from the slope of the normal Q-Q plot, the denominator in the usual way. For normal
data both agree and $W$ is near 1; a curved Q-Q plot lowers it. If the p-value is below the level, normality is rejected.

**When to use it.** To check residuals in small and medium samples; it is among the most powerful tests of normality there. Always look
at the Q-Q plot as well.

**Cost.** $O(n \log n)$ for sorting.

**Pitfalls.** A large p does not prove normality: ten points hardly ever reject. A small p in a large sample often flags deviations that do not
matter, since many methods only need nearly normal *means*. It is the residuals of a regression that should be normal, not the features or
the target. Ties from rounding lower $W$. Choosing the next test by this one distorts the error rates. The p-value is Royston's
approximation, meant for 3 to 5,000 values.

**References.** Shapiro and Wilk, *An analysis of variance test for normality* (1965). Royston, *Remark AS R94* (1995), *Applied
Statistics* 44.
"""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.hypothesis_testing.p_value import Alpha, normal_p_value
from algorithms.inputs import Number
from algorithms.registry import Output, algorithm
from algorithms.statistics.normal_distribution import normal_quantile

Floats = NDArray[np.float64]
Sample = Annotated[list[Number], Field(min_length=3, max_length=4096)]


def polynomial(coefficients: tuple[float, ...], x: float) -> float:
    """Value of a polynomial whose coefficients are in ascending order.

    Examples
    --------
    >>> polynomial((1.0, 2.0, 3.0), 2.0)
    17.0
    """
    return sum(c * x**i for i, c in enumerate(coefficients))


def weights(n: int) -> Floats:
    """Royston's approximate weights (n,), antisymmetric and of unit length.

    Examples
    --------
    >>> weights(3).round(4).tolist()
    [-0.7071, 0.0, 0.7071]
    """
    if n == 3:
        return np.array([-math.sqrt(0.5), 0.0, math.sqrt(0.5)])
    m = normal_quantile((np.arange(1, n + 1, dtype=np.float64) - 0.375) / (n + 0.25))  # (n,) expected order statistics
    squares = float(m @ m)
    u = 1 / math.sqrt(n)
    c = m / math.sqrt(squares)  # (n,)
    a = np.empty(n)
    last = c[-1] + polynomial((0, 0.221157, -0.147981, -2.07119, 4.434685, -2.706056), u)
    if n <= 5:
        fixed = 1
        scale = (squares - 2 * m[-1] ** 2) / (1 - 2 * last**2)
        ends = [last]
    else:
        fixed = 2
        second = c[-2] + polynomial((0, 0.042981, -0.293762, -1.752461, 5.682633, -3.582633), u)
        scale = (squares - 2 * m[-1] ** 2 - 2 * m[-2] ** 2) / (1 - 2 * last**2 - 2 * second**2)
        ends = [second, last]
    a[fixed : n - fixed] = m[fixed : n - fixed] / math.sqrt(scale)
    a[n - fixed :] = ends
    a[:fixed] = -np.array(ends[::-1])
    return a


def royston_p_value(w: float, n: int) -> float:
    """Approximate p-value of the statistic: a transform of 1 - W is nearly normal.

    Examples
    --------
    >>> round(royston_p_value(0.9, 20), 3)
    0.041
    """
    if n == 3:
        return max(0.0, min(1.0, 6 / math.pi * (math.asin(math.sqrt(w)) - math.asin(math.sqrt(0.75)))))
    if w >= 1:
        return 1.0
    y = math.log(1 - w)
    if n <= 11:
        gamma = polynomial((-2.273, 0.459), n)
        if y >= gamma:
            return 0.0
        y = -math.log(gamma - y)
        mean = polynomial((0.544, -0.39978, 0.025054, -6.714e-4), n)
        sd = math.exp(polynomial((1.3822, -0.77857, 0.062767, -0.0020322), n))
    else:
        mean = polynomial((-1.5861, -0.31082, -0.083751, 0.0038915), math.log(n))
        sd = math.exp(polynomial((-0.4803, -0.082676, 0.0030302), math.log(n)))
    return normal_p_value(max(-100.0, min(100.0, (y - mean) / sd)), "greater")


@algorithm(
    id="shapiro-wilk-test",
    name="Shapiro-Wilk normality test",
    aliases=("normality test", "Shapiro-Wilk", "test for normality", "Shapiro test"),
    example={"data": [148, 154, 158, 160, 161, 162, 166, 170, 182, 195, 236]},
)
def shapiro_wilk_test(data: Sample, alpha: Alpha = 0.05) -> Output:
    """Test of normality of a sample.

    Parameters
    ----------
    data : list of float, length n
        Sample of 3 to 4,096 values.
    alpha : float
        Level of the test.

    Returns
    -------
    dict
        ``w`` in (0, 1]; ``p_value``; ``reject``, whether normality is rejected at the level.

    Raises
    ------
    ValueError
        If the sample is constant.

    Examples
    --------
    >>> result = shapiro_wilk_test([148, 154, 158, 160, 161, 162, 166, 170, 182, 195, 236])
    >>> round(result["w"], 4), round(result["p_value"], 4)
    (0.7888, 0.0067)
    """
    x = np.sort(np.asarray(data, dtype=np.float64))  # (n,)
    centred = x - x.mean()
    if x[-1] - x[0] <= 1e-14 * max(abs(x[0]), abs(x[-1])):
        raise ValueError("the sample is constant; its normality cannot be tested")
    centred = centred / np.abs(centred).max()  # squares of huge values would overflow
    w = min(float((weights(len(x)) @ centred) ** 2 / (centred @ centred)), 1.0)
    p = royston_p_value(w, len(x))
    return {"w": w, "p_value": p, "reject": p < alpha}
