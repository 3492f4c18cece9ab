r"""Few-shot learning by nearest prototype classifies a query by the closest class mean of a handful of labelled
examples.

$$c_k = \frac{1}{|S_k|} \sum_{i \in S_k} f(x_i), \qquad p(y = k \mid x) = \frac{e^{-\|f(x) - c_k\|^2}}{\sum_j e^{-\|f(x) - c_j\|^2}}$$

**Intuition.** In a good embedding space $f$ a class is a compact cloud, and its mean is a fair summary after one to
five examples. Nothing is trained for the new classes: averaging is the whole adaptation. With squared Euclidean
distance the rule is linear in $f(x)$. The embedding comes from pretraining, for images and text for example from a
vision-language model.

**When to use it.** When new classes arrive with few labels, and as a strong simple baseline for meta-learning.

**Cost.** $O(nd)$ for the prototypes, $O(Kd)$ a query.

**Pitfalls.** It is as good as the embedding: raw pixels will not do. Scale matters to the softmax; normalise or use a
temperature, and with cosine distance normalise the vectors before averaging. Unequal class spread breaks the rule.
Training episodes should have as many shots as the test. Few-shot prompting of a language model is another thing:
examples in the context and no prototypes. Report the mean and interval over many episodes.

**References.** Snell, Swersky and Zemel, *Prototypical networks for few-shot learning* (2017), arXiv:1703.05175.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field

from algorithms.activations.softmax import softmax_along
from algorithms.inputs import rectangular
from algorithms.registry import Output, algorithm

Coordinate = Annotated[float, Field(ge=-1e6, le=1e6)]
Vectors = Annotated[
    list[Annotated[list[Coordinate], Field(min_length=1, max_length=64)]],
    Field(min_length=1, max_length=128),
    AfterValidator(rectangular),
]


@algorithm(
    id="few-shot-learning",
    name="Few-shot learning (nearest prototype)",
    aliases=("prototypical networks", "few-shot", "nearest class mean", "one-shot learning", "nearest prototype"),
    example={
        "support": [[0.0, 0.0], [1.0, 0.0], [4.0, 4.0], [5.0, 4.0]],
        "labels": [0, 0, 1, 1],
        "queries": [[1.0, 1.0], [4.0, 3.0]],
    },
)
def few_shot_learning(
    support: Vectors,
    labels: Annotated[list[Annotated[int, Field(ge=0, le=1000)]], Field(min_length=1, max_length=128)],
    queries: Vectors,
    temperature: Annotated[float, Field(gt=0, le=1e6)] = 1.0,
) -> Output:
    """Classify queries by the nearest class mean.

    Parameters
    ----------
    support : list of lists of float, n × d
        Embedded labelled examples.
    labels : list of int, length n
        Their classes.
    queries : list of lists of float, m × d
        Embedded examples to classify.
    temperature : float
        Divides the squared distances.

    Returns
    -------
    dict
        ``predictions`` (m,); ``probabilities`` (m, K); ``classes`` (K,) in rising order; ``prototypes`` (K, d).

    Raises
    ------
    ValueError
        If lengths or widths do not fit.

    Examples
    --------
    >>> few_shot_learning([[0.0], [2.0], [9.0]], [7, 7, 8], [[3.0], [6.0]])["predictions"].tolist()
    [7, 8]
    """
    S, Q, y = np.asarray(support, dtype=np.float64), np.asarray(queries, dtype=np.float64), np.asarray(labels)
    if len(S) != len(y) or S.shape[1] != Q.shape[1]:
        raise ValueError("support and labels need the same length, support and queries the same width")
    classes = np.unique(y)  # (K,)
    prototypes = np.stack([S[y == c].mean(axis=0) for c in classes])  # (K, d)
    distances = ((Q[:, None, :] - prototypes) ** 2).sum(axis=2)  # (m, K)
    return {
        "predictions": classes[distances.argmin(axis=1)],
        "probabilities": softmax_along(-distances / temperature),
        "classes": classes,
        "prototypes": prototypes,
    }
