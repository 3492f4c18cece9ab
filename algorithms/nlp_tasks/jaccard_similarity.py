r"""Jaccard similarity measures how much two sets overlap: the size of their intersection over the size of their union.

$$J(A, B) = \frac{|A \cap B|}{|A \cup B|} \in [0, 1], \qquad d_J = 1 - J$$

**Intuition.** Of everything that occurs in either set, which share occurs in both? Equal sets score 1, disjoint ones 0. The
distance $1 - J$ is a true metric.

**When to use it.** Near-duplicate detection on word or character n-grams (shingles), overlap of tags, baskets and predicted
label sets, and, under the name intersection over union, for boxes and masks.

**Cost.** Linear in the sizes with hash sets. MinHash estimates it for millions of sets without comparing them in full.

**Pitfalls.** Sets forget order and repetition: "dog bites man" and "man bites dog" score 1 on words; use n-grams for order. A
short text inside a long one scores low although it is contained; use the overlap coefficient there. Two empty sets have
no defined value; here they count as equal. Frequent words dominate unless removed. Tokenisation and case change the
result.

**References.** Jaccard, *Distribution de la flore alpine* (1901). Broder, *On the Resemblance and Containment of Documents*
(1997).
"""

from __future__ import annotations

from collections.abc import Set
from typing import Annotated

from pydantic import Field

from algorithms.registry import Output, algorithm

Items = Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=4_096)]


def jaccard(a: Set[str], b: Set[str]) -> float:
    """Intersection over union; 1 for two empty sets.

    Examples
    --------
    >>> jaccard({"a", "b"}, {"b", "c"})
    0.3333333333333333
    """
    return len(a & b) / len(a | b) if a or b else 1.0


def shingles(text: str, n: int) -> set[str]:
    """Character n-grams of a text; the whole text if it is shorter.

    Examples
    --------
    >>> sorted(shingles("abcd", 3))
    ['abc', 'bcd']
    """
    return {text[i : i + n] for i in range(max(1, len(text) - n + 1))} if text else set()


@algorithm(
    id="jaccard-similarity",
    name="Jaccard similarity",
    aliases=("intersection over union of sets", "Jaccard index", "Jaccard distance", "set overlap", "shingles"),
    example={"a": ["cat", "dog", "bird"], "b": ["dog", "bird", "fish", "cow"]},
)
def jaccard_similarity(
    a: Items,
    b: Items,
    text_a: Annotated[str, Field(max_length=5_000)] = "",
    text_b: Annotated[str, Field(max_length=5_000)] = "",
    shingle_size: Annotated[int, Field(ge=1, le=50)] = 3,
) -> Output:
    """Compare two sets, and optionally two texts by their character n-grams.

    Parameters
    ----------
    a : list of str
        First set; repetitions do not count.
    b : list of str
        Second set.
    text_a : str
        First text; may be empty.
    text_b : str
        Second text.
    shingle_size : int
        Length n of the character n-grams.

    Returns
    -------
    dict
        ``similarity`` in [0, 1] and ``distance``; sizes of ``intersection`` and ``union``; ``overlap_coefficient``,
        intersection over the smaller set; ``text_similarity`` of the shingles.

    Examples
    --------
    >>> jaccard_similarity(["cat", "dog", "bird"], ["dog", "bird", "fish", "cow"])["similarity"]
    0.4
    """
    x, y = set(a), set(b)
    similarity = jaccard(x, y)
    return {
        "similarity": similarity,
        "distance": 1 - similarity,
        "intersection": len(x & y),
        "union": len(x | y),
        "overlap_coefficient": len(x & y) / min(len(x), len(y)) if x and y else 0.0,
        "text_similarity": jaccard(shingles(text_a, shingle_size), shingles(text_b, shingle_size)),
    }
