r"""The two-sample Kolmogorov-Smirnov test detects whether two samples come from different distributions, of whatever kind.

$$D = \sup_t \bigl| F_a(t) - F_b(t) \bigr|$$

with $F_a, F_b$ the empirical distribution functions.

**Intuition.** Draw both step functions and take the largest vertical gap: 0 for identical samples, 1 if the samples do not overlap. Under equal
distributions every interleaving of both samples is equally likely, so the exact p-value counts lattice paths that leave a band around
the diagonal.

**When to use it.** To detect drift of one feature between training and production data. For many features jointly use a kernel test (MMD) or a
classifier that tries to tell both samples apart.

**Cost.** $O((n + m) \log (n + m))$ for $D$; $O(n m)$ for the exact p-value.

**Pitfalls.** It is most sensitive in the middle of the distribution and weak in the tails. With thousands of values it flags shifts too small to
matter: look at the size of $D$ too. One test a feature needs a correction for multiple testing. Ties make the exact p-value
conservative. The one-sample version with parameters estimated from the same data is not valid as it stands (Lilliefors). A shift of the inputs
need not hurt the model, and a change of $P(y \mid x)$ is invisible to it.

**References.** Smirnov (1939). Hodges, *The significance probability of the Smirnov two-sample test* (1958). Rabanser, Günnemann and Lipton,
*Failing loudly*, arXiv:1810.11953.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.hypothesis_testing.p_value import Alpha
from algorithms.inputs import Number
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Sample = Annotated[list[Number], Field(min_length=1, max_length=400)]


def largest_gap(a: Floats, b: Floats) -> tuple[float, float]:
    """Largest gap of both step functions, signed (F_a - F_b), and where it is.

    Examples
    --------
    >>> largest_gap(np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    (1.0, 2.0)
    """
    at = np.unique(np.concatenate([a, b]))
    fa = np.searchsorted(np.sort(a), at, side="right") / len(a)
    fb = np.searchsorted(np.sort(b), at, side="right") / len(b)
    worst = int(np.abs(fa - fb).argmax())
    return float(fa[worst] - fb[worst]), float(at[worst])


def exact_p_value(d: float, n: int, m: int) -> float:
    """Chance that a random interleaving of n and m values has a gap of at least `d`.

    Examples
    --------
    >>> round(exact_p_value(1.0, 3, 3), 4)
    0.1
    """
    limit = round(d * n * m) - 0.5  # gaps are multiples of 1 / (n m); half a step below absorbs rounding
    previous = [0.0] * (m + 1)
    for i in range(n + 1):
        row = [0.0] * (m + 1)  # chance to have left the band on the way to (i, j), all orders equally likely
        for j in range(m + 1):
            if abs(i * m - j * n) > limit:
                row[j] = 1.0
            elif i + j:
                from_left = row[j - 1] if j else 0.0
                row[j] = (i * previous[j] + j * from_left) / (i + j)
        previous = row
    return previous[m]


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Both empirical distribution functions and the largest gap."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    for name in ("a", "b"):
        v = np.sort(inputs[name])
        axes.step(np.concatenate([v[:1], v]), np.arange(len(v) + 1) / len(v), where="post", label=name)
    axes.axvline(output["at"], ls=":", color="black")
    axes.set(ylabel="F", title=f"D = {output['d']:.3f}, p = {output['p_value']:.4f}")
    axes.legend()
    return figure


@algorithm(
    id="kolmogorov-smirnov-test",
    name="Kolmogorov-Smirnov test for distribution shift",
    aliases=("KS test", "two-sample test", "drift detection", "Kolmogorov-Smirnov", "distribution shift"),
    example={"a": [0.1, 0.4, 0.7, 1.1, 1.3, 1.8], "b": [1.0, 1.6, 1.9, 2.2, 2.5, 3.1]},
    figure=draw,
)
def kolmogorov_smirnov_test(a: Sample, b: Sample, alpha: Alpha = 0.05) -> Output:
    """Two-sided, two-sample test with the exact p-value.

    Parameters
    ----------
    a, b : list of float
        Samples of at most 400 values; they may differ in size.
    alpha : float
        Level of the test.

    Returns
    -------
    dict
        ``d`` in [0, 1]; ``at``, the value with the largest gap; ``a_is_lower_there``, whether a has more mass below it;
        ``p_value``; ``reject``.

    Examples
    --------
    >>> result = kolmogorov_smirnov_test([1, 2, 3], [4, 5, 6])
    >>> result["d"], round(result["p_value"], 4)
    (1.0, 0.1)
    """
    x, y = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    signed, at = largest_gap(x, y)
    p = exact_p_value(abs(signed), len(x), len(y))
    return {"d": abs(signed), "at": at, "a_is_lower_there": signed > 0, "p_value": p, "reject": p < alpha}
