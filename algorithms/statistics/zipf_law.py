r"""Zipf's law says that the frequency of an item is about inversely proportional to its rank.

$$f(r) \approx \frac{C}{r^s}, \quad s \approx 1, \qquad P(r) = \frac{r^{-s}}{H_{V,s}}, \quad H_{V,s} = \sum_{k=1}^{V} k^{-s}$$

**Intuition.** The second item has about half the frequency of the first, the third a third. On log-log axes this is a line of slope
$-s$. With 1,000 items and $s = 1$ the top one holds 13.4% of the mass.

**When to use it.** For word frequencies, city sizes, page views: to size vocabularies, caches and samples.

**Cost.** $O(V \log V)$ to sort; a straight-line fit after that.

**Pitfalls.** Zipf's law is *one* power law (rank against frequency, exponent near 1), not a synonym for power law. The word
ranking "the", "be", "to" counts lemmas; by surface form the second English word is "of". The largest city having twice the people of
the next is only approximate: countries with a primate city deviate. Earthquake *magnitudes* are not Zipfian: magnitude is a logarithm
and exponentially distributed (Gutenberg-Richter, $\log_{10} N = a - bM$); the *energy* follows a power law. Of
incomes only the upper tail does. Whether the rare items together outweigh the frequent ones depends on the exponent. A least-squares
line on log-log axes is a crude estimate; maximum likelihood is better.

**References.** Zipf, *Human Behavior and the Principle of Least Effort* (1949). Newman (2005), arXiv:cond-mat/0412004. Piantadosi,
*Zipf's word frequency law in natural language* (2014).
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import Positive
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Items = Annotated[int, Field(ge=2, le=1_000_000)]
Exponent = Annotated[float, Field(ge=0, le=5)]
Frequencies = Annotated[list[Positive], Field(min_length=2, max_length=4096)]


def zipf_masses(n_items: int, exponent: float) -> Floats:
    """Probabilities (V,) of the ranks 1 to V.

    Examples
    --------
    >>> zipf_masses(3, 1.0).round(4).tolist()
    [0.5455, 0.2727, 0.1818]
    """
    weights = np.arange(1, n_items + 1, dtype=np.float64) ** -exponent  # (V,)
    return np.asarray(weights / weights.sum())


def fitted_exponent(frequencies: Floats) -> float:
    """Negated slope of the least-squares line through log frequency against log rank.

    Examples
    --------
    >>> round(fitted_exponent(np.array([1.0, 4.0, 2.0, 4 / 3])), 6)
    1.0
    """
    f = np.log(np.sort(frequencies)[::-1])  # (V,), descending
    r = np.log(np.arange(1, len(f) + 1))
    dr = r - r.mean()
    return float(-(dr @ (f - f.mean())) / (dr @ dr)) + 0.0


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Frequencies against ranks on logarithmic axes."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    masses = zipf_masses(inputs["n_items"], inputs["exponent"])
    axes.loglog(np.arange(1, len(masses) + 1), masses)
    if inputs["frequencies"] is not None:
        f = np.sort(inputs["frequencies"])[::-1]
        axes.loglog(np.arange(1, len(f) + 1), f / f.sum(), "o")
    axes.set(xlabel="rank", ylabel="share", title="rank-frequency")
    return figure


@algorithm(
    id="zipf-law",
    name="Zipf's law (rank-frequency power law)",
    aliases=("power law", "rank-size rule", "word frequencies", "Gutenberg-Richter", "Zipf distribution", "Zipf"),
    example={"n_items": 1000, "exponent": 1.0, "head": 10},
    figure=draw,
)
def zipf_law(
    n_items: Items = 1000, exponent: Exponent = 1.0, head: Items = 10, frequencies: Frequencies | None = None
) -> Output:
    """Masses of a Zipf distribution, and the exponent fitted to given frequencies.

    Parameters
    ----------
    n_items : int
        Number of different items V.
    exponent : float
        Exponent s of the rank.
    head : int
        Number of top ranks that are called the head.
    frequencies : list of float
        Own frequencies in any order, to fit the exponent to.

    Returns
    -------
    dict
        ``top_masses``, shares of the first ten ranks; ``ratios_to_first``; ``head_share`` and ``tail_share``;
        ``harmonic_number`` H(V, s); ``fitted_exponent`` of the frequencies, or of the distribution itself.

    Examples
    --------
    >>> round(float(zipf_law(1000, 1.0)["top_masses"][0]), 3)
    0.134
    """
    masses = zipf_masses(n_items, exponent)  # (V,)
    head_share = float(masses[:head].sum())
    source = masses if frequencies is None else np.asarray(frequencies, dtype=np.float64)
    return {
        "top_masses": masses[:10],
        "ratios_to_first": masses[:10] / masses[0],
        "head_share": head_share,
        "tail_share": 1 - head_share,
        "harmonic_number": float(1 / masses[0]),
        "fitted_exponent": fitted_exponent(source),
    }
