r"""Cosine similarity measures how far two vectors point in the same direction: it is their dot product divided by their lengths.

$$\cos(a, b) = \frac{a \cdot b}{\lVert a \rVert\, \lVert b \rVert} \in [-1, 1]$$

**Intuition.** It is 1 for the same direction, 0 for a right angle, -1 for opposite directions. Scaling a vector by a positive number changes nothing, so a long and a short document with the same mix of words are alike. For unit vectors it is the plain dot product, and $\lVert a - b \rVert^2 = 2 - 2\cos(a, b)$: ranking by cosine and by Euclidean distance agree.

**When to use it.** To compare embeddings of words, sentences and documents; in vector search and clustering.

**Cost.** $O(d)$ a pair; normalise once and use matrix products.

**Pitfalls.** Undefined for a zero vector; here it counts as 0. One minus cosine is *not* a metric (the triangle inequality fails); the angle is. Learned embeddings often share a common direction, so that even unrelated texts have 0.6: compare ranks, not absolute values, between models. If length carries meaning, use the dot product. With count vectors it never falls below 0.

**References.** Manning, Raghavan and Schütze, *Introduction to Information Retrieval*, section 6.3. Ethayarajh, arXiv:1909.00512, on anisotropy.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field

from algorithms.inputs import Number, rectangular
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Point = Annotated[list[Number], Field(min_length=1, max_length=1024)]
Points = Annotated[list[Point], Field(min_length=1, max_length=50), AfterValidator(rectangular)]


def cosine_matrix(A: Floats, B: Floats) -> Floats:
    """Cosines (n, m) of rows of `A` (n, d) and `B` (m, d); 0 where a row is zero.

    Examples
    --------
    >>> cosine_matrix(np.array([[2.0, 0.0]]), np.array([[5.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, 0.0]])).tolist()
    [[1.0, 0.0, -1.0, 0.0]]
    """
    lengths = [np.linalg.norm(X, axis=1, keepdims=True) for X in (A, B)]
    units = [np.divide(X, n, out=np.zeros_like(X), where=n > 0) for X, n in zip((A, B), lengths, strict=True)]
    return np.asarray(np.clip(units[0] @ units[1].T, -1, 1))


@algorithm(
    id="cosine-similarity",
    name="Cosine similarity",
    aliases=("vector similarity", "semantic similarity", "word similarity", "cosine distance"),
    example={"a": [1.0, 2.0, 3.0], "b": [2.0, 4.0, 5.0]},
)
def cosine_similarity(a: Point, b: Point, others: Points | None = None) -> Output:
    """Compare two vectors, and rank others by similarity to the first.

    Parameters
    ----------
    a : list of float, (d,)
        First vector.
    b : list of float, (d,)
        Second vector.
    others : list of list of float, (n, d), optional
        Vectors to rank.

    Returns
    -------
    dict
        ``cosine`` in [-1, 1]; ``angle_degrees``; ``dot``; ``euclidean`` distance; ``norms`` of both; ``ranking`` of the others,
        nearest first, with their ``similarities`` in that order (empty without others).

    Raises
    ------
    ValueError
        If the lengths differ.

    Examples
    --------
    >>> output = cosine_similarity([1.0, 0.0], [1.0, 1.0])
    >>> round(output["cosine"], 4), round(output["angle_degrees"], 6)
    (0.7071, 45.0)
    """
    x, y = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)  # (d,)
    if len(x) != len(y) or (others is not None and len(others[0]) != len(x)):
        raise ValueError("all vectors need the same length")
    cosine = float(cosine_matrix(x[None], y[None])[0, 0])
    similarities = cosine_matrix(x[None], np.asarray(others, dtype=np.float64))[0] if others else np.zeros(0)  # (n,)
    ranking = np.argsort(-similarities, kind="stable")
    return {
        "cosine": cosine,
        "angle_degrees": float(np.degrees(np.arccos(cosine))),
        "dot": x @ y,
        "euclidean": np.linalg.norm(x - y),
        "norms": [np.linalg.norm(x), np.linalg.norm(y)],
        "ranking": ranking,
        "similarities": similarities[ranking],
    }
