r"""One-hot encoding turns a categorical feature with K levels into K columns of zeros and ones, one column for each level.

$$x = \text{level } k \ \Rightarrow\ e_k \in \{0, 1\}^K, \qquad \sum_{k=1}^{K} e_k = 1$$

**Intuition.** Numbers such as spring = 1, winter = 4 would invent an order and distances; one-hot puts all levels at equal distance. Since the columns always add up to one, they duplicate the intercept: this is the dummy-variable trap. The
four seasons with an intercept make 5 columns of rank 4, so least squares has no unique solution until one level is dropped.

**When to use it.** For nominal features with few levels in linear models, SVMs and networks. Drop one level for unregularised regression with an intercept; each coefficient then is a difference from the dropped level.

**Cost.** $O(n)$ in sparse form; $n K$ dense.

**Pitfalls.** With regularisation keep *all* levels: dropping one makes it the reference that penalised coefficients are pulled towards, so the fit depends on which one was dropped. Trees do not need it and can suffer. Fix the list of levels on the training data, and decide what an
unseen level becomes: here a row of zeros. Thousands of levels call for hashing, target encoding or embeddings.

**References.** Suits, *Use of dummy variables in regression equations* (1957). Harris and Harris, *Digital Design and Computer Architecture* (2012) for the name. Hastie, Tibshirani and Friedman (2009), section 4.2.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import Name
from algorithms.linear_models.linear_regression import with_intercept
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Categories = Annotated[list[Name], Field(min_length=1, max_length=1000)]


def one_hot(categories: list[str], levels: list[str]) -> Floats:
    """Matrix (n, K) of ones where a category equals a level; a row of zeros for an unknown one.

    Examples
    --------
    >>> one_hot(["b", "z"], ["a", "b"]).tolist()
    [[0.0, 1.0], [0.0, 0.0]]
    """
    place = {level: k for k, level in enumerate(levels)}
    encoded = np.zeros((len(categories), len(levels)))
    for i, category in enumerate(categories):
        if category in place:
            encoded[i, place[category]] = 1.0
    return encoded


@algorithm(
    id="one-hot-encoding",
    name="One-hot encoding and the dummy-variable trap",
    aliases=("dummy variables", "dummy variable trap", "get_dummies", "dummy encoding", "OneHotEncoder"),
    example={"categories": ["spring", "summer", "autumn", "winter", "summer", "spring"], "drop": "none"},
)
def one_hot_encoding(
    categories: Categories, drop: Literal["none", "first"] = "none", new_categories: Categories | None = None
) -> Output:
    """Encode categories, and show the rank of the columns together with an intercept.

    Parameters
    ----------
    categories : list of str, length n
        Training values; their sorted different ones are the levels, at most 50.
    drop : {"none", "first"}
        Keep all levels, or drop the first in alphabetical order as reference.
    new_categories : list of str, length m
        Later values, encoded with the same levels.

    Returns
    -------
    dict
        ``levels`` kept, in order of the columns; ``encoded``, the first 20 rows; ``counts`` of the kept levels;
        ``columns_with_intercept`` and ``rank_with_intercept``; ``trapped``, whether the rank is lower;
        ``encoded_new``, the first 20, and ``unseen``, number of unknown values (None without new ones).

    Raises
    ------
    ValueError
        If there are more than 50 levels, or the only level would be dropped.

    Examples
    --------
    >>> result = one_hot_encoding(["spring", "summer", "autumn", "winter"])
    >>> result["columns_with_intercept"], result["rank_with_intercept"], result["trapped"]
    (5, 4, True)
    """
    every = sorted(set(categories))
    levels = every[1:] if drop == "first" else every
    if not 1 <= len(levels) <= 50:
        raise ValueError("one-hot encoding here takes 1 to 50 levels after dropping; merge rare ones first")
    encoded = one_hot(categories, levels)  # (n, K)
    design = with_intercept(one_hot(every, levels))  # each level once: the rank does not depend on repeats
    rank = int(np.linalg.matrix_rank(design))
    new = None if new_categories is None else one_hot(new_categories, levels)
    unseen = None if new_categories is None else sum(category not in every for category in new_categories)
    return {
        "levels": levels,
        "encoded": encoded[:20].astype(np.int64),
        "counts": encoded.sum(axis=0).astype(np.int64),
        "columns_with_intercept": design.shape[1],
        "rank_with_intercept": rank,
        "trapped": rank < design.shape[1],
        "encoded_new": None if new is None else new[:20].astype(np.int64),
        "unseen": unseen,
    }
