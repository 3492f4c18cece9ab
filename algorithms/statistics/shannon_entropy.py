r"""Shannon entropy is the average surprise of a random outcome: how uncertain a distribution is.

$$H(p) = -\sum_i p_i \log p_i, \qquad 0 \le H \le \log K$$

**Intuition.** An outcome of probability $p$ carries $\log_2 (1/p)$ bits; entropy is the mean of that. A fair coin has 1 bit, a sure event
0, $K$ equally likely outcomes $\log_2 K$. It is the least average number of yes/no questions, and of bits, that any code needs.

**When to use it.** As the impurity of a decision-tree node (class counts in, uncertainty out), to measure the diversity of predictions or
text, and as the floor of the cross-entropy of a language model.

**Cost.** $O(K)$.

**Pitfalls.** State the base: bits for 2, nats for $e$; 1 nat is 1.4427 bits. $0 \log 0$ counts as 0, yet code that takes the logarithm of 0 gets
NaN. Estimated from counts, entropy is too low on average, badly so with more classes than samples. Differential entropy of a
continuous variable is another thing: it may be negative and changes with the units. Cross-entropy and KL divergence compare two
distributions; entropy describes one. $2^H$ is the perplexity, the effective number of outcomes.

**References.** Shannon, *A mathematical theory of communication* (1948). Cover and Thomas, *Elements of Information Theory* (2006),
chapter 2.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import NonNegative
from algorithms.registry import Output, algorithm

Floats = NDArray[np.float64]
Base = Literal["2", "e", "10"]
Weights = Annotated[list[NonNegative], Field(min_length=1, max_length=4096)]
LOG = {"2": math.log(2), "e": 1.0, "10": math.log(10)}


def normalised(weights: list[float] | Floats) -> Floats:
    """Weights of any shape divided by their sum.

    Raises
    ------
    ValueError
        If all are 0.

    Examples
    --------
    >>> normalised([9, 3]).tolist()
    [0.75, 0.25]
    """
    w = np.asarray(weights, dtype=np.float64)
    total = w.sum()
    if total <= 0:
        raise ValueError("all weights are 0; a distribution needs some mass")
    return np.asarray(w / total)


def entropy(p: Floats, base: Base = "2") -> float:
    """Entropy of probabilities of any shape; 0 log 0 is 0.

    Examples
    --------
    >>> entropy(np.array([0.5, 0.5, 0.0]))
    1.0
    """
    positive = p[p > 0]
    return float(-(positive * np.log(positive)).sum() / LOG[base]) + 0.0


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Entropy of a coin against its probability, and the given distribution."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3), layout="constrained")
    left, right = figure.subplots(1, 2)
    p = np.linspace(0.001, 0.999, 200)
    left.plot(p, [entropy(np.array([q, 1 - q])) for q in p])
    left.set(xlabel="p", ylabel="bits", title="entropy of a coin")
    right.bar(range(len(inputs["probabilities"])), normalised(inputs["probabilities"]))
    right.set(title=f"H = {output['entropy']:.3f}")
    return figure


@algorithm(
    id="shannon-entropy",
    name="Shannon entropy",
    aliases=("entropy", "information entropy", "impurity", "entropy of a coin", "bits of information"),
    example={"probabilities": [0.5, 0.5]},
    figure=draw,
)
def shannon_entropy(probabilities: Weights, base: Base = "2") -> Output:
    """Entropy of a distribution or of class counts.

    Parameters
    ----------
    probabilities : list of float, length K
        Probabilities, or counts of any total: they are divided by their sum.
    base : {"2", "e", "10"}
        Base of the logarithm: bits, nats or decimal digits.

    Returns
    -------
    dict
        ``entropy`` in [0, log K]; ``maximum`` log K; ``share_of_maximum`` (0 if K is 1); ``perplexity``, the effective
        number of outcomes; ``gini_impurity``, to compare.

    Raises
    ------
    ValueError
        If all are 0.

    Examples
    --------
    >>> shannon_entropy([0.5, 0.5])["entropy"]
    1.0
    """
    p = normalised(probabilities)  # (K,)
    h = entropy(p, base)
    maximum = math.log(len(p)) / LOG[base]
    return {
        "entropy": h,
        "maximum": maximum,
        "share_of_maximum": h / maximum if maximum > 0 else 0.0,
        "perplexity": math.exp(h * LOG[base]),
        "gini_impurity": float(1 - (p**2).sum()),
    }
