r"""Coarse-to-fine (meta-class) prediction first predicts a bin of classes and then the exact class inside the bin.

$$P(c \mid x) = P\big(b(c) \mid x\big)\; P\big(c \mid b(c), x\big), \qquad \sum_c P(c \mid x) = 1$$

**Intuition.** A thousand rare classes cannot compete with ten frequent ones in one softmax. Put into bins of similar
size or meaning, the first decision is among few balanced bins and the second among few classes, each with a fair
chance. The chain rule makes the product a proper distribution.

**When to use it.** For long tails, taxonomies (animal, then species), and ordered targets cut into ranges.

**Cost.** With $\sqrt K$ bins of $\sqrt K$ classes a prediction takes $O(\sqrt K)$ instead of $O(K)$; hierarchical
softmax is the extreme with a tree.

**Pitfalls.** The best class need not lie in the best bin: 0.4 = 0.4 · 1.0 beats 0.6 · 0.5, so multiply before taking
the maximum, or accept the error of the greedy path. An error in the first stage cannot be repaired by the second. Bins
that mix dissimilar classes make the first stage hard. Bins by frequency need to be rebuilt when the data drift.
Calibrate both stages.

**References.** Goodman, *Classes for fast maximum entropy training*, ICASSP (2001). Morin and Bengio, *Hierarchical
probabilistic neural network language model*, AISTATS (2005).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.inputs import Probability
from algorithms.registry import Output, algorithm

Shares = Annotated[list[Probability], Field(min_length=1, max_length=64)]
Within = Annotated[list[Shares], Field(min_length=1, max_length=64)]


@algorithm(
    id="coarse-to-fine-binning",
    name="Coarse-to-fine (meta-class) prediction",
    aliases=("binning of classes", "meta-class prediction", "hierarchical classification", "coarse to fine"),
    example={"bin_probabilities": [0.6, 0.4], "class_probabilities": [[0.5, 0.5], [1.0]]},
)
def coarse_to_fine_binning(bin_probabilities: Shares, class_probabilities: Within) -> Output:
    """Combine the probabilities of bins and of classes inside each bin.

    Parameters
    ----------
    bin_probabilities : list of float, length B
        Probability of each bin; they sum to one.
    class_probabilities : list of B lists of float
        Probabilities of the classes inside each bin; each list sums to one.

    Returns
    -------
    dict
        ``probabilities`` (all classes, bin by bin; first 50), ``bin_of_class`` (first 50), ``best_class`` and
        ``best_probability`` (of the product), ``greedy_class`` and ``greedy_probability`` (best class of the best bin),
        ``total`` (one), ``scores_computed_greedy`` against ``scores_computed_flat``.

    Raises
    ------
    ValueError
        If the numbers of bins differ or a distribution does not sum to one.

    Examples
    --------
    >>> out = coarse_to_fine_binning([0.6, 0.4], [[0.5, 0.5], [1.0]])
    >>> out["probabilities"].tolist(), out["best_class"], out["greedy_class"]
    ([0.3, 0.3, 0.4], 2, 0)
    """
    B = np.asarray(bin_probabilities, dtype=np.float64)  # (B,)
    if len(class_probabilities) != len(B):
        raise ValueError(f"{len(B)} bins but {len(class_probabilities)} lists of classes; give one list a bin")
    if abs(B.sum() - 1) > 1e-3 or any(abs(sum(inside) - 1) > 1e-3 for inside in class_probabilities):
        raise ValueError("the bins, and the classes inside every bin, must sum to one")
    p = np.concatenate([b * np.asarray(inside) for b, inside in zip(B, class_probabilities, strict=True)])  # (K,)
    bins = np.repeat(np.arange(len(B)), [len(inside) for inside in class_probabilities])  # (K,)
    first = int(B.argmax())
    members = np.flatnonzero(bins == first)
    greedy = int(members[p[members].argmax()])
    return {
        "probabilities": p[:50],
        "bin_of_class": bins[:50],
        "best_class": int(p.argmax()),
        "best_probability": float(p.max()),
        "greedy_class": greedy,
        "greedy_probability": float(p[greedy]),
        "total": float(p.sum()),
        "scores_computed_greedy": len(B) + len(members),
        "scores_computed_flat": len(p),
    }
