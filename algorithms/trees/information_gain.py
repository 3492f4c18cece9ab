r"""Information gain is the drop in the entropy of the class labels that a split of the data brings.

$$IG = H(\text{parent}) - \sum_c \frac{n_c}{n}\, H(\text{child}_c), \qquad H = -\sum_k p_k \log_2 p_k$$

**Intuition.** Entropy is the average number of bits needed to name a row's class. If knowing the child a row fell into
makes the class easier to name, the split has gained the difference. It equals the mutual information between the split
and the class, so it is never negative and never above the parent's entropy.

**When to use it.** To choose the question at a node of a decision tree (ID3, C4.5), and to rank categorical features. A
perfect split of a balanced binary node gains exactly one bit; a split whose children repeat the parent's class
proportions gains nothing.

**Cost.** Linear in the number of counts.

**Pitfalls.** It favours splits into many small children: a row number as feature reaches the full entropy and predicts
nothing. The gain ratio divides by the entropy of the child sizes to counter that. Weight the children by their size;
the plain average of their entropies is wrong. State the unit: base 2 gives bits, base $e$ nats. In practice Gini
impurity picks nearly the same splits.

**References.** Quinlan, *Induction of decision trees*, Machine Learning (1986). Shannon, *A mathematical theory of
communication* (1948). Cover and Thomas, *Elements of Information Theory* (2006), chapter 2.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field

from algorithms.inputs import Count, rectangular
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Counts = Annotated[
    list[Annotated[list[Count], Field(min_length=1, max_length=64)]],
    Field(min_length=1, max_length=64),
    AfterValidator(rectangular),
]


def entropy_bits(counts: Floats) -> float:
    """Entropy in bits of the distribution proportional to `counts`; 0 for no counts.

    Examples
    --------
    >>> entropy_bits(np.array([1.0, 1.0]))
    1.0
    """
    p = counts[counts > 0] / max(counts.sum(), 1)
    return float(np.abs(np.sum(p * np.log2(p))))


@algorithm(
    id="information-gain",
    name="Information gain",
    aliases=("IG", "entropy reduction", "gain ratio", "entropy of a split"),
    example={"children": [[5, 0], [0, 5]]},
)
def information_gain(children: Counts) -> Output:
    """Information gain of a split, from the class counts in each child.

    Parameters
    ----------
    children : list of list of int, c children with K class counts
        Rows of each class that fall into each child; the parent is their sum.

    Returns
    -------
    dict
        ``information_gain`` in bits, ``parent_entropy``, ``child_entropies`` (c,), ``weights`` (c,), ``gain_ratio`` (0
        if all rows fall into one child).

    Raises
    ------
    ValueError
        If all counts are zero.

    Examples
    --------
    >>> information_gain([[5, 0], [0, 5]])["information_gain"]
    1.0
    """
    N = np.asarray(children, dtype=np.float64)  # (c, K)
    if N.sum() == 0:
        raise ValueError("all counts are zero; give at least one row")
    weights = N.sum(axis=1) / N.sum()  # (c,)
    parent = entropy_bits(N.sum(axis=0))
    entropies = np.array([entropy_bits(row) for row in N])  # (c,)
    gain = max(parent - float(weights @ entropies), 0.0)
    split = entropy_bits(N.sum(axis=1))
    return {
        "information_gain": gain,
        "parent_entropy": parent,
        "child_entropies": entropies,
        "weights": weights,
        "gain_ratio": gain / split if split > 0 else 0.0,
    }
