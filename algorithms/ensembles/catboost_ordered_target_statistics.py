r"""CatBoost's ordered target statistics encode a category by the mean target of the rows that came before it, in a
random order.

$$\hat x_i = \frac{\sum_{j:\, \sigma(j) < \sigma(i),\; x_j = x_i} y_j + a\,p}
{\#\{j:\, \sigma(j) < \sigma(i),\; x_j = x_i\} + a}$$

with $\sigma$ a random permutation, $p$ a prior (often the mean target) and $a > 0$ its weight.

**Intuition.** Replacing a category by its mean target makes one informative column out of thousands of one-hot columns.
If a row's own target is part of the mean, though, the feature leaks the answer: a category that occurs once is encoded
by its own label. Looking only at earlier rows removes the leak, as if the rows arrived in time.

**When to use it.** For categories of high cardinality (users, products, postcodes) with boosted trees.

**Cost.** One pass with a running sum and count for each category.

**Pitfalls.** Without the ordering, plain target encoding looks good in training and fails in test. Early rows of a
permutation get noisy values, so CatBoost uses several permutations. At prediction time all training rows count as
earlier. The claim that boosted trees need no encoding of categories holds only for libraries with native support
(CatBoost, LightGBM, newer XGBoost), and the mechanism is what makes it work.

**References.** Prokhorenkova et al., *CatBoost: unbiased boosting with categorical features*, NeurIPS (2018),
arXiv:1706.09516. Micci-Barreca, *A preprocessing scheme for high-cardinality categorical attributes*, SIGKDD
Explorations (2001).
"""

from __future__ import annotations

from collections import defaultdict
from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import Number, Seed, Tokens, Vector
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


@algorithm(
    id="catboost-ordered-target-statistics",
    name="CatBoost ordered target statistics",
    aliases=("target encoding", "CatBoost", "ordered target encoding", "mean encoding"),
    example={"categories": ["A", "A", "A", "B"], "y": [1, 0, 1, 1], "a": 1.0, "prior": 0.5},
)
def catboost_ordered_target_statistics(
    categories: Tokens,
    y: Vector,
    a: Annotated[float, Field(gt=0, le=1e6)] = 1.0,
    prior: Number = 0.5,
    shuffle: bool = False,
    seed: Seed = 0,
) -> Output:
    """Encode each row's category from the targets of the earlier rows of that category.

    Parameters
    ----------
    categories : list of str, length n
        Category of each row.
    y : list of float, length n
        Targets.
    a : float
        Weight of the prior, in rows.
    prior : float
        Value for a category not seen before.
    shuffle : bool
        Visit the rows in a random order instead of the given one.
    seed : int
        Seed of the order.

    Returns
    -------
    dict
        ``encoded`` (ordered statistics) and ``leaky`` (smoothed mean with the row's own target), first 50 rows each;
        ``correlation_encoded`` and ``correlation_leaky`` with the target (null if one is constant); ``at_prediction``:
        value of each category (first 50) from all rows.

    Raises
    ------
    ValueError
        If the lengths differ.

    Examples
    --------
    >>> catboost_ordered_target_statistics(["A", "A", "A", "B"], [1, 0, 1, 1])["encoded"].tolist()
    [0.5, 0.75, 0.5, 0.5]
    """
    if len(categories) != len(y):
        raise ValueError(f"{len(categories)} categories and {len(y)} targets; give one target a row")
    t = np.asarray(y, dtype=np.float64)  # (n,)
    order = np.random.default_rng(seed).permutation(len(t)) if shuffle else np.arange(len(t))
    total: dict[str, float] = defaultdict(float)
    count: dict[str, int] = defaultdict(int)
    encoded = np.empty(len(t))
    for i in order:
        name = categories[i]
        encoded[i] = (total[name] + a * prior) / (count[name] + a)
        total[name] += t[i]  # after encoding: the row must not see its own target
        count[name] += 1
    final = {name: (total[name] + a * prior) / (count[name] + a) for name in total}
    leaky = np.array([final[name] for name in categories])

    def correlation(values: Floats) -> float | None:
        return float(np.corrcoef(values, t)[0, 1]) if values.std() > 0 and t.std() > 0 else None

    return {
        "encoded": encoded[:50],
        "leaky": leaky[:50],
        "correlation_encoded": correlation(encoded),
        "correlation_leaky": correlation(leaky),
        "at_prediction": dict(list(final.items())[:50]),
    }
