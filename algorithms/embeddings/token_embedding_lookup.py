r"""A token embedding is a row of a learned matrix, looked up by the token's number and used as its vector.

$$e(t) = E[t] = \mathrm{onehot}(t)\, E, \qquad E \in \mathbb{R}^{V \times d},\; d \ll V$$

**Intuition.** A one-hot vector says only which token it is: all are equally far apart. A dense vector of a few hundred numbers has room for similarity, and training moves tokens of like use together. Multiplying a one-hot row by $E$ picks a row of $E$, so frameworks skip the multiplication and index.

**When to use it.** As the first layer of every neural model of text or categories. Usual dimensions: 128 to 512 in small models, 768 to 2048 and more in large ones.

**Cost.** $V d$ parameters, $O(d)$ a token. In the backward pass only the rows that occurred get a gradient.

**Pitfalls.** Transformers normally learn their token embeddings from scratch with the rest of the model; that they start from word2vec, GloVe or BERT vectors is mostly wrong. The vector is the same in every context; context comes from the layers above. Repeated tokens in a batch *add* their gradients. Token numbers must be below $V$.
A padding row should stay zero and get no gradient.

**References.** Bengio et al., *A Neural Probabilistic Language Model*, JMLR (2003). Vaswani et al., arXiv:1706.03762, section 3.4.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats

TokenIds = Annotated[list[Annotated[int, Field(ge=0, le=63)]], Field(min_length=1, max_length=32)]


def embedding_gradient(tokens: NDArray[np.int64], dX: Floats, V: int) -> Floats:
    """Gradient (V, d) of the table for a gradient `dX` (n, d) of the looked-up rows; repeated tokens add up.

    Examples
    --------
    >>> embedding_gradient(np.array([1, 1]), np.array([[2.0], [3.0]]), 3).tolist()
    [[0.0], [5.0], [0.0]]
    """
    dE = np.zeros((V, dX.shape[1]))
    np.add.at(dE, tokens, dX)
    return dE


@algorithm(
    id="token-embedding-lookup",
    name="Token embedding lookup table",
    aliases=("embedding layer", "dense embedding", "one-hot times E", "embedding lookup"),
    example={"tokens": [3, 1, 3], "vocabulary": 50257, "d_model": 768},
)
def token_embedding_lookup(
    tokens: TokenIds,
    vocabulary: Annotated[int, Field(ge=1, le=100_000_000)] = 50257,
    d_model: Annotated[int, Field(ge=1, le=1_000_000)] = 768,
    toy_dim: Annotated[int, Field(ge=1, le=16)] = 4,
    seed: Seed = 0,
) -> Output:
    """Look up `tokens` in a small random table and count the parameters of a large one.

    Parameters
    ----------
    tokens : list of int, (n,)
        Token numbers, 0 to 63.
    vocabulary : int
        Tokens V of the count.
    d_model : int
        Dimension d of the count.
    toy_dim : int
        Dimension of the small table.
    seed : int
        Seed of the small table.

    Returns
    -------
    dict
        ``vectors`` (n, toy_dim); ``one_hot_error``, largest difference from one-hot rows times the table: 0; ``parameters`` V · d;
        ``one_hot_distance``, the distance of any two different one-hot vectors; ``rows_with_gradient`` of the 64.

    Examples
    --------
    >>> output = token_embedding_lookup([3, 1, 3])
    >>> output["parameters"], float(output["one_hot_error"]), output["rows_with_gradient"]
    (38597376, 0.0, 2)
    """
    t = np.asarray(tokens)  # (n,)
    E = np.random.default_rng(seed).standard_normal((64, toy_dim)) / np.sqrt(toy_dim)  # (V, d)
    vectors = E[t]  # (n, d)
    one_hot = np.eye(64)[t]  # (n, V)
    gradient = embedding_gradient(t, np.ones_like(vectors), 64)
    return {
        "vectors": vectors,
        "one_hot_error": np.abs(one_hot @ E - vectors).max(),
        "parameters": vocabulary * d_model,
        "one_hot_distance": float(np.sqrt(2)),
        "rows_with_gradient": int((gradient != 0).any(axis=1).sum()),
    }
