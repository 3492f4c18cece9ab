r"""Self-attention without positions is permutation-equivariant: reordering the tokens reorders the outputs and changes nothing else.

$$f(PX) = P f(X) \quad \text{for every permutation matrix } P$$

**Intuition.** Scores depend on pairs of contents, and the weighted sum runs over a set, so no step knows the order. "The cat chased
the mouse" and "The mouse chased the cat" give each word the same output vector in both sentences, and the mean over the sentence is
identical. Adding a vector for each position breaks the symmetry.

**When to use it.** As the reason for positional encodings; as a feature when the input really is a set (points, molecules, retrieved
passages).

**Cost.** That of attention.

**Pitfalls.** Self-attention is *equivariant*, not invariant: outputs move along with their tokens. Only a pooled output (mean, sum,
maximum) is invariant. The two words are often confused. A causal mask breaks the symmetry by itself, so a decoder can infer
some order even without positional encodings. Equivariance holds for any projections and numbers of heads, and for layer
normalisation and position-wise layers, hence for a whole encoder without positions. Sums in another order differ in the last
bits.

**References.** Vaswani et al., *Attention Is All You Need*, arXiv:1706.03762, section 3.5. Lee et al., *Set Transformer*,
arXiv:1810.00825.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from algorithms.attention.scaled_dot_product_attention import attend
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

Sentence = Annotated[str, Field(min_length=1, max_length=500)]


def matching(first: list[str], second: list[str]) -> list[int]:
    """Indices p with second[i] == first[p[i]], each used once.

    Raises
    ------
    ValueError
        If the two are not the same words in another order.

    Examples
    --------
    >>> matching(["a", "b", "a"], ["b", "a", "a"])
    [1, 0, 2]
    """
    if sorted(first) != sorted(second):
        raise ValueError("the sentences must consist of the same words, in any order")
    places: dict[str, list[int]] = {}
    for index, word in enumerate(first):
        places.setdefault(word, []).append(index)
    return [places[word].pop(0) for word in second]


@algorithm(
    id="attention-permutation-equivariance",
    name="Self-attention is permutation-equivariant without positions",
    aliases=("order invariance", "bag-of-words attention", "permutation equivariance", "permutation invariance"),
    example={"first": "the cat chased the mouse", "second": "the mouse chased the cat"},
)
def attention_permutation_equivariance(
    first: Sentence, second: Sentence, d: Annotated[int, Field(ge=2, le=64)] = 8, seed: Seed = 0
) -> Output:
    """Attention outputs of two orders of the same words, without and with position vectors.

    Parameters
    ----------
    first : str
        A sentence.
    second : str
        The same words in another order; words are split at spaces, without regard to case.
    d : int
        Length of the random word and position vectors.
    seed : int
        Seed of vectors and projections.

    Returns
    -------
    dict
        ``permutation``, the place in the first sentence of each word of the second; ``equivariance_error``, largest
        difference of f(PX) and P f(X); ``pooled_difference``, that of the mean outputs; both again with positions added
        as ``..._with_positions``; ``moved``, whether the unpermuted outputs differ (no invariance).

    Raises
    ------
    ValueError
        If the sentences are not the same words.

    Examples
    --------
    >>> output = attention_permutation_equivariance("the cat chased the mouse", "the mouse chased the cat")
    >>> bool(output["pooled_difference"] < 1e-12 < 1e-3 < output["pooled_difference_with_positions"])
    True
    """
    one, two = first.lower().split(), second.lower().split()
    if not one:
        raise ValueError("the first sentence has no words")
    permutation = matching(one, two)
    rng = np.random.default_rng(seed)
    table = {word: rng.standard_normal(d) for word in sorted(set(one))}
    X = np.stack([table[word] for word in one])  # (n, d)
    positions = rng.standard_normal((len(one), d))  # (n, d)
    W_Q, W_K, W_V = rng.standard_normal((3, d, d)) / np.sqrt(d)

    def f(Y: Floats) -> Floats:
        return attend(Y @ W_Q, Y @ W_K, Y @ W_V)[0]  # (n, d)

    plain_one, plain_two = f(X), f(X[permutation])
    placed_one, placed_two = f(X + positions), f(X[permutation] + positions)
    return {
        "permutation": permutation,
        "equivariance_error": np.abs(plain_two - plain_one[permutation]).max(),
        "pooled_difference": np.abs(plain_two.mean(axis=0) - plain_one.mean(axis=0)).max(),
        "equivariance_error_with_positions": np.abs(placed_two - placed_one[permutation]).max(),
        "pooled_difference_with_positions": np.abs(placed_two.mean(axis=0) - placed_one.mean(axis=0)).max(),
        "moved": bool(np.abs(plain_two - plain_one).max() > 1e-9),
    }
