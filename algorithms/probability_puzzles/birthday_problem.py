r"""The birthday problem asks how likely it is that among n people at least two share a birthday.

$$P(\text{match}) = 1 - \prod_{i=0}^{n-1} \frac{365 - i}{365} = 1 - \frac{{}^{365}P_n}{365^n}$$

**Intuition.** What counts are pairs, not people: 23 people form $\binom{23}{2} = 253$ pairs, each with a chance of 1/365. So 23 people
suffice for more than one half (0.5073; 22 give 0.4757) and 57 for 99% (0.9901; 56 give 0.9883). For 30 people all birthdays differ with
probability 0.29368.

**When to use it.** For collisions of hashes and random identifiers: expect the first after about $\sqrt{\pi d / 2}$ draws from $d$ values.

**Cost.** $O(n)$ for equal chances, $O(n d)$ for unequal ones.

**Pitfalls.** It is not the chance that someone shares *your* birthday, for which 253 people are needed. $365^{30}$ alone is not the answer
for 30 people: the ratio $^{365}P_{30} / 365^{30}$ is, and 0.2936838 rounds to 0.2937, not 0.2936. Real birthdays are not uniform, and every
deviation makes a match *more* likely. Leap days and twins are left out. The approximation $1 - e^{-n(n-1)/(2d)}$ is good for $n \ll d$.

**References.** Von Mises (1939). Feller, *An Introduction to Probability Theory and Its Applications*, vol. 1 (1968), chapter II. Munford,
*A note on the uniformity assumption in the birthday problem* (1977).
"""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import NonNegative
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
People = Annotated[int, Field(ge=1, le=1000)]
Days = Annotated[int, Field(ge=1, le=100_000)]
Weights = Annotated[list[NonNegative], Field(min_length=1, max_length=366)]


def all_different(people: int, days: int) -> float:
    """Probability that uniform birthdays all differ.

    Examples
    --------
    >>> round(all_different(30, 365), 7)
    0.2936838
    """
    return math.prod(max(days - i, 0) / days for i in range(people))


def all_different_weighted(people: int, p: Floats) -> float:
    """The same for day probabilities (d,): n! times the elementary symmetric polynomial of order n.

    Examples
    --------
    >>> round(all_different_weighted(2, np.array([0.5, 0.5])), 6)
    0.5
    """
    f = np.zeros(people + 1)  # f[k]: chance that k people fall on k different days of those seen
    f[0] = 1.0
    k = np.arange(1, people + 1)
    for chance in p:
        f[1:] = f[1:] + k * chance * f[:-1]
    return float(f[-1])


def smallest_group(target: float, days: int) -> int:
    """Least number of people whose chance of a match is at least `target`.

    Examples
    --------
    >>> smallest_group(0.5, 365)
    23
    """
    different, people = 1.0, 0
    while 1 - different < target:
        different *= (days - people) / days
        people += 1
    return people


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Chance of a match against the number of people."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    n = np.arange(1, output["people_for_99_percent"] + 10)
    axes.plot(n, [1 - all_different(int(i), inputs["days"]) for i in n])
    axes.plot(inputs["people"], output["match"], "o")
    axes.axhline(0.5, ls=":")
    axes.set(xlabel="people", ylabel="P(match)", title="birthday problem")
    return figure


@algorithm(
    id="birthday-problem",
    name="Birthday problem",
    aliases=("birthday paradox", "shared birthdays", "hash collision probability", "same birthday"),
    example={"people": 23, "days": 365},
    figure=draw,
)
def birthday_problem(people: People = 23, days: Days = 365, weights: Weights | None = None) -> Output:
    """Probability of a shared birthday, for equal or unequal days.

    Parameters
    ----------
    people : int
        Size of the group.
    days : int
        Number of equally likely days (or hash values).
    weights : list of float, length d
        Relative frequency of each day; replaces `days`.

    Returns
    -------
    dict
        ``match`` and ``all_different``, which sum to one; ``match_if_uniform`` over as many days; ``pairs``, the number
        of pairs; ``approximation`` 1 - exp(-pairs / days); ``people_for_50_percent`` and ``people_for_99_percent`` for
        equal days.

    Raises
    ------
    ValueError
        If all weights are 0.

    Examples
    --------
    >>> round(birthday_problem(23)["match"], 4)
    0.5073
    """
    pairs = math.comb(people, 2)
    if weights is None:
        different = all_different(people, days)
    else:
        p, days = np.asarray(weights, dtype=np.float64), len(weights)
        if p.sum() == 0:
            raise ValueError("all weights are 0; some day must be possible")
        different = all_different_weighted(people, p / p.sum())
    return {
        "match": 1 - different,
        "all_different": different,
        "match_if_uniform": 1 - all_different(people, days),
        "pairs": pairs,
        "approximation": -math.expm1(-pairs / days),
        "people_for_50_percent": smallest_group(0.5, days),
        "people_for_99_percent": smallest_group(0.99, days),
    }
